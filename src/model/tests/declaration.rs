use serde_json::json;

use super::*;

fn text(language: Language, resource: Resource) -> Option<String> {
    Declaration::of(language, [resource]).text()
}

fn policy() -> Resource {
    let nested = vec![("subnets", Setting::from(&["a".to_owned(), "b".to_owned()][..])), ("public", true.into())];
    Resource::of("aws_thing", "thing", "x-1/y")
        .note_of("In the resource that declares", "x-1", ", set this.")
        .set("name", "${x} %{y} \"z\" \\ é")
        .set("number_of_it", 443_u16)
        .set("nested", Setting::Block(nested))
        .set("policy", json!({ "Statement": [{ "Action": ["a:B"], "for": {} }], "Version": "x" }))
}

#[test]
fn terraform_reads_as_its_own_format_writes_it() {
    let expected = r#"# In the resource that declares x-1, set this.
resource "aws_thing" "thing_x_1_y" {
  name         = "$${x} %%{y} \"z\" \\ \u00e9"
  number_of_it = 443

  nested {
    subnets = ["a", "b"]
    public  = true
  }
  policy = jsonencode({
    "Statement" = [
      {
        "Action" = ["a:B"]
        "for"    = {}
      }
    ]
    "Version" = "x"
  })
}"#;
    let written = text(Language::Terraform, policy()).expect("it can be shown");
    assert_eq!(written, expected);
}

#[test]
fn cloudformation_is_yaml_with_json_in_it() {
    let expected = r#"Resources:
  # In the resource that declares x-1, set this.
  ThingX1Y:
    Type: aws_thing
    Properties:
      name: "${x} %{y} \"z\" \\ \u00e9"
      number_of_it: 443
      nested:
        subnets:
          - "a"
          - "b"
        public: true
      policy: {
        "Statement": [
          {
            "Action": ["a:B"],
            "for": {}
          }
        ],
        "Version": "x"
      }"#;
    assert_eq!(text(Language::CloudFormation, policy()).expect("it can be shown"), expected);
}

#[test]
fn a_list_of_blocks_is_one_in_either_language() {
    let rule = |port: u16| Setting::Block(vec![("from", port.into()), ("to", port.into())]);
    let resource = || Resource::of("aws_thing", "thing", "").set("rule", Setting::List(vec![rule(1), rule(2)]));
    let terraform = text(Language::Terraform, resource()).expect("it can be shown");
    assert_eq!(terraform.matches("rule {").count(), 2, "{terraform}");
    let yaml = text(Language::CloudFormation, resource()).expect("it can be shown");
    assert!(yaml.ends_with("rule:\n        - from: 1\n          to: 1\n        - from: 2\n          to: 2"), "{yaml}");
}

#[test]
fn what_cannot_be_kept_to_its_place_has_no_text() {
    let thing = || Resource::of("aws_thing", "thing", "");
    for language in [Language::Terraform, Language::CloudFormation] {
        assert_eq!(Declaration::of(language, []).text(), None);
        for hidden in ["a\nb", "\u{202e}", "\u{0}"] {
            assert_eq!(text(language, thing().set("x", hidden)), None);
            assert_eq!(text(language, thing().set("x", json!({ hidden: [] }))), None);
            assert_eq!(text(language, thing().set("x", json!([[hidden]]))), None);
            assert_eq!(text(language, thing().note_of("of", hidden, "")), None);
        }
        for other in ["", "a b", "a\"b", "#"] {
            assert_eq!(text(language, thing().note_of("of", other, "")), None);
        }
        // A name is made of an id; whatever is not part of a name is left out.
        let named = text(language, Resource::of("aws_thing", "thing", "a\nb\"}").set("x", "y")).expect("it is shown");
        assert!(named.contains("thing_a_b") || named.contains("ThingAB:"), "{named}");
    }
}
