//! From ECS's own words to the cause: what a stopped task, a service event or a log line says.
//!
//! Pure and linear in the text: [`explain`] takes any text, and never fails. The text is made
//! [plain](plain), taken [apart](parsed) into typed evidence, and [judged](judge) by rules in order.

mod apart;
mod api_failure;
mod attempts;
mod clauses;
mod components;
mod contact;
mod emphasis;
mod ended;
mod ending;
mod explanation;
mod found;
mod host_kind;
mod hosts;
mod image_name;
mod judge;
mod known;
mod margin;
mod mark;
mod of_pull;
mod other_lines;
mod page;
mod parsed;
mod passed_over;
mod phrases;
mod phrases_ecr;
mod phrases_elsewhere;
mod phrases_frame;
mod phrases_way;
mod plain;
mod product;
mod record;
mod respaced;
mod said;
mod searched;
mod short_name;
mod sign;
mod task_change;
mod unlinked;
mod vocabulary;
mod whole_words;

use serde_json::Value;

use crate::model::KnownAddress;

pub use explanation::{Context, Explanation, LONGEST, SCHEMA, Verdict, explain, explain_of_ecs, messages};
pub use record::{ApiFailure, Record, records};
pub use task_change::{EXPLANATIONS_SCHEMA, Explanations, Failed, TaskChange};

/// The address that a text says a connection failed to.
pub fn address_in(text: &str, context: &Context) -> Option<KnownAddress> {
    let text = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text);
    parsed::Parsed::read(text, &context.ranges, &context.vpc).address
}

/// Judges every failure in an event, a task, or a list of either (EventBridge, DescribeTasks). Empty
/// where it holds none.
pub fn explain_event(event: &Value, context: &Context) -> Vec<Explanation> {
    records(event).iter().map(|record| explain_record(record, context)).collect()
}

/// The same for one of them.
pub fn explain_record(record: &Record, context: &Context) -> Explanation {
    let explained = match &record.failure {
        Some(failure) => api_failure::explained(failure, context),
        // What has a task is of ECS.
        None if record.task_arn.is_some() => explanation::explain_task(record, context),
        None => explain(&record.text, context),
    };
    Explanation {
        task_arn: record.task_arn.clone(),
        group: record.group.clone(),
        stopped_at: record.stopped_at.clone(),
        ..explained
    }
}
