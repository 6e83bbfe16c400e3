//! What people paste beside a message is in no form of what it means.

use ecr_probe::ranges::Ranges;
use ecr_probe::reason::{Context, explain};
use ecr_probe::render::{Style, html, json, junit, markdown, reason};

/// Part of each secret below.
const CANARY: &str = "cAnAry7Zx";

/// A registry, for `HOST`.
const HOST: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

/// What holds a secret, which begins with `SECRET`, in the ways that command lines, files, headers and logs have it.
const SHAPES: [&str; 58] = [
    "docker login -u AWS -p SECRET HOST",
    "docker login -u AWS -p 'SECRET' HOST",
    "docker login -u AWS -pSECRET HOST",
    "docker login --username AWS --password SECRET HOST",
    "docker login --username AWS --password=SECRET HOST",
    "podman login --password \"SECRET\" HOST",
    "crane auth login -u AWS -p SECRET HOST",
    "[\"docker\", \"login\", \"--password\", \"SECRET\", \"HOST\"]",
    "echo SECRET | docker login --username AWS --password-stdin HOST",
    "echo 'SECRET' | sudo docker login --username AWS --password-stdin HOST",
    "echo -n SECRET | docker login HOST",
    "printf %s SECRET | docker login HOST",
    "docker login --password-stdin HOST <<< SECRET",
    "docker login --password-stdin HOST <<< \"SECRET\"",
    "curl -u AWS:SECRET https://HOST/v2/",
    "curl --user AWS:SECRET https://HOST/v2/",
    "skopeo copy --src-creds AWS:SECRET docker://HOST/app",
    "skopeo copy --dest-creds=AWS:SECRET docker://HOST/app",
    "kubectl create secret docker-registry ecr --docker-password=SECRET",
    "kubectl create secret docker-registry ecr --docker-password SECRET",
    "AWS_SECRET_ACCESS_KEY=SECRET",
    "export AWS_SECRET_ACCESS_KEY='SECRET'",
    "aws_secret_access_key = SECRET",
    "AWS_SESSION_TOKEN=SECRET",
    "aws_session_token=SECRET",
    "\"SecretAccessKey\": \"SECRET\", \"SessionToken\": \"SECRET\"",
    "DB_PASSWORD=SECRET",
    "spring.datasource.password=SECRET",
    "dbPassword: SECRET-1",
    "passwd: \"SECRET\"",
    "{\"auths\":{\"HOST\":{\"auth\":\"SECRET\"}}}",
    "{ \"auths\": { \"HOST\": { \"auth\": \"SECRET\" } } }",
    "{\"auths\":{\"HOST\":{\"identitytoken\":\"SECRET\"}}}",
    "{\"username\":\"AWS\",\"password\":\"SECRET\"}",
    "{\"username\": \"AWS\", \"password\": \"two words of SECRET\"}",
    "{\\\"username\\\":\\\"AWS\\\",\\\"password\\\":\\\"SECRET\\\"}",
    "{'username': 'AWS', 'password': 'SECRET'}",
    "{\"username\"=>\"AWS\", \"password\"=>\"SECRET\"}",
    "{\"ServerURL\":\"HOST\",\"Username\":\"AWS\",\"Secret_Access-Key\":\"SECRET\"}",
    "{\"SecretString\":\"SECRET\"}",
    "{\"SecretString\":\"{\\\"user\\\":\\\"me\\\",\\\"word\\\":\\\"SECRET\\\"}\"}",
    "<SecretBinary>SECRET</SecretBinary>",
    "{\"authorizationToken\": \"SECRET\"}",
    "X-Registry-Auth: SECRET-of-a-registry",
    "X-Registry-Auth:SECRET",
    "Authorization: Basic SECRET-of-a-registry",
    "map[Authorization:[Basic SECRET-of-a-registry]]",
    "Set-Cookie: session=SECRET; Path=/",
    "Cookie: a=b; session=SECRET; c=d",
    "GET https://s.blob.example/x?sv=1&sig=SECRET",
    "GET https%3A%2F%2Fs.blob.example%2Fx%3Fsv%3D1%26sig%3DSECRET",
    "GET https%253A%252F%252Fs.blob.example%252Fx%253Fsig%253DSECRET",
    "https://AWS:SECRET@HOST/v2/",
    "se=2026&sig=SECRET/with/more&sp=r",
    "{\"token\":\"SECRET-of-a-registry\"}",
    "the token eyJwYXlsb2FkIjoiSECRETabcdef was sent",
    "the token QVdTOmV5SnBZWSECRETabcdefghi was sent",
    "AWS_PROFILE=x\\nDB_PASSWORD=SECRET\\nPORT=1",
];

/// Shapes with what a message adds, before and behind.
fn messages() -> impl Iterator<Item = String> {
    let failure = "Error response from daemon: Head \"https://HOST/v2/app/manifests/v1\": no basic auth credentials";
    SHAPES.iter().flat_map(move |shape| {
        [format!("{shape}\n{failure}"), format!("{failure}\n$ {shape}"), (*shape).to_owned()]
            .map(|text| text.replace("SECRET", CANARY).replace("HOST", HOST))
    })
}

#[test]
fn no_form_has_a_secret_that_was_pasted() {
    let context = Context { ranges: Ranges::embedded(), vpc: Vec::new() };
    let mut leaks = Vec::new();
    for message in messages() {
        assert!(message.contains(CANARY), "{message}");
        let told = explain(&message, &context);
        let all = [told];
        let forms = [
            ("text", reason(&all[0], Style::Plain)),
            ("json", json(&all[0])),
            ("html", html::explanations(&all, true)),
            ("markdown", markdown::explanations(&all, true)),
            ("junit", junit::explanations(&all)),
        ];
        for (form, text) in forms {
            if text.to_ascii_lowercase().contains(&CANARY.to_ascii_lowercase()) {
                leaks.push(format!("{form}: {message}\n    {}", all[0].said));
            }
        }
    }
    assert!(leaks.is_empty(), "\n{}", leaks.join("\n"));
}

/// What is said of secrets and passwords is what the reader looks for.
#[test]
fn ordinary_messages_stay_readable() {
    let context = Context { ranges: Ranges::embedded(), vpc: Vec::new() };
    for corpus in ["stop-reasons.jsonl", "held-back.jsonl", "strangers.jsonl"] {
        let path = format!("{}/tests/explain/{corpus}", env!("CARGO_MANIFEST_DIR"));
        for line in std::fs::read_to_string(path).expect("it can be read").lines() {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let text = line["text"].as_str().expect("a text");
            let said = explain(text, &context).said;
            for phrase in ["assword: ", "ecret: ", "no basic auth", "username or password", "nvalid password"] {
                let kept = text.split_whitespace().collect::<Vec<_>>().join(" ").contains(phrase);
                assert!(!kept || said.contains(phrase) || said.contains(" … "), "{phrase}: {text}\n{said}");
            }
        }
    }
}
