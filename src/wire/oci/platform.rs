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
    /// One line that names the value and the form.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.splitn(4, '/').collect();
        let fits = |part: &&str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
            (1..=32).contains(&part.len()) && part.bytes().all(plain)
        };
        match parts.as_slice() {
            [os, architecture] if parts.iter().all(fits) => Ok(Platform::new(os, architecture, None)),
            [os, architecture, variant] if parts.iter().all(fits) => Ok(Platform::new(os, architecture, Some(variant))),
            _ => {
                let cut: String = text.chars().take(80).collect();
                Err(format!("platform {cut:?} is not of the form os/architecture[/variant], such as linux/amd64"))
            }
        }
    }

    /// Whether an image for `offered` is one that a runtime on this platform pulls.
    pub fn matches(&self, offered: &Platform) -> bool {
        self.rank(offered).is_some()
    }

    /// How close `offered` comes, more being closer; `None` where it does not run here. A runtime takes its own
    /// variant, else the highest below it, else an image that names none (containerd's `platforms.Only`).
    pub(super) fn rank(&self, offered: &Platform) -> Option<u32> {
        let (wanted, offered) = (self.normal(), offered.normal());
        if wanted.os != offered.os || wanted.architecture != offered.architecture {
            return None;
        }
        if wanted.variant == offered.variant {
            return Some(u32::MAX);
        }
        let Some(theirs) = &offered.variant else { return Some(0) };
        let (ours, theirs) = (level(wanted.variant.as_deref()?)?, level(theirs)?);
        (theirs <= ours).then_some(theirs)
    }

    fn normal(&self) -> Platform {
        Platform::new(&self.os, &self.architecture, self.variant.as_deref())
    }
}

/// The number in `v7`.
fn level(variant: &str) -> Option<u32> {
    variant.strip_prefix('v')?.parse().ok()
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
            let problem = Platform::parse(text).unwrap_err();
            assert!(problem.contains(&format!("{text:?}")) && problem.contains("linux/amd64"), "{problem}");
        }
        let problem = Platform::parse(&"\u{1b}[31m".repeat(100)).unwrap_err();
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
        ] {
            assert!(!platform(wanted).matches(&platform(offered)), "{wanted} {offered}");
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
