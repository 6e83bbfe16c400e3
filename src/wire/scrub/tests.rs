//! Texts that hold a secret, and texts that only look so.

use super::*;

#[test]
fn secrets_are_cut() {
    let long = "QVdTOmNhbmFyeQ==".repeat(2);
    assert_eq!(scrub(&format!("got Authorization: Basic {long} from you")), "got Authorization: Basic … from you");
    assert_eq!(scrub(&format!("Bearer {long}")), "Bearer …");
    assert_eq!(scrub("GET https://s3.example/a?X-Amz-Signature=abc&b=1 failed"), "GET https://s3.example/a?… failed");
    assert_eq!(scrub("x-amz-security-token:IQoJb3JpZ2luX2Vj rest"), "… rest");
    assert_eq!(scrub("a%3FX-Amz-Signature%3Dabc failed"), "a%3F… failed");
    assert_eq!(scrub("\"https://me:canary@x.example/y\" failed"), "\"https://…@x.example/y\" failed");
    assert_eq!(scrub(&format!("https://me:{}@x failed", "canary".repeat(2_000))), "https://…@x failed");
    assert!(SECRET_FIELDS.iter().all(|field| field.len() >= SHORTEST_FIELD && secret_field(field) == Some(0)));
    assert_eq!(scrub("<StringToSign>AWS4-HMAC-SHA256 <AWSAccessKeyId>AKIAEXAMPLE"), "<… …");
}

