//! What people paste beside a message is in no form of what it means.

use ecr_probe::ranges::Ranges;
use ecr_probe::reason::{Context, explain};
use ecr_probe::render::short::{self, Screen};
use ecr_probe::render::{Style, html, json, junit, markdown, reason};

/// Part of each secret below.
const SECRET: &str = "cAnAry7Zx";

/// A registry, for `HOST`.
const HOST: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

/// What holds a secret, which begins with `CANARY`, in the ways that command lines, files, headers and logs have it.
const SHAPES: [&str; 59] = [
    "docker login -u AWS -p CANARY HOST",
    "{\"Env\":[\"DB_PASSWORD=two words and CANARY\",\"A=b\"]}",
    "docker login -u AWS -p 'CANARY' HOST",
    "docker login -u AWS -pCANARY HOST",
    "docker login --username AWS --password CANARY HOST",
    "docker login --username AWS --password=CANARY HOST",
    "podman login --password \"CANARY\" HOST",
    "crane auth login -u AWS -p CANARY HOST",
    "[\"docker\", \"login\", \"--password\", \"CANARY\", \"HOST\"]",
    "echo CANARY | docker login --username AWS --password-stdin HOST",
    "echo 'CANARY' | sudo docker login --username AWS --password-stdin HOST",
    "echo -n CANARY | docker login HOST",
    "printf %s CANARY | docker login HOST",
    "docker login --password-stdin HOST <<< CANARY",
    "docker login --password-stdin HOST <<< \"CANARY\"",
    "curl -u AWS:CANARY https://HOST/v2/",
    "curl --user AWS:CANARY https://HOST/v2/",
    "skopeo copy --src-creds AWS:CANARY docker://HOST/app",
    "skopeo copy --dest-creds=AWS:CANARY docker://HOST/app",
    "kubectl create secret docker-registry ecr --docker-password=CANARY",
    "kubectl create secret docker-registry ecr --docker-password CANARY",
    "AWS_SECRET_ACCESS_KEY=CANARY",
    "export AWS_SECRET_ACCESS_KEY='CANARY'",
    "aws_secret_access_key = CANARY",
    "AWS_SESSION_TOKEN=CANARY",
    "aws_session_token=CANARY",
    "\"SecretAccessKey\": \"CANARY\", \"SessionToken\": \"CANARY\"",
    "DB_PASSWORD=CANARY",
    "spring.datasource.password=CANARY",
    "dbPassword: CANARY-1",
    "passwd: \"CANARY\"",
    "{\"auths\":{\"HOST\":{\"auth\":\"CANARY\"}}}",
    "{ \"auths\": { \"HOST\": { \"auth\": \"CANARY\" } } }",
    "{\"auths\":{\"HOST\":{\"identitytoken\":\"CANARY\"}}}",
    "{\"username\":\"AWS\",\"password\":\"CANARY\"}",
    "{\"username\": \"AWS\", \"password\": \"two words of CANARY\"}",
    "{\\\"username\\\":\\\"AWS\\\",\\\"password\\\":\\\"CANARY\\\"}",
    "{'username': 'AWS', 'password': 'CANARY'}",
    "{\"username\"=>\"AWS\", \"password\"=>\"CANARY\"}",
    "{\"ServerURL\":\"HOST\",\"Username\":\"AWS\",\"Secret_Access-Key\":\"CANARY\"}",
    "{\"SecretString\":\"CANARY\"}",
    "{\"SecretString\":\"{\\\"user\\\":\\\"me\\\",\\\"word\\\":\\\"CANARY\\\"}\"}",
    "<SecretBinary>CANARY</SecretBinary>",
    "{\"authorizationToken\": \"CANARY\"}",
    "X-Registry-Auth: CANARY-of-a-registry",
    "X-Registry-Auth:CANARY",
    "Authorization: Basic CANARY-of-a-registry",
    "map[Authorization:[Basic CANARY-of-a-registry]]",
    "Set-Cookie: session=CANARY; Path=/",
    "Cookie: a=b; session=CANARY; c=d",
    "GET https://s.blob.example/x?sv=1&sig=CANARY",
    "GET https%3A%2F%2Fs.blob.example%2Fx%3Fsv%3D1%26sig%3DCANARY",
    "GET https%253A%252F%252Fs.blob.example%252Fx%253Fsig%253DCANARY",
    "https://AWS:CANARY@HOST/v2/",
    "se=2026&sig=CANARY/with/more&sp=r",
    "{\"token\":\"CANARY-of-a-registry\"}",
    "the token eyJwYXlsb2FkIjoiCANARYabcdef was sent",
    "the token QVdTOmV5SnBZWCANARYabcdefghi was sent",
    "AWS_PROFILE=x\\nDB_PASSWORD=CANARY\\nPORT=1",
];

/// Shapes with what a message adds, before and behind.
fn messages() -> impl Iterator<Item = String> {
    let failure = "Error response from daemon: Head \"https://HOST/v2/app/manifests/v1\": no basic auth credentials";
    SHAPES.iter().flat_map(move |shape| {
        [format!("{shape}\n{failure}"), format!("{failure}\n$ {shape}"), (*shape).to_owned()]
            .map(|text| text.replace("CANARY", SECRET).replace("HOST", HOST))
    })
}

#[test]
fn no_form_has_a_secret_that_was_pasted() {
    let context = Context { ranges: Ranges::embedded(), vpc: Vec::new() };
    let mut leaks = Vec::new();
    for message in messages() {
        assert!(message.contains(SECRET), "{message}");
        let told = explain(&message, &context);
        let all = [told];
        let forms = [
            ("text", reason(&all[0], Style::Plain)),
            ("screen", short::explanation(&all[0], Screen::PLAIN)),
            ("json", json(&all[0])),
            ("html", html::explanations(&all, true)),
            ("markdown", markdown::explanations(&all, true)),
            ("junit", junit::explanations(&all)),
        ];
        for (form, text) in forms {
            if text.to_ascii_lowercase().contains(&SECRET.to_ascii_lowercase()) {
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
    for corpus in ["stop-reasons.jsonl", "held-back.jsonl", "strangers.jsonl", "later.jsonl"] {
        let path = format!("{}/tests/explain/{corpus}", env!("CARGO_MANIFEST_DIR"));
        for line in std::fs::read_to_string(path).expect("it can be read").lines() {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let text = line["text"].as_str().expect("a text");
            let said = explain(text, &context).said;
            for phrase in ["assword: ", "ecret: ", "no basic auth", "username or password", "nvalid password"] {
                let kept = text.split_whitespace().collect::<Vec<_>>().join(" ").contains(phrase);
                let is_cut = said.contains(" … ") || said.ends_with('…');
                assert!(!kept || said.contains(phrase) || is_cut, "{phrase}: {text}\n{said}");
            }
        }
    }
}
