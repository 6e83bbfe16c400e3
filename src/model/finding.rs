//! A diagnosis: what is wrong, how sure it is, what shows it and what fixes it.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::{Blank, Code, Command, Declaration, EvidenceId, Filled};

/// How much a finding matters. `Error` makes the verdict unhealthy, `Warning` degraded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing, and no fault of the pull.
    Info,
    /// The pull works and may not do so for long, or not as fast as it should.
    Warning,
    /// The pull fails.
    Error,
}

impl Severity {
    /// As reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// How sure the evidence makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// One of several causes, and not the likeliest.
    Possible,
    /// The likeliest of several causes that look alike from here.
    Likely,
    /// The evidence admits no other cause.
    Proven,
}

impl Strength {
    /// As reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Strength::Possible => "possible",
            Strength::Likely => "likely",
            Strength::Proven => "proven",
        }
    }
}

/// The step of the pull that fails, in the order of a pull.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The image reference is read.
    Reference,
    /// Names are resolved.
    Dns,
    /// TCP connections are made: routes, security groups, network ACLs.
    Route,
    /// TLS handshakes and certificates.
    Tls,
    /// AWS credentials, and the clock that signatures depend on.
    Credentials,
    /// `ecr:GetAuthorizationToken`, or another registry's token service.
    AuthToken,
    /// The registry takes the token at `/v2/`.
    RegistryAuth,
    /// The index and the manifest are read.
    Manifest,
    /// The registry gives the URLs of the layers.
    LayerUrl,
    /// The layers are downloaded from the layer store.
    LayerBytes,
    /// The layers are written to the disk, compressed and unpacked.
    Unpack,
    /// What a task needs to start, once its image is there.
    TaskStart,
}

impl Stage {
    /// Whether it is a step of the way to a host, which every pull from the same subnet takes.
    pub fn is_of_the_path(self) -> bool {
        matches!(self, Stage::Dns | Stage::Route | Stage::Tls)
    }

    /// As reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Reference => "reference",
            Stage::Dns => "dns",
            Stage::Route => "route",
            Stage::Tls => "tls",
            Stage::Credentials => "credentials",
            Stage::AuthToken => "auth-token",
            Stage::RegistryAuth => "registry-auth",
            Stage::Manifest => "manifest",
            Stage::LayerUrl => "layer-url",
            Stage::LayerBytes => "layer-bytes",
            Stage::Unpack => "unpack",
            Stage::TaskStart => "task-start",
        }
    }
}

/// How far a fix can be run as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Applicability {
    /// Runs as it stands.
    Ready,
    /// Holds upper-case placeholders that the reader fills in.
    Placeholders,
    /// Says what to do; there is no single command.
    Advice,
}

/// One way to fix it.
#[derive(Debug, Clone)]
pub struct Fix {
    /// An imperative sentence.
    pub does: Cow<'static, str>,
    /// A line for a POSIX shell, with the AWS CLI or common tools, or lines for Terraform or CloudFormation: what a
    /// [`Command`], a [`Script`] or a [`Declaration`] prints, and nothing else.
    command: Option<Cow<'static, str>>,
    /// How far the command can be run as printed.
    pub applicability: Applicability,
    blanks: Cow<'static, [Blank]>,
    /// Its JSON, where it was kept.
    json: Option<&'static RawValue>,
}

impl Fix {
    /// A command, as far as it can be shown: what cannot be is left out, and the sentence stands alone.
    pub fn run(does: impl Into<Cow<'static, str>>, command: &Command) -> Self {
        let Some(line) = command.shell() else { return Fix::advice(does) };
        Fix::of_line(does.into(), line.into(), command.blanks().into())
    }

    /// A page's command, as a [`Script`](super::Script) has filled it.
    pub fn script(does: impl Into<Cow<'static, str>>, (line, blanks): Filled) -> Self {
        Fix::of_line(does.into(), line, blanks.into())
    }

    fn of_line(does: Cow<'static, str>, line: Cow<'static, str>, blanks: Cow<'static, [Blank]>) -> Self {
        let applicability = if blanks.is_empty() { Applicability::Ready } else { Applicability::Placeholders };
        Fix { does, command: Some(line), applicability, blanks, json: None }
    }

