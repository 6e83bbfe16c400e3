//! What a Lambda function takes, as its help and its errors say it.

/// The events of EventBridge that are explained.
pub const TASK_STATE_CHANGE: &str = "ECS Task State Change";

/// The keys of any other event, each an option of `check`.
pub const NAMES: [&str; 11] = [
    "images",
    "also",
    "pull",
    "samples",
    "timeout",
    "budget",
    "platform",
    "execution_role",
    "region",
    "dns_server",
    "connect_to",
];

/// All of it in one sentence.
pub fn takes() -> String {
    format!(
        "a function takes {{}} or an object with any of {}; or an event of EventBridge with the detail-type \"{TASK_STATE_CHANGE}\"",
        NAMES.join(", ")
    )
}