#[test]
fn what_people_paste_is_cut() {
    for (text, clean) in [
        ("docker login -u AWS -p eyJwYXlsb2FkIjoi x.example", "docker login -u AWS -p … x.example"),
        ("docker login --password hunter2 x", "docker login --password … x"),
        ("docker login --password=hunter2 x", "docker login --password=… x"),
        ("docker login -phunter2 x", "docker login -p… x"),
        ("echo hunter2 | docker login -u AWS --password-stdin x", "echo … | docker login -u AWS --password-stdin x"),
        ("printf '%s' hunter2 | docker login x", "printf … … | docker login x"),
        ("docker login --password-stdin x <<< hunter2", "docker login --password-stdin x <<< …"),
        ("curl -u AWS:hunter2 https://x/v2/", "curl -u AWS:… https://x/v2/"),
        ("skopeo copy --src-creds=AWS:hunter2 x", "skopeo copy --src-creds=AWS:… x"),
        ("[\"docker\", \"login\", \"-p\", \"hunter2\"]", "[\"docker\", \"login\", \"-p\", …"),
        (
            "AWS_SECRET_ACCESS_KEY=abc/def aws_session_token = \"x y\" z",
            "AWS_SECRET_ACCESS_KEY=… aws_session_token = \"…\" z",
        ),
        ("{\"auths\":{\"H\":{\"auth\":\"QVdT\"}}}", "{\"auths\":{\"H\":{\"auth\":\"…\"}}}"),
        (
            "{\\\"username\\\":\\\"AWS\\\",\\\"password\\\":\\\"x\\\"}",
            "{\\\"username\\\":\\\"AWS\\\",\\\"password\\\":\\\"…\\\"}",
        ),
        ("{\"SecretString\":\"{\\\"a\\\":\\\"b c\\\"}\",\"Name\":\"n\"}", "{\"SecretString\":\"…\",\"Name\":\"n\"}"),
        ("Set-Cookie: sid=abc; Path=/; Secure", "Set-Cookie: …"),
        ("https://x/a%3Fsv%3D1%26sig%3Dabc failed", "https://x/a%3F… failed"),
        ("dbPassword: a1b2c3d4", "dbPassword: …"),
        ("<SecretString>hunter2</SecretString>", "<SecretString>…</SecretString>"),
        ("\"password\" => \"hunter2\"", "\"password\" => \"…\""),
        ("got eyJwYXlsb2FkIjoiabcdefghijk Qm9keSBvZiBhIHRva2Vu12 now", "got … … now"),
        ("export TOKEN=hunter2x docker", "export TOKEN=… docker"),
        ("CI_JOB_TOKEN=hunter2x DB_SECRET=hunter2x", "CI_JOB_TOKEN=… DB_SECRET=…"),
        ("REGISTRY_PASS=hunter2x docker", "REGISTRY_PASS=… docker"),
        ("PRIVATE-TOKEN: hunter2x", "PRIVATE-TOKEN: …"),
        ("{\"token\":\"hunter2x\"}", "{\"token\":\"…\"}"),
        ("HTTPS_PROXY=me:canary@proxy:3128 set", "HTTPS_PROXY=…@proxy:3128 set"),
        ("user me password hunter2x denied", "user me password … denied"),
        ("my password is hunter2x now", "my password is … now"),
        ("MY_TOKEN=plainword curl", "MY_TOKEN=… curl"),
        ("docker login -p 'correct horse battery1' x", "docker login -p … … … x"),
        ("docker login --password \"two words\" x", "docker login --password … … x"),
        ("curl -uAWS:hunter2 https://x/v2/", "curl -uAWS:… https://x/v2/"),
        ("curl -U me:pa/ss https://x", "curl -U me:… https://x"),
        ("ctr i pull --user=AWS:hunter2 x", "ctr i pull --user=AWS:… x"),
        ("crictl pull --auth bWU6aHVudGVyMg== x", "crictl pull --auth … x"),
        ("\"x\": { \"auth\": \"bWU6aHVudGVyMg==\" }", "\"x\": { \"auth\": \"…\" }"),
        ("Authorization: token hunter2 was sent", "Authorization: token … was sent"),
        ("Authorization: Basic bTpwYXM= was sent", "Authorization: Basic … was sent"),
        ("AWS Secret Access Key [None]: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AWS Secret Access Key [None]: …"),
        ("Endpoint=sb://x;SharedAccessKey=abcd1234=", "Endpoint=sb://x;SharedAccessKey=…"),
        (
            "aws configure set profile.x.aws_secret_access_key abc",
            "aws configure set profile.x.aws_secret_access_key …",
        ),
        ("aws configure set aws_secret_access_key abc/def", "aws configure set aws_secret_access_key …"),
        ("AccountName=a;AccountKey=abc/def==;EndpointSuffix=x", "AccountName=a;AccountKey=…"),
        ("login me:canary@registry.example failed", "login …@registry.example failed"),
        // A name and its value in two fields.
        ("{\"name\":\"DB_PASSWORD\",\"value\":\"hunter2\"}", "{\"name\":\"DB_PASSWORD\",\"value\":\"…\"}"),
        ("- name: DB_PASSWORD\n  value: hunter2\n", "- name: DB_PASSWORD value: …"),
        ("<add key=\"Password\" value=\"hunter2\"/>", "<add key=\"Password\" value=\"…\"/>"),
        // Quotes and signs within a value.
        ("\"password\":\"ab\"hunter2\",\"err\":\"x\"", "\"password\":\"…\",\"err\":\"x\""),
        (
            "{\"value\":\"hunter2\",\"name\":\"DB_PASSWORD\"},{\"value\":\"db\",\"name\":\"DB_HOST\"}",
            "{\"value\":\"…\",\"name\":\"DB_PASSWORD\"},{\"value\":\"db\",\"name\":\"DB_HOST\"}",
        ),
        ("ParameterKey=DBPassword,ParameterValue=hunter2", "ParameterKey=DBPassword,ParameterValue=…"),
        ("<Name>DB_PASSWORD</Name><Value>hunter2</Value>", "<Name>DB_PASSWORD</Name><Value>…</Value>"),
        (
            "{\"name\":\"DB_PASSWORD\",\"value\":{\"stringValue\":\"hunter2\"}}",
            "{\"name\":\"DB_PASSWORD\",\"value\":{\"stringValue\":\"…\"}}",
        ),
        ("{\"password\":\"\"),x9canary\"} failed", "{\"password\":\"\"…\"} failed"),
        ("password: hunter2x<br>dbPassword: Zq9!pLmN4x", "password: …<br>dbPassword: …"),
        ("\"{\"\"auth\"\":\"\"bWU6aHVudGVyMg==\"\"}\"", "\"{\"\"auth\"\":\"\"…\"\"}\""),
        ("{\"password\":12345,\"error\":\"denied\"}", "{\"password\":…,\"error\":\"denied\"}"),
        ("password=\"hunter2\"! pull \"nginx:1\": x", "password=\"…\"! pull \"nginx:1\": x"),
        ("\"password\":\"hunter2x\"level=\"denied\"", "\"password\":\"…\"level=\"denied\""),
        ("docker login --password-stdin << EOF hunter2 EOF", "docker login --password-stdin << EOF … EOF"),
        ("exec [\"--password\",\"hunter2\"] failed", "exec [\"--password\", … failed"),
        ("x --client-secret hunter2x --token=plain", "x --client-secret … --token=…"),
        ("PASSWORD=ab<hunter2 x", "PASSWORD=… x"),
        ("PASSWORD=a\\canary1 x", "PASSWORD=… x"),
        ("PASSWORD=a\"canary\" x", "PASSWORD=…\" x"),
        ("password: 'it''s canary' x", "password: '…' x"),
        ("PASSWORD=*canary1 x", "PASSWORD=… x"),
        ("PASSWORD=arn:canary1 x", "PASSWORD=… x"),
        // YAML.
        ("password: |\n  hunter2", "password: | …"),
        ("password: !!str hunter2", "password: !!str …"),
        ("password: 12345678901", "password: …"),
        // Variables with other separators.
        ("GITHUB_TOKEN: hunter2x", "GITHUB_TOKEN: …"),
        ("$env:GITHUB_TOKEN = \"plain\"", "$env:GITHUB_TOKEN = \"…\""),
        ("ENV DB_PASSWORD hunter2", "ENV DB_PASSWORD …"),
        ("| PASSWORD | hunter2 |", "| PASSWORD | … |"),
        ("PASSWORD_2=canary JOB-TOKEN: hunter2x", "PASSWORD_2=… JOB-TOKEN: …"),
        ("_auth=bWU6aHVudGVyMg==", "_auth=…"),
        ("AKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AKIAIOSFODNN7EXAMPLE,…"),
        ("Secret access key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "Secret access key: …"),
        // Arguments.
        ("docker login --password-stdin x <<<hunter2", "docker login --password-stdin x <<<…"),
        ("docker login --password-stdin x <<EOF\nhunter2\nEOF", "docker login --password-stdin x <<EOF … EOF"),
        ("[\"docker\",\"login\",\"-p\",\"hunter2\",\"x\"]", "[\"docker\", \"login\", \"-p\", … \"x\"]"),
        ("curl -su AWS:hunter2 https://x", "curl -su AWS:… https://x"),
        ("x --session-token hunter2 --secret-key hunter2", "x --session-token … --secret-key …"),
        ("New-Login -Password hunter2", "New-Login -Password …"),
    ] {
        assert_eq!(scrub(text), clean);
        assert_eq!(by_words_alone(text), clean);
    }
}

fn by_words_alone(text: &str) -> String {
    let line = one_line(text);
    let line = pem::without_keys(&line);
    let line = field::without_values(&line);
    by_words(&line, announced::in_line(&line))
}

/// What makes a line go through all of the checks.
#[test]
fn a_line_that_may_hold_a_secret_is_looked_at_word_by_word() {
    let line = "CannotPullContainerError: pull image manifest failed: dial tcp 10.0.1.10:443: i/o timeout";
    let is_plain = |line: &str| !announced::in_line(line) && announced::by_nothing_else(line);
    assert!(is_plain(line));
    assert_eq!(by_words(line, false), line);
    let key = "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfnygWyF8PbnGy0AHB7MhgHcTz6sE2I2yPBa";
    let names = SCHEMES.iter().chain(&SECRET_FIELDS).chain(&names::PASSWORDS).chain(&names::ACCESS_KEYS);
    for secret in names.copied().chain(["ghp_canary", "-p canary", "x?a=canary", "x%3Fa%3Dcanary", key]) {
        assert!(!is_plain(&format!("{line} {secret}")), "{secret}");
    }
}

#[test]
fn ordinary_words_stay() {
    for text in [
        "invalid username or password",
        "password: must not be empty",
        "password: authentication failed for user",
        "Error: Cannot perform an interactive login from a non TTY device",
        "aws ecr get-login-password --region us-east-1 | docker login --username AWS --password-stdin x",
        "docker login -u AWS -p $(aws ecr get-login-password) x",
        "echo \"$TOKEN\" | docker login --username AWS --password-stdin x",
        "WARNING! Using --password via the CLI is insecure. Use --password-stdin.",
        "docker run -p 8080:80 -u 1000:1000 x",
        "echo done | tee log",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/password-AbCdEf",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf:password::",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf:password:AWSCURRENT:1",
        "arn:aws:ssm:us-east-1:123456789012:parameter/db/password: AccessDeniedException",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/password:v1.2.3-4",
        "operation error STS: GetSessionToken: AccessDeniedException",
        "{\"valueFrom\":\"arn:aws:secretsmanager:us-east-1:1:secret:password\"}",
        "secret: \"ecr-token\" not found",
        "service account token: authentication failed",
        "failed to fetch oauth token: unexpected status: 401 Unauthorized",
        "invalid signature: SignatureDoesNotMatch",
        "received signal sig=15",
        "nextToken: none",
        "token=none",
        "secret=regcred",
        "bypass=true",
        "MY_TOKEN=none",
        "docker run -u 1000:1000 -p 80:80 x",
        "for user or password 123456789012.dkr.ecr.us-east-1.amazonaws.com",
        "wrong password 3 times",
        "the password is wrong",
        "auth: \"execution-role\"",
        "no basic auth credentials",
        "User: arn:aws:iam::1:role/x is not authorized to perform: ecr:GetAuthorizationToken on resource: *",
        "AuthorizationHeaderMalformed",
        "Your authorization token has expired. Reauthenticate and try again.",
        "Your Authorization Token is invalid.",
        "what? nothing=",
        "{\"password\":null,\"image\":\"nginx:1\"}",
        "password=<password> in the file",
        "--token string the token of the API server",
        "error: --token must be specified",
        "cannot set both --username and --token, or use it",
        "unable to pull: --bypass all",
        "Parameter validation failed: name: token, value: expired",
        "[{\"name\":\"DB_PASSWORD\",\"valueFrom\":\"arn:aws:x\"}],\"needs\":[{\"value\":\"1\"}]",
        "secretKeyRef: name: db key: password tolerations: - operator: Exists value: infra",
        "ERR_INVALID_TOKEN: \"expired\"",
        "auth: OAuth2v1 password: 28000 FATAL",
        "journalctl -fu docker.service:error",
        "| password | nginx1:latest |",
        "name: app value: 3",
        "DB_PASSWORD: <set to the key 'password' in secret 'db'>",
        "{\"name\":\"DB_PASSWORD\",\"valueFrom\":\"arn:aws:ssm:us-east-1:1:parameter/db\"}",
        "the commit 0123456789abcdef0123456789abcdef01234567 of ASIA",
        "tar -cf a.tar b:c",
        "unknown flag: --token",
        "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no login\"}]} --",
        "secret=\"\" err=\"secret \"my-app-registry1\" not found\"",
        "docker-pullable://123456789012.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:0123",
    ] {
        assert_eq!(scrub(text), text);
        assert_eq!(by_words_alone(text), text);
    }
}

#[test]
fn it_is_one_bounded_line() {
    assert_eq!(scrub("a\n\tb\u{1b}[31mc"), "a b [31mc");
    assert!(scrub(&"é".repeat(5_000)).chars().count() <= LONGEST + 1);
    assert!(scrub(&"a ".repeat(5_000)).chars().count() <= LONGEST + 1);
}
