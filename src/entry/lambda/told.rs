//! Which versions of which tasks were explained: an event may come again, from EventBridge or from a caller that tries again.

use std::collections::VecDeque;

use crate::reason::TaskChange;

/// How many are kept; the oldest are dropped first. An ARN has less than 300 bytes.
const MOST: usize = 500;

/// What one instance of the function has explained. Other instances do not know of it.
#[derive(Debug, Default)]
pub struct Told(VecDeque<(String, u64)>);

impl Told {
    /// Whether this version of the task was explained. An event without a version always counts as new.
    pub fn has(&self, task: &TaskChange) -> bool {
        task.version.is_some_and(|version| {
            self.0.iter().any(|(arn, told)| Some(arn) == task.task_arn.as_ref() && *told == version)
        })
    }

    /// Keeps this version of the task as explained.
    pub fn add(&mut self, task: &TaskChange) {
        if let (Some(arn), Some(version), false) = (&task.task_arn, task.version, self.has(task)) {
            if self.0.len() >= MOST {
                self.0.pop_front();
            }
            self.0.push_back((arn.clone(), version));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(task: u64, version: Option<u64>) -> TaskChange {
        TaskChange::read(&serde_json::json!({ "detail": { "taskArn": format!("task/{task}"), "version": version } }))
    }

    #[test]
    fn a_version_is_told_once_and_few_are_remembered() {
        let mut told = Told::default();
        told.add(&change(1, Some(4)));
        assert!(told.has(&change(1, Some(4))));
        assert!(!told.has(&change(1, Some(5))) && !told.has(&change(2, Some(4))));
        told.add(&change(3, None));
        assert!(!told.has(&change(3, None)));
        for task in 10..10 + MOST as u64 {
            told.add(&change(task, Some(1)));
        }
        assert_eq!(told.0.len(), MOST);
        assert!(!told.has(&change(1, Some(4))) && told.has(&change(10, Some(1))));
    }
}
