//! Credentials of every kind of profile that a person at a laptop has, each in a process with a home of its own.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use ecr_probe::edge::{Live, Reader};
use ecr_probe::model::facts::Question;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::apart;
use crate::responder::{Answer, Request, Responder};

const PORTAL: &str = "portal.sso.eu-west-1.amazonaws.com";
const OIDC: &str = "oidc.eu-west-1.amazonaws.com";
const STS: &str = "sts.eu-west-1.amazonaws.com";
/// SHA-1 of the names under which the command line of AWS caches the tokens.
const OF_SESSION: &str = "71b21161ffa1e6516bcc072aaf5ef38cbe85b511";
const OF_START_URL: &str = "423c5453157f3c681f4a39954ca5224e64c7dc53";

struct Home {
    folder: TempDir,
    /// Single sign-on and STS.
    aws: Responder,
    ecs: Responder,
}

impl Home {
    fn new(config: &str) -> Home {
        let folder = TempDir::with_prefix("ecr-probe-profile-").expect("a temporary folder");
        fs::create_dir_all(folder.path().join(".aws/sso/cache")).expect("a folder");
        fs::write(folder.path().join(".aws/config"), config).expect("a file");
        let names = [PORTAL, OIDC, STS];
        let aws = Responder::with_tls(&names, &folder.path().join("ca.pem"), |request, _| of_aws(request));
        let ecs = Responder::start(|_, _| Answer::of(200, r#"{"serviceArns":["arn/web"]}"#));
        Home { folder, aws, ecs }
    }

    fn token(&self, name: &str, expires: &str, token: &str) {
        let token = json!({
            "accessToken": token, "expiresAt": expires, "region": "eu-west-1",
            "startUrl": "https://company.awsapps.example/start",
        });
        let file = self.folder.path().join(format!(".aws/sso/cache/{name}.json"));
        fs::write(file, token.to_string()).expect("a file");
    }

    /// What a process with this profile is told, in its words and all that it printed.
    fn told(&self, variables: &[(&str, &str)]) -> (Value, String) {
        let mut command = Command::new(std::env::current_exe().expect("a test has a binary"));
        command.env_clear().env("HOME", self.folder.path()).env("PATH", "/usr/bin:/bin");
        command.env("AWS_PROFILE", "work").env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_ENDPOINT_URL_ECS", self.ecs.url()).envs(variables.iter().copied());
        let ca = self.folder.path().join("ca.pem");
        let mut arguments = vec!["--ca-bundle".to_owned(), ca.to_str().expect("UTF-8").to_owned()];
        for name in [PORTAL, OIDC, STS] {
            arguments.extend(["--connect-to".to_owned(), format!("{name}:443:127.0.0.1:{}", self.aws.port())]);
        }
        arguments.extend(["--timeout".to_owned(), "1s".to_owned()]);
        let output = apart::again(command, "profiles::a_process_of_its_own", &json!(arguments));
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8(printed).expect("UTF-8");
        let line = printed.lines().find_map(|line| line.strip_prefix("TOLD "));
        let line = line.unwrap_or_else(|| panic!("{printed}"));
        (serde_json::from_str(line).expect("it is JSON"), printed)
    }

    /// The key that the last request to ECS was signed with, and its session token.
    fn signed_with(&self) -> (String, String) {
        let request = self.ecs.seen().pop().expect("ECS was asked");
        let key = request.header("authorization").and_then(|it| it.split(['=', '/']).nth(1)).unwrap_or_default();
        (key.to_owned(), request.header("x-amz-security-token").unwrap_or_default().to_owned())
    }
}

fn of_aws(request: &Request) -> Answer {
    if request.head.contains("/federation/credentials") {
        assert!(request.head.contains("role_name=Audit") && request.head.contains("account_id=123456789012"));
        if request.header("x-amz-sso_bearer_token") != Some("sso-token-canary-123456") {
            return Answer::of(401, r#"{"message":"Session token not found or invalid"}"#);
        }
        let credentials = json!({ "roleCredentials": {
            "accessKeyId": "ASIASSO", "secretAccessKey": "sso-secret-canary-1234", "sessionToken": "of-sso",
            "expiration": 4_102_444_800_000_u64 } });
        return Answer::of(200, credentials.to_string());
    }
    match request.parameter("Action").as_deref() {
        Some("AssumeRole") => Answer::of(
            200,
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
             <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret-canary-123</SecretAccessKey>\
             <SessionToken>of-the-role</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>\
             <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/a/b</Arn><AssumedRoleId>A:b</AssumedRoleId>\
             </AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>",
        ),
        _ => Answer::of(404, "{}"),
    }
}

/// The other side of [`Home::told`]. By itself it has nothing to do.
#[test]
fn a_process_of_its_own() {
    let Some(arguments) = apart::asked() else { return };
    let settings = apart::settings(&arguments);
    let live = Live::new(&settings).expect("the settings are good");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let told = runtime.block_on(async {
        let region = match settings.environment.region.clone() {
            Some(region) => Some(region),
            None => Live::profile_region().await,
        };
        let place = region.clone().unwrap_or_else(|| "eu-west-1".to_owned());
        let question = Question::ListServices { cluster: "files".to_owned() };
        match live.account(&place).await {
            Ok(account) => {
                let told = account.ask(&question).await;
                json!({ "region": region, "fact": told.facts.first().map(|(_, act)| act) })
            }
            Err(outcome) => json!({ "region": region, "credentials": outcome }),
        }
    });
    println!("TOLD {told}");
}

const OF_SSO: &str = "sso_account_id = 123456789012\nsso_role_name = Audit\n";

#[test]
fn single_sign_on() {
    let session = "[sso-session company]\nsso_region = eu-west-1\n\
                   sso_start_url = https://company.awsapps.example/start\n";
    let legacy = "sso_start_url = https://company.awsapps.example/start\nsso_region = eu-west-1\n";
    for (config, cached) in [
        (format!("[profile work]\nregion = eu-west-1\nsso_session = company\n{OF_SSO}{session}"), OF_SESSION),
        (format!("[profile work]\nregion = eu-west-1\n{legacy}{OF_SSO}"), OF_START_URL),
    ] {
        let home = Home::new(&config);
        home.token(cached, "2100-01-01T00:00:00Z", "sso-token-canary-123456");
        let (told, printed) = home.told(&[]);
        assert_eq!(told["fact"]["outcome"]["ids"], json!(["arn/web"]), "{told}");
        assert_eq!(told["region"], "eu-west-1");
        assert_eq!(home.signed_with(), ("ASIASSO".to_owned(), "of-sso".to_owned()));
        assert!(!printed.contains("canary"), "{printed}");

        // The SDK does not look at the time of a token that has no session: the portal refuses it.
        home.token(cached, "2020-01-01T00:00:00Z", "sso-stale-canary-123456");
        let (told, printed) = home.told(&[]);
        assert_eq!(told["credentials"]["result"], "failed", "{told}");
        assert!(!printed.contains("canary"), "{printed}");
    }
}

#[test]
fn a_credential_process() {
    let of_process = |script: &str| format!("[profile work]\nregion = eu-central-1\ncredential_process = {script}\n");
    let printing = "printf '{\"Version\":1,\"AccessKeyId\":\"ASIAPROCESS\",\"SecretAccessKey\":\"process-secret-canary\",\
                    \"SessionToken\":\"of-the-process\",\"Expiration\":\"2100-01-01T00:00:00Z\"}'";
    let home = Home::new(&of_process(printing));
    let (told, printed) = home.told(&[]);
    assert_eq!((&told["fact"]["outcome"]["result"], &told["region"]), (&json!("known"), &json!("eu-central-1")));
    assert_eq!(home.signed_with(), ("ASIAPROCESS".to_owned(), "of-the-process".to_owned()));
    assert!(!printed.contains("canary"), "{printed}");
    // The environment's Region stands before the profile's.
    assert_eq!(home.told(&[("AWS_REGION", "eu-west-3")]).0["region"], "eu-west-3");

    // It may take longer than `--timeout`, and not for ever.
    let home = Home::new(&of_process(&format!("sh -c 'sleep 2' && {printing}")));
    assert_eq!(home.told(&[]).0["fact"]["outcome"]["result"], "known");
    let home = Home::new(&of_process("sleep 8"));
    let began = Instant::now();
    let (told, _) = home.told(&[]);
    assert_eq!(told["credentials"]["result"], "timed-out", "{told}");
    assert!(began.elapsed() < Duration::from_secs(7), "{:?}", began.elapsed());

    let home = Home::new(&of_process("sh -c 'echo the vault is locked >&2; exit 3'"));
    let (told, _) = home.told(&[]);
    let reason = told["credentials"]["reason"].as_str().unwrap();
    assert!(reason.contains("the vault is locked"), "{reason}");
}

#[test]
fn an_assumed_role() {
    let home = Home::new(
        "[profile work]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/audit\nsource_profile = base\n\
         [profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = base-secret-canary-12\n",
    );
    let (told, printed) = home.told(&[("AWS_REGION", "eu-west-1")]);
    assert_eq!(told["fact"]["outcome"]["result"], "known", "{told}");
    assert_eq!(home.signed_with(), ("ASIAROLE".to_owned(), "of-the-role".to_owned()));
    assert!(!printed.contains("canary"), "{printed}");
}

#[test]
fn a_profile_that_is_not_there() {
    let (told, _) = Home::new("[profile other]\nregion = eu-west-1\n").told(&[]);
    assert!(matches!(told["credentials"]["result"].as_str(), Some("failed" | "missing")), "{told}");
}
