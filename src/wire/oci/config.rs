//! The image configuration, read for the one thing that a pull depends on: its platform.

use serde::Deserialize;

use super::{Platform, unreadable};
use crate::model::outcome::ConfigOutcome;

#[derive(Deserialize)]
struct RawConfig {
    #[serde(default)]
    os: Option<String>,
    #[serde(default)]
    architecture: Option<String>,
    #[serde(default)]
    variant: Option<String>,
}

/// Compares the platform that an image configuration claims with the one wanted.
/// A single manifest says nothing of its platform: only the configuration does.
pub fn read_config(body: &[u8], platform: &Platform) -> ConfigOutcome {
    // serde would also take the fields from a JSON array, in order.
    if !matches!(body.trim_ascii_start().first(), Some(b'{') | None) {
        return ConfigOutcome::Malformed { reason: "what came is not a JSON object".to_owned() };
    }
    let raw: RawConfig = match serde_json::from_slice(body) {
        Ok(raw) => raw,
        Err(error) => return ConfigOutcome::Malformed { reason: unreadable(&error) },
    };
    let (Some(os), Some(architecture)) = (raw.os.as_deref(), raw.architecture.as_deref()) else {
        return ConfigOutcome::Malformed { reason: "the configuration names no os or no architecture".to_owned() };
    };
    let found = Platform::new(os, architecture, raw.variant.as_deref().filter(|variant| !variant.is_empty()));
    // The text is the image's: what is not of the form of a platform is not repeated.
    if os.is_empty() || architecture.is_empty() || Platform::parse(&found.to_string()).is_err() {
        return ConfigOutcome::Malformed { reason: "the configuration's os or architecture is no name".to_owned() };
    }
    if platform.matches(&found) {
        ConfigOutcome::Matches { platform: found.to_string() }
    } else {
        ConfigOutcome::OtherPlatform { wanted: platform.to_string(), found: found.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SAMPLE: &str = r#"{"architecture":"arm64","variant":"v8","os":"linux","config":{"Env":["A=b"]},
        "rootfs":{"type":"layers","diff_ids":["sha256:00"]},"history":[{"empty_layer":true}]}"#;

    fn read(body: &str, platform: &str) -> ConfigOutcome {
        read_config(body.as_bytes(), &Platform::parse(platform).unwrap())
    }

    #[test]
    fn the_platform_is_compared() {
        assert_eq!(read(SAMPLE, "linux/arm64"), ConfigOutcome::Matches { platform: "linux/arm64".to_owned() });
        assert_eq!(
            read(SAMPLE, "linux/amd64"),
            ConfigOutcome::OtherPlatform { wanted: "linux/amd64".to_owned(), found: "linux/arm64".to_owned() }
        );
        assert_eq!(
            read(r#"{"architecture":"amd64","os":"linux","variant":""}"#, "linux/amd64"),
            ConfigOutcome::Matches { platform: "linux/amd64".to_owned() }
        );
    }

    #[test]
    fn a_malformed_configuration_is_said_to_be_one() {
        for body in [
            "",
            "null",
            "[]",
            r#"["linux","amd64"]"#,
            "{}",
            "<html>",
            r#"{"os":"linux"}"#,
            r#"{"os":"","architecture":""}"#,
            r#"{"os":1,"architecture":2}"#,
            r#"{"os":"linux","architecture":"a b\u001b"}"#,
        ] {
            assert!(matches!(read(body, "linux/amd64"), ConfigOutcome::Malformed { .. }), "{body}");
        }
    }

    #[test]
    fn a_cut_at_any_byte_is_malformed() {
        for end in 0..SAMPLE.len() {
            assert!(matches!(read(&SAMPLE[..end], "linux/arm64"), ConfigOutcome::Malformed { .. }), "{end}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            read_config(&body, &Platform::new("linux", "amd64", None));
        }
    }
}
