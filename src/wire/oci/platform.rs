//! Platforms, normalised and matched as containerd does it (its `platforms` package).

use std::fmt;

/// Operating system, architecture and variant, in Go's names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Platform {
    /// Such as `linux`.
    pub os: String,
    /// Such as `amd64`.
    pub architecture: String,
    /// Such as `v7` of `arm`. `None` for the architecture's baseline.
    pub variant: Option<String>,
}

/// A text that names no platform; it holds the beginning of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("platform {0:?} is not of the form os/architecture[/variant], such as linux/amd64")]
pub struct PlatformError(String);

impl Platform {
    /// A platform in containerd's normal form: `aarch64` and `arm64/v8` are `arm64`, `x86_64` is `amd64`, `arm` is `arm/v7`.
    pub fn new(os: &str, architecture: &str, variant: Option<&str>) -> Self {
        let os = os.to_ascii_lowercase();
        let architecture = architecture.to_ascii_lowercase();
        let variant = variant.unwrap_or("").to_ascii_lowercase();
        let (architecture, variant) = match (architecture.as_str(), variant.as_str()) {
            ("aarch64" | "arm64", "" | "8" | "v8") => ("arm64", String::new()),
            ("aarch64", _) => ("arm64", variant),
            ("x86_64" | "x86-64" | "amd64", "" | "v1") => ("amd64", String::new()),
            ("x86_64" | "x86-64", _) => ("amd64", variant),
            ("armhf", _) | ("arm", "" | "7") => ("arm", "v7".to_owned()),
            ("armel", _) => ("arm", "v6".to_owned()),
            ("arm", "5" | "6" | "8") => ("arm", format!("v{variant}")),
            ("i386", _) => ("386", String::new()),
            (other, _) => (other, variant),
        };
        let os = if os == "macos" { "darwin".to_owned() } else { os };
        Platform { os, architecture: architecture.to_owned(), variant: (!variant.is_empty()).then_some(variant) }
    }

    /// Reads `os/architecture` or `os/architecture/variant`.
    ///
    /// # Errors
    ///
    /// The text has another form; the error prints as one line that names both.
    pub fn parse(text: &str) -> Result<Self, PlatformError> {
        let parts: Vec<&str> = text.splitn(4, '/').collect();
        let fits = |part: &&str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
            (1..=32).contains(&part.len()) && part.bytes().all(plain)
        };
        match parts.as_slice() {
            [os, architecture] if parts.iter().all(fits) => Ok(Platform::new(os, architecture, None)),
            [os, architecture, variant] if parts.iter().all(fits) => Ok(Platform::new(os, architecture, Some(variant))),
            _ => Err(PlatformError(text.chars().take(80).collect())),
        }
    }

    /// Whether an image for `offered` is one that a runtime on this platform pulls.
    pub fn matches(&self, offered: &Platform) -> bool {
        self.rank(offered).is_some()
    }

    /// How close `offered` comes, more being closer; `None` where a runtime on this platform does not pull it.
    pub(super) fn rank(&self, offered: &Platform) -> Option<usize> {
        let (taken, offered) = (self.normal().taken(), offered.normal());
        taken.iter().rev().position(|platform| *platform == offered)
    }

    /// The platforms whose images a runtime on this one takes, the closest first: the documented order of `Only` in
    /// containerd's package `platforms`, by which Docker and the ECS agent choose too. That a 32-bit image is taken
    /// does not mean that the processor runs it.
    fn taken(self) -> Vec<Platform> {
        let of = |architecture: &str, variant: String| Platform::new(&self.os, architecture, Some(&variant));
        let arm = |from: u8| (5..=from).rev().map(|version| of("arm", format!("v{version}")));
        let level = self.variant.as_deref().map_or(Some((1, 0)), level);
        let below: Vec<Platform> = match (self.architecture.as_str(), level) {
            ("amd64", level) => {
                let levels = (1..level.unwrap_or_default().0).rev().map(|level| of("amd64", format!("v{level}")));
                levels.chain([of("386", String::new())]).collect()
            }
            ("arm", Some((version, _))) => arm(version.saturating_sub(1)).collect(),
            ("arm64", level) => {
                let minors = |major: u8, below: u8| {
                    let name = move |minor| if minor == 0 { format!("v{major}") } else { format!("v{major}.{minor}") };
                    (0..below).rev().map(move |minor| of("arm64", name(minor)))
                };
                let of_64_bits: Vec<Platform> = match level {
                    // Armv9.0 goes back to Armv8.5.
                    Some((9, minor)) => minors(9, minor).chain(minors(8, minor.saturating_add(6))).collect(),
                    Some((8, minor)) => minors(8, minor).collect(),
                    _ => Vec::new(),
                };
                of_64_bits.into_iter().chain(arm(8)).collect()
            }
            _ => Vec::new(),
        };
        std::iter::once(self.clone()).chain(below).collect()
    }

    fn normal(&self) -> Platform {
        Platform::new(&self.os, &self.architecture, self.variant.as_deref())
    }
}

