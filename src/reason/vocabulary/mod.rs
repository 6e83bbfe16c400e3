//! What the programs that take part in a pull or a task's start print: their messages as rows, of which the tables
//! beside this file hold one a line.
//!
//! | column | what it holds |
//! |---|---|
//! | kind | how much the words tell: see [`Kind`] |
//! | stage | the step that the words prove; empty where they prove none |
//! | first | the codes of which each may be the first answer to these words alone |
//! | also | the codes that are honest alternatives |
//! | never | the codes that the words rule out: `IAM-01`, `IAM-*`, or a set as `@registry`; a frame's, of what it holds |
//! | template | the message as the program's source has it; `%s`, `%d` and their like stand for what varies |
//! | means | what it means, where it decides |
//!
//! A line `# PROGRAM: pull` or `# PROGRAM: any` heads the rows of a program, and says whether nothing but a pull or a
//! task's start makes it print them. `# PROGRAM: any logs` heads those that a service of AWS answers with: where the text
//! is of another service, the same words are that one's.

mod template;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::Stage;

pub use template::Template;

/// How much a message tells. Of two that stand in one text, the one of the earlier kind decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The part of a denial that says whose policy it was.
    Clause,
    /// A cause.
    Cause,
    /// A status, or a code without its words: where it was given tells more.
    Status,
    /// A handshake failed.
    Tls,
    /// The operating system or the name server gave a reason.
    Net,
    /// Nothing came, or no more came.
    Silence,
    /// A sentence that an agent puts before the words of the program that failed.
    Sentence,
    /// What follows from a failure, and is none.
    Symptom,
    /// No pull and no task's start fails so.
    Elsewhere,
    /// A step's name before what went wrong in it: it decides nothing.
    Frame,
}

impl Kind {
    fn named(name: &str) -> Option<Kind> {
        Some(match name {
            "clause" => Kind::Clause,
            "cause" => Kind::Cause,
            "status" => Kind::Status,
            "tls" => Kind::Tls,
            "net" => Kind::Net,
            "silence" => Kind::Silence,
            "sentence" => Kind::Sentence,
            "symptom" => Kind::Symptom,
            "elsewhere" => Kind::Elsewhere,
            "frame" => Kind::Frame,
            _ => return None,
        })
    }
}

/// A service of AWS that a pull or a task's start asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    Ecr,
    Secrets,
    Ssm,
    Logs,
    S3,
}

impl Service {
    fn named(name: &str) -> Option<Service> {
        Some(match name {
            "ecr" => Service::Ecr,
            "secrets" => Service::Secrets,
            "ssm" => Service::Ssm,
            "logs" => Service::Logs,
            _ => return None,
        })
    }
}

/// The codes of a column. Rows with the same words in it share them.
type Codes = &'static [&'static str];

/// A message of a program.
#[derive(Debug)]
pub struct Row {
    pub kind: Kind,
    pub stage: Option<Stage>,
    pub first: Codes,
    pub also: Codes,
    never: Codes,
    pub template: Template,
    /// Lower case, fact first.
    pub means: &'static str,
    /// Nothing but a pull or a task's start makes a program print it.
    pub of_a_pull: bool,
    /// Whose answer it is, where only that service means this by it.
    pub service: Option<Service>,
}

impl Row {
    /// Whether the words rule the code out.
    pub fn rules_out(&self, code: &str) -> bool {
        // Most begin otherwise.
        let may_cover = |it: &&&str| it.starts_with('*') || it.as_bytes().first() == code.as_bytes().first();
        self.never.iter().filter(may_cover).any(|it| match it.strip_suffix('*') {
            Some(family) => code.starts_with(family),
            None => *it == code,
        }) && !self.first.contains(&code)
    }
}

const TABLES: [&str; 7] = [
    include_str!("aws.tsv"),
    include_str!("ecs.tsv"),
    include_str!("docker.tsv"),
    include_str!("containerd.tsv"),
    include_str!("kubernetes.tsv"),
    include_str!("clients.tsv"),
    include_str!("system.tsv"),
];

