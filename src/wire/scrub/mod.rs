//! Keeping secrets out of every text: a hostile server may echo what it was sent, and people paste what they typed.

use std::borrow::Cow;

mod announced;
mod argument;
mod field;
mod field_name;
mod names;
mod pem;
mod shape;
mod url;
mod word;

pub use url::without_user_information;

use super::words::words;
use names::{SCHEMES, SECRET_FIELDS};
use word::looks_secret;

/// Most words are shorter than any of them.
const SHORTEST_FIELD: usize = 12;

/// The longest text of a server's that is kept, in characters.
const LONGEST: usize = 1024;

/// How much is looked through for that, in bytes: what is cut leaves room for what follows.
const READ: usize = 8 * LONGEST;

/// Makes a text fit to print: URL queries and user information are cut, as are private keys, the values of secret fields,
/// what follows `Basic`, `Bearer` and `password`, the passwords of command lines and what looks like a credential. Control characters
/// become blanks, and it ends after 1,024 characters.
pub fn scrub(text: &str) -> String {
    let line = one_line(text);
    let line = pem::without_keys(&line);
    let line = field::without_values(&line);
    if line.len() < LONGEST && announced::nowhere(&line) { line.into_owned() } else { by_words(&line) }
}

/// The same of one line, word by word.
fn by_words(line: &str) -> String {
    // A list of arguments in JSON, of which each is looked at as a word.
    let is_list = ["\",\"-", "','-"].iter().any(|it| line.contains(it));
    let line =
        if is_list { Cow::Owned(line.replace("\",\"", "\", \"").replace("','", "', '")) } else { Cow::Borrowed(line) };
    let line = line.as_ref();
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    let mut clean = String::with_capacity(line.len().min(LONGEST));
    let mut length = 0;
    let mut arguments = argument::may_hold(line).then(argument::Arguments::default);
    let is_announced = announced::in_line(line);
    let has_access_key = is_announced && announced::access_key_in(line);
    let (mut after_name, mut after_secret, mut after_password) = (false, false, false);
    for (nth, &word) in words.iter().enumerate() {
        let scheme = is_announced && is_scheme(word);
        let field = if is_announced { secret_field(word) } else { None };
        let argument = arguments.as_mut().and_then(|it| it.secret(&words, nth));
        let shape = if is_announced { shape::credential(word) } else { None };
        let shape = shape.or_else(|| shape::key_line(word));
        let shape = shape.or_else(|| if has_access_key { shape::access_key(word) } else { None });
        let cut = after_name && !scheme && looks_secret(word)
            || is_of_header(&words, nth)
            || after_secret && shape::is_rest(word)
            || after_password && field::looks_made_up(word) && is_password(word);
        after_secret = cut || argument.is_some() || shape.is_some();
        after_name = scheme || field.is_some();
        after_password = after_password && matches!(word, "is" | "|") || is_announced && is_of_password(word);
        if nth > 0 {
            clean.push(' ');
        }
        let begin = clean.len();
        // The name alone tells nothing: `Your authorization token has expired`.
        let field = field.filter(|_| !is_bare_name(word));
        let to_the_end = [argument, field, url::query(word)].into_iter().flatten().min();
        match (to_the_end, shape) {
            _ if cut => clean.push('…'),
            (Some(at), None) => shown(&mut clean, word, at),
            (Some(at), Some(secret)) => shown(&mut clean, word, at.min(secret.start)),
            (None, Some(secret)) => {
                shown(&mut clean, word, secret.start);
                clean.push_str(without_credentials(&word[secret.end..]));
            }
            (None, None) => clean.push_str(word),
        }
        length += clean[begin..].chars().count() + 1;
        if length > LONGEST {
            break;
        }
    }
    if length > LONGEST
        && let Some((at, _)) = clean.char_indices().nth(LONGEST)
    {
        clean.truncate(at);
        clean.push('…');
    }
    clean
}

/// One line with single blanks, without what URLs have before an `@`, as far as it is read.
fn one_line(text: &str) -> Cow<'_, str> {
    if text.len() <= READ && is_one_line(text) && !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len().min(READ));
    for word in words(text) {
        if !line.is_empty() {
            line.push(' ');
        }
        let word = if word.contains(':') { without_user_information(word) } else { Cow::Borrowed(word) };
        line.push_str(&word[..word.floor_char_boundary(READ - line.len().min(READ))]);
        if line.len() >= READ - 4 {
            break;
        }
    }
    Cow::Owned(line)
}

/// Whether it is of words of ASCII with one blank between any two.
fn is_one_line(text: &str) -> bool {
    let mut before = b' ';
    let is_in_line = text.bytes().all(|byte| {
        let is_next = matches!(byte, b'!'..=b'~') || byte == b' ' && before != b' ';
        before = byte;
        is_next
    });
    is_in_line && (before != b' ' || text.is_empty())
}

/// The word up to where a secret begins in it.
fn shown(clean: &mut String, word: &str, secret: usize) {
    clean.push_str(&word[..secret]);
    clean.push('…');
}

/// What follows a credential in its word, unless it holds another.
fn without_credentials(rest: &str) -> &str {
    if shape::credential(rest).or_else(|| shape::key_line(rest)).is_some() { "" } else { rest }
}