    /// What to declare, as far as it can be shown: what cannot be is left out, and the sentence stands alone.
    pub fn declare(does: impl Into<Cow<'static, str>>, declaration: &Declaration) -> Self {
        let Some(text) = declaration.text() else { return Fix::advice(does) };
        Fix::of_line(does.into(), text.into(), Cow::Borrowed(&[]))
    }

    /// What to do where no one command does it.
    pub fn advice(does: impl Into<Cow<'static, str>>) -> Self {
        let (does, blanks) = (does.into(), Cow::Borrowed(&[] as &[Blank]));
        Fix { does, command: None, applicability: Applicability::Advice, blanks, json: None }
    }

    /// The same for as long as the program runs: copies of it share its words, and are printed as JSON without being escaped anew.
    pub fn kept(self) -> Self {
        fn keep(words: Cow<'static, str>) -> &'static str {
            match words {
                Cow::Borrowed(words) => words,
                Cow::Owned(words) => words.leak(),
            }
        }
        let json = to_raw_value(&self).ok().map(|json| &*Box::leak(json));
        Fix {
            does: keep(self.does).into(),
            command: self.command.map(|command| keep(command).into()),
            applicability: self.applicability,
            blanks: Cow::Borrowed(self.blanks.into_owned().leak()),
            json,
        }
    }

    /// The line for a POSIX shell, or the lines of a declaration, where they can be shown.
    pub fn command(&self) -> Option<&str> {
        self.command.as_deref()
    }

    /// What the reader fills in, in the order of the command.
    pub fn blanks(&self) -> &[Blank] {
        &self.blanks
    }
}

/// Fixes are equal if a reader sees no difference.
impl PartialEq for Fix {
    fn eq(&self, other: &Self) -> bool {
        (&self.does, &self.command, self.applicability) == (&other.does, &other.command, other.applicability)
    }
}

impl Eq for Fix {}

impl Serialize for Fix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename = "Fix")]
        struct Shown<'f> {
            does: &'f str,
            command: Option<&'f str>,
            applicability: Applicability,
        }
        if let Some(json) = self.json {
            return json.serialize(serializer);
        }
        let Fix { does, command, applicability, .. } = self;
        Shown { does, command: command.as_deref(), applicability: *applicability }.serialize(serializer)
    }
}

/// What the configuration adds to a diagnosis.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Blame {
    /// The resources to blame: ids, or ARNs where a thing has no id.
    pub resources: Vec<String>,
    /// The subnets of the placement that it holds in; `None` for all of them.
    #[serde(rename = "where")]
    pub subnets: Option<Vec<String>>,
    /// The hosts that it keeps packets from; empty where the resources are known and not the hosts. The JSON has the paths.
    #[serde(skip)]
    pub hosts: Vec<String>,
}

/// A diagnosis as the report shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The fault.
    pub code: Code,
    /// The code's kebab-case name.
    pub name: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// How sure it is.
    pub strength: Strength,
    /// The step of the pull that fails.
    pub stage: Stage,
    /// The resource that is to blame, as exactly as the evidence allows.
    pub subject: String,
    /// What is, in one sentence: lower case, fact first.
    pub summary: Cow<'static, str>,
    /// Why the evidence says so, in one sentence.
    pub reason: String,
    /// What ECS would print for it, as far as that is known; only for errors.
    pub ecs_message: Option<String>,
    /// The images that it is about, as they were given; empty where a text and no check tells of it.
    pub images: Vec<String>,
    /// The observations that show it.
    pub cites: Vec<EvidenceId>,
    /// The causes that this evidence cannot tell from `code`.
    pub alternatives: Vec<Code>,
    /// Symptoms that this cause accounts for, folded under it.
    pub explains: Vec<String>,
    /// What fixes it, the likeliest first.
    pub fixes: Vec<Fix>,
    /// Where the code's page is.
    pub page: String,
    /// What the configuration adds, where it was read.
    #[serde(flatten)]
    pub blame: Option<Blame>,
}

/// A code that could not be judged, with what it lacked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// The code that is not judged.
    pub code: Code,
    /// What it would need to have been observed, in a few words.
    pub needs: String,
}