/// Codes that many messages rule out together.
const SETS: [(&str, &str); 6] = [
    // An address was dialled: nobody was asked for anything yet.
    ("@net", "IAM-* TOK-* IMG-* THR-* KMS-01 CLK-01 DSK-* ECR-01 PTC-01 PTC-02 PTC-04 PTC-05"),
    // The same, of one address: the name was resolved.
    (
        "@dialled",
        "IAM-* TOK-* IMG-* THR-* KMS-01 CLK-01 DSK-* ECR-01 PTC-01 PTC-02 PTC-04 PTC-05 VPE-01 VPE-02 VPE-03 VPE-04 VPE-05 VPE-06 VPE-08 LYR-01 LYR-02",
    ),
    // A name was asked for, and nothing was dialled.
    (
        "@asked",
        "IAM-* TOK-* IMG-* THR-* KMS-01 CLK-01 DSK-* VPE-* LYR-01 LYR-02 SG-01 SG-02 SG-04 SG-05 RTE-03 RTE-04 RTE-05 RTE-13 TLS-*",
    ),
    // The server answered in HTTP: the way to it is there.
    (
        "@answered",
        "RTE-01 RTE-02 RTE-03 RTE-04 RTE-05 RTE-06 RTE-09 RTE-13 RTE-14 SG-* ACL-* DNS-01 DNS-05 DNS-09 DNS-10 DNS-15 MTU-01",
    ),
    // A registry answered.
    ("@registry", "DNS-* RTE-* SG-* ACL-* MTU-01 TLS-* CFG-03 HUB-02 PUB-01"),
    // The layer is on the host.
    ("@unpack", "DNS-* RTE-* SG-* ACL-* TLS-* IAM-* TOK-* VPE-* THR-*"),
];

/// Every message that is known, in the order of the tables.
pub fn rows() -> &'static [Row] {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
        let mut columns = Columns::default();
        TABLES.into_iter().flat_map(|text| table(text, &mut columns)).collect()
    });
    &ROWS
}

/// The columns of codes that were read so far. Two thousand rows have a few hundred of them, and one each would take a
/// megabyte.
#[derive(Default)]
struct Columns(HashMap<&'static str, Codes>);

impl Columns {
    /// The codes of a column, with those of its sets: `@registry IMG-*`.
    fn codes(&mut self, column: &'static str) -> Codes {
        let of_set = |it: &'static str| SETS.iter().find(|(name, _)| *name == it).map_or(it, |(_, codes)| codes);
        let codes = || column.split_whitespace().flat_map(|it| of_set(it).split_whitespace());
        // The rows stay for as long as the program runs.
        self.0.entry(column).or_insert_with(|| codes().collect::<Vec<_>>().leak())
    }
}

fn table(text: &'static str, columns: &mut Columns) -> Vec<Row> {
    let mut head = (false, None);
    let mut rows = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("# ") {
            Some(line) => {
                let (who, service) = line.rsplit_once(' ').unwrap_or_default();
                let service = Service::named(service);
                let who = if service.is_some() { who } else { line };
                head = (who.ends_with(": pull"), service);
            }
            // `tests/explain/vocabulary.rs` holds every line to its form.
            None => rows.extend(row(line, head, columns)),
        }
    }
    rows
}

fn row(line: &'static str, (of_a_pull, service): (bool, Option<Service>), lists: &mut Columns) -> Option<Row> {
    let mut columns = line.split('\t');
    let mut next = || columns.next().unwrap_or_default();
    Some(Row {
        kind: Kind::named(next())?,
        stage: stage(next()),
        first: lists.codes(next()),
        also: lists.codes(next()),
        never: lists.codes(next()),
        template: Template::of(next()),
        means: next(),
        of_a_pull,
        service,
    })
}

fn stage(name: &str) -> Option<Stage> {
    Some(match name {
        "dns" => Stage::Dns,
        "route" => Stage::Route,
        "tls" => Stage::Tls,
        "auth-token" => Stage::AuthToken,
        "registry-auth" => Stage::RegistryAuth,
        "manifest" => Stage::Manifest,
        "layer-url" => Stage::LayerUrl,
        "layer-bytes" => Stage::LayerBytes,
        "unpack" => Stage::Unpack,
        "secrets" | "logs" | "start" => Stage::TaskStart,
        _ => return None,
    })
}
