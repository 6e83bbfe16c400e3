//! What a reader of the report sees of a hop.

use ecr_probe::model::{Does, Role};
use ecr_probe::path::{by, path};

use super::network::{S3, asked};
use super::rules::{task, with};
use super::worlds::world;

#[test]
fn words_are_short_and_fit_to_print() {
    let mut different = std::collections::BTreeSet::new();
    for seed in 0..1_000 {
        let world = world(seed);
        for hop in world.facts.walk(&world.place, world.host).hops {
            let words = by(&hop.reason);
            assert!((5..=200).contains(&words.len()), "{words}");
            assert!(!words.contains(['{', '}', '"', '\n']) && !words.contains("  "), "{words}");
            different.insert(words);
        }
    }
    assert!(different.len() > 100, "{}", different.len());
}

#[test]
fn a_path_is_as_the_report_has_it() {
    let facts = with(|facts| facts.groups[0].egress.truncate(1));
    let evidence = ecr_probe::model::Evidence { observations: facts.observations() };
    let (to, walked) = asked(&evidence, &task(), S3);
    let path = path(&task(), Some("eu-west-1a".to_owned()), Role::S3, &to, &walked);
    let told = serde_json::to_value(&path).expect("JSON");
    assert_eq!((&told["to"], &told["passes"], &told["via"]), (&"s3".into(), &"no".into(), &"vpce-s3".into()));
    let blocked = path.hops.iter().find(|hop| hop.does == Does::Blocks).expect("one blocks");
    assert_eq!((blocked.id.as_str(), blocked.by.as_str()), ("sg-task", "no outbound rule allows TCP to S3 (pl-s3)"));
    assert_eq!(told["hops"][1]["kind"], "security-group");
}
