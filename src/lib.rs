//! Walks an Amazon ECR image pull from where it stands, hop by hop, and says what is wrong.
//!
//! `plan → observe → diagnose → report`:
//!
//! - [`config`] turns arguments and environment into settings, [`image`] reads references, and
//!   [`plan`] lists the hosts that a pull of them touches;
//! - [`observe`] walks the plan over an [`edge::Edge`], the seam to the world, and writes down how
//!   each act ended, as data of [`model`];
//! - [`diagnose`] makes findings of that evidence: pure functions, which cannot fail;
//! - [`render`] makes text and JSON of the report, [`metrics`] numbers for CloudWatch.
//!
//! [`account`] arranges what was read of the account's configuration, [`path`] walks its network, [`policy`] decides
//! about a pull's requests as IAM does, and [`repair`] prints what repairs it. [`sweep`] compares checks from every subnet
//! of a service.
//!
//! [`wire`], [`aws`] and [`ranges`] are what they share: readers of replies, AWS's names, and who owns an address.
//! [`run`] is the one file that knows all stages, and [`entry`] leads from the command line to an
//! exit code. ARCHITECTURE.md says what each folder never does.

pub mod account;
pub mod audit;
pub mod aws;
pub mod config;
pub mod diagnose;
pub mod edge;
pub mod entry;
pub mod image;
pub mod metrics;
pub mod model;
pub mod observe;
pub mod path;
pub mod plan;
pub mod policy;
pub mod ranges;
pub mod reason;
pub mod render;
pub mod repair;
pub mod run;
pub mod sweep;
pub mod watch;
pub mod wire;
