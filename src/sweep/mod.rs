//! The same check from every subnet of a service, compared.
//!
//! Each act in the account ends as one of the [outcomes](outcome); a [`Place`] is what they came to in one subnet, or what
//! stood in the way. [`compare`] says which findings hold where, and [`differ`] how subnets that fail differ from subnets
//! that work. Pure: what is asked and run is in `observe` and `edge`.

mod actions;
mod assign;
mod compare;
mod differ;
mod logged;
mod obstacle;
mod outcome;
mod place;
mod result;

pub use actions::{ACTIONS, policy};
pub use assign::{Assigned, Assignment, Candidate, assign};
pub use compare::{Shared, compare, worst};
pub use differ::{Difference, DifferenceKind, differ};
pub use logged::report_in;
pub use obstacle::Obstacle;
pub use outcome::{Function, FunctionState, Groups, Invoked, Launch, LogStream, SeenTask, Tagged, TaskOrder, TaskRun};
pub use place::{Place, Stops, Via};
pub use result::{SCHEMA, Sweep};