/// The numbers in `v7` and `v8.2`, the second being 0 where there is none.
fn level(variant: &str) -> Option<(u8, u8)> {
    let numbers = variant.strip_prefix('v')?;
    let (major, minor) = numbers.split_once('.').unwrap_or((numbers, "0"));
    Some((major.parse().ok()?, minor.parse().ok()?))
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn platform(text: &str) -> Platform {
        Platform::parse(text).unwrap()
    }

    #[test]
    fn names_are_normalised() {
        for (given, normal) in [
            ("linux/amd64", "linux/amd64"),
            ("Linux/x86_64", "linux/amd64"),
            ("linux/amd64/v1", "linux/amd64"),
            ("linux/amd64/v3", "linux/amd64/v3"),
            ("linux/aarch64", "linux/arm64"),
            ("linux/arm64/v8", "linux/arm64"),
            ("linux/arm64/v9", "linux/arm64/v9"),
            ("linux/arm", "linux/arm/v7"),
            ("linux/arm/6", "linux/arm/v6"),
            ("linux/armhf", "linux/arm/v7"),
            ("macos/arm64", "darwin/arm64"),
            ("windows/amd64", "windows/amd64"),
            ("linux/s390x", "linux/s390x"),
        ] {
            assert_eq!(platform(given).to_string(), normal);
        }
    }

    #[test]
    fn a_malformed_platform_is_named() {
        for text in ["", "linux", "linux/", "/amd64", "linux/amd64/", "linux/amd64/v2/x", "linux amd64", "linux/am d64"]
        {
            let problem = Platform::parse(text).unwrap_err().to_string();
            assert!(problem.contains(&format!("{text:?}")) && problem.contains("linux/amd64"), "{problem}");
        }
        let problem = Platform::parse(&"\u{1b}[31m".repeat(100)).unwrap_err().to_string();
        assert!(problem.len() < 600 && !problem.contains('\u{1b}'), "{problem}");
    }

    #[test]
    fn what_runs_here_matches() {
        for (wanted, offered) in [
            ("linux/amd64", "linux/amd64"),
            ("linux/arm64", "linux/arm64/v8"),
            ("linux/arm64/v8", "linux/arm64"),
            ("linux/arm/v7", "linux/arm"),
            ("linux/arm/v7", "linux/arm/v6"),
            ("linux/amd64/v3", "linux/amd64"),
            ("linux/amd64/v3", "linux/amd64/v2"),
            ("linux/amd64", "linux/386"),
            ("linux/amd64/v2", "linux/386"),
            ("linux/arm64", "linux/arm/v8"),
            ("linux/arm64", "linux/arm/v7"),
            ("linux/arm64", "linux/arm/v5"),
            ("linux/arm64/v8.2", "linux/arm64"),
            ("linux/arm64/v8.2", "linux/arm64/v8.1"),
            ("linux/arm64/v9", "linux/arm64/v8.5"),
            ("linux/arm64/v9", "linux/arm64"),
            ("linux/arm64/v9.1", "linux/arm64/v9"),
            ("linux/arm64/v9.1", "linux/arm64/v8.6"),
            ("linux/arm64/v9.1", "linux/arm/v7"),
        ] {
            assert!(platform(wanted).matches(&platform(offered)), "{wanted} {offered}");
        }
        let raw =
            Platform { os: "linux".to_owned(), architecture: "aarch64".to_owned(), variant: Some("v8".to_owned()) };
        assert!(raw.matches(&platform("linux/arm64")), "even when it was not made by `new`");
    }

    #[test]
    fn what_does_not_run_here_does_not_match() {
        for (wanted, offered) in [
            ("linux/amd64", "linux/arm64"),
            ("linux/amd64", "windows/amd64"),
            ("linux/amd64", "linux/amd64/v2"),
            ("linux/arm64", "linux/arm64/v9"),
            ("linux/arm/v6", "linux/arm/v7"),
            ("linux/amd64", "unknown/unknown"),
            ("linux/386", "linux/amd64"),
            ("linux/arm/v7", "linux/arm64"),
            ("linux/arm64/v8.2", "linux/arm64/v8.3"),
            ("linux/arm64/v9", "linux/arm64/v8.6"),
            ("linux/arm64/v9.1", "linux/arm64/v9.2"),
            ("linux/s390x", "linux/386"),
        ] {
            assert!(!platform(wanted).matches(&platform(offered)), "{wanted} {offered}");
        }
    }

    #[test]
    fn the_closest_comes_first() {
        for (wanted, closer, farther) in [
            ("linux/amd64/v3", "linux/amd64/v2", "linux/amd64"),
            ("linux/amd64", "linux/amd64", "linux/386"),
            ("linux/arm64", "linux/arm64", "linux/arm/v8"),
            ("linux/arm64", "linux/arm/v7", "linux/arm/v6"),
            ("linux/arm64/v9.1", "linux/arm64/v9", "linux/arm64/v8.6"),
            ("linux/arm64/v9.1", "linux/arm64/v8.6", "linux/arm64/v8.5"),
        ] {
            let rank = |offered| platform(wanted).rank(&platform(offered)).unwrap();
            assert!(rank(closer) > rank(farther), "{wanted} {closer} {farther}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics_and_the_normal_form_is_stable(text in "[a-z0-9/]{0,24}|.{0,40}") {
            if let Ok(platform) = Platform::parse(&text) {
                prop_assert!(platform.matches(&platform));
                prop_assert_eq!(Platform::parse(&platform.to_string()), Ok(platform));
            }
        }
    }
}
