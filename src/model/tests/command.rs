use proptest::prelude::*;

use super::*;

fn shell(command: &Command) -> String {
    command.shell().expect("it can be shown")
}

/// What a command's arguments can be made of: whatever is visible.
fn visible() -> impl Strategy<Value = String> {
    let hostile = prop_oneof![
        Just("x'$(: >pwned)".to_owned()),
        Just("`: >pwned`".to_owned()),
        Just("; : >pwned;".to_owned()),
        Just("a&&: >pwned".to_owned()),
        Just("a|b>c<d".to_owned()),
        Just("~/x*?[a]{b,c}".to_owned()),
        Just("!! !x ^a^b".to_owned()),
        Just("\\'\"\\\\".to_owned()),
        Just("=ls #x %y".to_owned()),
        Just("-rf".to_owned()),
        Just("日本 \u{a0}é…".to_owned()),
        "[ -~]{0,24}",
        "\\PC{0,12}",
    ];
    proptest::collection::vec(hostile, 0..4).prop_map(|parts| parts.concat())
}

#[test]
fn a_command_reads_as_one_writes_it() {
    let filters = [("vpc-id", Blank::VPC_ID.into()), ("service-name", Values::any_of(["a.s3", "b.s3"]))];
    let command = Command::of("aws ec2 describe-vpc-endpoints")
        .region("eu-west-1")
        .filters(filters)
        .query("VpcEndpoints[].[State]")
        .text();
    assert_eq!(
        shell(&command),
        "aws ec2 describe-vpc-endpoints --region eu-west-1 --filters Name=vpc-id,Values=VPC_ID \
         Name=service-name,Values=a.s3,b.s3 --query 'VpcEndpoints[].[State]' --output text"
    );
    assert_eq!(command.blanks(), [Blank::VPC_ID]);
}

#[test]
fn commands_feed_and_follow_each_other() {
    let password = Command::of("aws ecr get-login-password").region("REGION");
    let login = Command::of("docker login --password-stdin").operand("r.example").and(Command::of("docker ps"));
    let piped = password.clone().pipe(login).then(Command::of("date -u"));
    assert_eq!(
        shell(&piped),
        "aws ecr get-login-password --region REGION | docker login --password-stdin r.example && docker ps; date -u"
    );
    assert_eq!(piped.blanks(), [Blank::REGION]);
    let within = Command::of("curl").option("-u", Word::from("AWS:").then(password.printed())).without_input();
    assert_eq!(shell(&within), "curl -u \"AWS:$(aws ecr get-login-password --region REGION)\" </dev/null");
    assert_eq!(within.blanks(), [Blank::REGION]);
}

#[test]
fn a_value_that_begins_with_a_dash_is_no_option() {
    assert_eq!(shell(&Command::of("aws x").option("--role-name", "-rf")), "aws x --role-name=-rf");
    assert_eq!(shell(&Command::of("docker pull").operand("-rf")), "docker pull -- -rf");
    assert_eq!(shell(&Command::of("docker pull").operand("rf")), "docker pull rf");
    assert_eq!(Command::of("docker build").option("-t", "-rf").shell(), None);
    assert_eq!(Command::of("aws x").options("--domains", ["a", "-b"]).shell(), None);
}

/// A value that the AWS CLI would take for the name of something to read, or for more than one.
#[test]
fn a_value_is_no_file_and_no_second_value() {
    let option = |value: Word| Command::of("aws x").option("--role-name", value).shell();
    for url in ["file:///etc/passwd", "fileb://x", "http://169.254.169.254/", "https://x"] {
        assert_eq!(option(url.into()), None, "{url}");
        assert_eq!(Command::of("aws x").options("--domains", [url]).shell(), None, "{url}");
    }
    assert_eq!(option(Word::file("policy.json")).as_deref(), Some("aws x --role-name file://policy.json"));
    for value in ["a,Name=b", "a=b", "[a", "a b", "{a}", "'a'", "@a"] {
        let filters = Command::of("aws x").filters([("name", value.into())]);
        assert_eq!(filters.shell(), None, "{value}");
        assert_eq!(option(Word::field("imageTag", value)), None, "{value}");
    }
}

#[test]
fn what_does_not_show_is_in_no_command() {
    let hidden =
        ["\0", "a\nb", "a\rb", "\u{1b}[2K", "\u{7f}", "\u{9b}", "\u{202e}x", "\u{2028}", "a\u{200b}b", "\u{e0041}"];
    for text in hidden {
        assert_eq!(Command::of("docker pull").operand(text).shell(), None, "{text:?}");
        assert_eq!(Command::of("aws x").option("--a", text).shell(), None, "{text:?}");
        assert_eq!(Command::of("aws x").option("--a", Word::from("b").then(text)).shell(), None, "{text:?}");
    }
}

#[test]
fn within_a_substitution_nothing_needs_quotes() {
    let password = |region: &str| Command::of("aws ecr get-login-password").option("--region", region).printed();
    for region in ["x!y", "x y", "x'y", "$(x)", ""] {
        assert_eq!(Command::of("curl").option("-u", password(region)).shell(), None, "{region}");
    }
    assert_eq!(
        Command::of("curl").option("-u", Command::of("echo").option("-n", password("x")).printed()).shell(),
        None
    );
}

proptest! {
    #[test]
    fn a_command_splits_into_its_arguments(values in proptest::collection::vec(visible(), 1..6)) {
        let command = values.iter().fold(Command::of("printf x"), |command, value| command.operand(value.as_str()));
        if let Some(line) = command.shell() {
            let mut expected = vec!["printf".to_owned(), "x".to_owned()];
            for value in &values {
                if value.starts_with('-') {
                    expected.push("--".to_owned());
                }
                expected.push(value.clone());
            }
            prop_assert_eq!(shlex::split(&line), Some(expected));
        }
    }
}
