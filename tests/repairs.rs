//! What repairs print, in each of their forms: read back by its own reader, and never anything but what was put in.

#[path = "repairs/every.rs"]
mod every;
#[path = "repairs/peers.rs"]
mod peers;
#[expect(
    dead_code,
    clippy::disallowed_methods,
    reason = "tests look for programs, and others need more of the machine"
)]
#[path = "peers/tools.rs"]
mod tools;

use ecr_probe::config::FixForm;
use ecr_probe::model::{Applicability, Fix};
use ecr_probe::repair::Repair;
use every::{Ids, every};
use proptest::prelude::*;

const FORMS: [FixForm; 3] = [FixForm::Cli, FixForm::Terraform, FixForm::CloudFormation];

fn printed(repair: &Repair, form: FixForm) -> Fix {
    Fix::repair("repair it", repair, form, "eu-west-1")
}

/// Texts that would end a string, begin a template, a comment or a key, or be another kind of value.
fn foreign() -> impl Strategy<Value = String> {
    let hostile = prop_oneof![
        Just("\"\n}\nresource \"aws_iam_user\" \"x\" {\n".to_owned()),
        Just("\" }".to_owned()),
        Just("${file(\"/etc/passwd\")}".to_owned()),
        Just("%{ for x in y }".to_owned()),
        Just("$${a} $$${b} %%{c".to_owned()),
        Just("\\\" \\${a}".to_owned()),
        Just("\\".to_owned()),
        Just("$".to_owned()),
        Just("%".to_owned()),
        Just("{".to_owned()),
        Just("# x".to_owned()),
        Just("x: y".to_owned()),
        Just("- x".to_owned()),
        Just("<<EOT".to_owned()),
        Just("!Sub x".to_owned()),
        Just("{{resolve:ssm:/x}}".to_owned()),
        Just("yes".to_owned()),
        Just("1e3".to_owned()),
        Just("'\"'\"'; : >x".to_owned()),
        Just("日本 é 🐚".to_owned()),
        Just("\u{85}\u{2028}".to_owned()),
        "[ -~]{0,12}",
        "\\PC{0,6}",
    ];
    proptest::collection::vec(hostile, 1..4).prop_map(|parts| parts.concat())
}

/// A text in which each quoted value is empty, without comments and names of resources; and the values.
fn skeleton(text: &str) -> (String, Vec<String>) {
    let mut lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let head = lines.first().copied().unwrap_or_default();
    if head == "Resources:" {
        // The name of the one resource.
        lines.remove(1);
    }
    let (mut skeleton, mut values) = (String::new(), Vec::new());
    for line in lines {
        let is_head = line.starts_with("resource \"");
        let mut rest = line;
        while let Some(at) = rest.find('"') {
            skeleton.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            let mut end = 0;
            let bytes = rest.as_bytes();
            while bytes[end] != b'"' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            if !is_head {
                values.push(rest[..end].to_owned());
            }
            skeleton.push('"');
            rest = &rest[end + 1..];
        }
        skeleton.push_str(rest.trim_end());
        skeleton.push('\n');
    }
    // Columns are as wide as the longest key.
    let words: Vec<&str> = skeleton.split_whitespace().collect();
    (words.join(" "), values)
}

/// Whether the text is an id in a comment.
fn in_a_note(text: &str, id: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with("# ") && line.contains(id))
}

/// What a quoted value of HCL or YAML stands for.
fn read_back(value: &str, form: FixForm) -> String {
    let mut text = String::new();
    let mut rest = value.chars();
    while let Some(it) = rest.next() {
        if it != '\\' {
            text.push(it);
            continue;
        }
        let digits = match rest.next().expect("something is escaped") {
            'u' => 4,
            'U' => 8,
            other => {
                text.push(other);
                continue;
            }
        };
        let code: String = rest.by_ref().take(digits).collect();
        let code = u32::from_str_radix(&code, 16).expect("it is a number");
        text.push(char::from_u32(code).expect("it is a character"));
    }
    match form {
        FixForm::Terraform => text.replace("$${", "${").replace("%%{", "%{"),
        _ => text,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn foreign_text_is_one_value_or_nothing_is_printed(foreign in foreign()) {
        let plain = every(&Ids::plain());
        let hostile = every(&Ids::all(&foreign));
        for ((_, repair), (kind, other)) in plain.iter().zip(&hostile) {
            for form in [FixForm::Terraform, FixForm::CloudFormation] {
                let (fix, hostile) = (printed(repair, form), printed(other, form));
                let (Some(text), Some(hostile)) = (fix.command(), hostile.command()) else { continue };
                let (own, values) = skeleton(text);
                let (others, found) = skeleton(hostile);
                prop_assert_eq!(&own, &others, "{}: {}", kind, hostile);
                prop_assert_eq!(values.len(), found.len());
                let all = found.iter().map(|value| read_back(value, form));
                let is_there = all.clone().any(|value| value.contains(&foreign)) || in_a_note(hostile, &foreign);
                // A role's or repository's name is what stands behind the last slash.
                prop_assert!(is_there || foreign.contains('/'), "{}: {}: {}", kind, foreign, hostile);
            }
            let (fix, hostile) = (printed(repair, FixForm::Cli), printed(other, FixForm::Cli));
            let (Some(line), Some(hostile)) = (fix.command(), hostile.command()) else { continue };
            let words = shlex::split(line).expect("it can be split");
            let others = shlex::split(hostile).expect("it can be split");
            // The option of a value that begins with a dash is joined to it.
            let joined = others.iter().filter(|word| word.starts_with("--") && word.contains('=')).count();
            prop_assert_eq!(words.len(), others.len() + joined, "{}: {}", kind, hostile);
        }
    }
}

#[test]
fn every_repair_is_ready_in_every_form_unless_something_goes_away() {
    for (kind, repair) in every(&Ids::plain()) {
        for form in FORMS {
            let fix = printed(&repair, form);
            let goes_away = kind.starts_with("delete") && form != FixForm::Cli;
            let expected = if goes_away { Applicability::Advice } else { Applicability::Ready };
            assert_eq!(fix.applicability, expected, "{kind}: {form:?}: {fix:?}");
            assert_eq!(fix.command().is_none(), goes_away, "{kind}: {fix:?}");
            assert_eq!(fix.does.contains("out of the configuration"), goes_away, "{}", fix.does);
        }
    }
}

#[test]
fn what_is_hidden_or_missing_is_not_printed() {
    for foreign in ["", "x\ny", "x\u{0}", "x\u{202e}y", "x\u{2028}"] {
        for (kind, repair) in every(&Ids::all(foreign)) {
            for form in FORMS {
                let fix = printed(&repair, form);
                assert_eq!(fix.command(), None, "{kind}: {foreign:?}");
            }
        }
    }
}

#[test]
fn cloudformation_puts_nothing_in_the_place_of_a_value() {
    for (kind, repair) in every(&Ids::all("{{resolve:ssm-secure:/x}}")) {
        assert_eq!(printed(&repair, FixForm::CloudFormation).command(), None, "{kind}");
    }
    for key in ["Ref", "Fn::ImportValue", &"x".repeat(1100)] {
        let document = serde_json::json!({ "Statement": [{ "Principal": { key: "x" } }] });
        let repair = Repair::PutEndpointPolicy { endpoint: "vpce-1".to_owned(), document };
        assert_eq!(printed(&repair, FixForm::CloudFormation).command(), None, "{key}");
        assert!(printed(&repair, FixForm::Terraform).command().is_some());
    }
}
