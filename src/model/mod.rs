//! What was seen and what was made of it, as plain data.
//!
//! Nothing here does I/O or reads a clock. Every type goes into the report, so the field names are
//! public; the evidence and the vantage come back from a saved one, and the rest is judged anew.

mod address;
mod code;
mod command;
mod declaration;
mod evidence;
pub mod facts;
mod finding;
mod hidden;
pub mod outcome;
mod path;
mod placement;
mod report;
mod rounding;
mod target;
mod timestamp;
mod vantage;

pub use address::{AddressClass, KnownAddress};
pub use code::Code;
pub use command::{Blank, Command, Filled, Script, Values, Word};
pub use declaration::{Declaration, Language, Resource, Setting};
pub use evidence::{Evidence, EvidenceId, Observation};
pub use finding::{Applicability, Blame, Finding, Fix, Severity, Skipped, Stage, Strength};
pub use hidden::{is_hidden, shown};
pub use outcome::{Act, Check};
pub use path::{Does, Hop, HopKind, Passes, Path};
pub use placement::{Placement, Unseen};
pub use report::{Configured, ImageSummary, METRICS_NAMESPACE, PULL_BUDGET_SECONDS, Pull, Report, SCHEMA, Verdict};
pub use rounding::to_thousandths;
pub use target::{Role, Target};
pub use timestamp::Timestamp;
pub use vantage::{LaunchType, Mode, NetworkMode, Vantage};