/// Whether a word is a password's name: `password`, `DB_PASSWORD`.
fn is_of_password(word: &str) -> bool {
    field_name::kind(word) == Some(field_name::Place::End)
}

/// Whether a word after `password` may be one: a host, a path or a command may follow it, too.
fn is_password(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit()) && !word.contains(['.', '/', '$', '=']) && !word.starts_with('-')
}

/// Whether a word is what a header shows behind its scheme, whatever it looks like: `Authorization: token hunter2`.
fn is_of_header(words: &[&str], nth: usize) -> bool {
    let is_header = |word: &str| {
        word.strip_suffix(':').is_some_and(|name| {
            let name = name.trim_start_matches(['"', '\'']);
            ["authorization", "proxy-authorization"].iter().any(|it| it.eq_ignore_ascii_case(name))
        })
    };
    nth > 1 && is_header(words[nth - 2]) && !words[nth].bytes().all(|byte| byte.is_ascii_lowercase())
}

fn is_scheme(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    SCHEMES.iter().any(|scheme| bare.eq_ignore_ascii_case(scheme))
}

/// Whether the word is the name of a secret field and no more than punctuation.
fn is_bare_name(word: &str) -> bool {
    // Its value has been cut.
    if word.contains('…') {
        return false;
    }
    let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    SECRET_FIELDS.iter().any(|name| name.eq_ignore_ascii_case(bare))
}

/// Where the name of a secret field begins in `word`, as a whole name and not as a part of one:
/// `ecr:GetAuthorizationToken` is an action.
fn secret_field(word: &str) -> Option<usize> {
    if word.len() < SHORTEST_FIELD {
        return None;
    }
    let bytes = word.as_bytes();
    let is_whole = |at: usize, length: usize| {
        // `%3F` is a question mark that was escaped, and no letter.
        let escaped = at > 2 && bytes[at - 3] == b'%';
        let before = word[..at].chars().next_back().filter(|_| !escaped);
        let after = word[at + length..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    };
    let begins = |at: &usize| {
        // The first letters of them all.
        matches!(bytes[*at], b'x' | b'X' | b'a' | b'A' | b's' | b'S' | b'c' | b'C')
            && matches!(bytes[*at + 1], b'-' | b'u' | b'U' | b'w' | b'W' | b't' | b'T' | b'e' | b'E' | b'a' | b'A')
            && SECRET_FIELDS.iter().any(|name| {
                let found = bytes.get(*at..*at + name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name.as_bytes()));
                found && is_whole(*at, name.len())
            })
    };
    (0..=word.len() - SHORTEST_FIELD).find(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_cut() {
        let long = "QVdTOmNhbmFyeQ==".repeat(2);
        assert_eq!(scrub(&format!("got Authorization: Basic {long} from you")), "got Authorization: Basic … from you");
        assert_eq!(scrub(&format!("Bearer {long}")), "Bearer …");
        assert_eq!(
            scrub("GET https://s3.example/a?X-Amz-Signature=abc&b=1 failed"),
            "GET https://s3.example/a?… failed"
        );
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
            (
                "echo hunter2 | docker login -u AWS --password-stdin x",
                "echo … | docker login -u AWS --password-stdin x",
            ),
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
            (
                "{\"SecretString\":\"{\\\"a\\\":\\\"b c\\\"}\",\"Name\":\"n\"}",
                "{\"SecretString\":\"…\",\"Name\":\"n\"}",
            ),
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
            (
                "AWS Secret Access Key [None]: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "AWS Secret Access Key [None]: …",
            ),
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
        by_words(&field::without_values(&pem::without_keys(&one_line(text))))
    }

    /// What makes a line go through all of the checks.
    #[test]
    fn a_line_that_may_hold_a_secret_is_looked_at_word_by_word() {
        let line = "CannotPullContainerError: pull image manifest failed: dial tcp 10.0.1.10:443: i/o timeout";
        assert!(announced::nowhere(line));
        assert_eq!(by_words(line), line);
        let key = "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfnygWyF8PbnGy0AHB7MhgHcTz6sE2I2yPBa";
        let names = SCHEMES.iter().chain(&SECRET_FIELDS).chain(&names::PASSWORDS).chain(&names::ACCESS_KEYS);
        for secret in names.copied().chain(["ghp_canary", "-p canary", "x?a=canary", "x%3Fa%3Dcanary", key]) {
            assert!(!announced::nowhere(&format!("{line} {secret}")), "{secret}");
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
    fn what_is_one_line_is_not_made_one() {
        for text in ["", "a", "a b", "a:b @", "\u{7f}", " ", " a", "a ", "a  b", "a\tb", "é"] {
            let whole: Vec<&str> = words(text).collect();
            assert!(!is_one_line(text) || whole.join(" ") == text, "{text:?}");
        }
        assert!(is_one_line("two words"));
    }

    #[test]
    fn it_is_one_bounded_line() {
        assert_eq!(scrub("a\n\tb\u{1b}[31mc"), "a b [31mc");
        assert!(scrub(&"é".repeat(5_000)).chars().count() <= LONGEST + 1);
        assert!(scrub(&"a ".repeat(5_000)).chars().count() <= LONGEST + 1);
    }
}
