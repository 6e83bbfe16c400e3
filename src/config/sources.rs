//! The names under which a value of an option is given.

use super::options::OptionSpec;

impl<T> OptionSpec<T> {
    /// The option and its variable, for an error that is found after the value was read: `--state or ECR_PROBE_STATE`.
    pub fn sources(&self) -> String {
        self.variable.map_or_else(|| self.name.to_owned(), |variable| format!("{} or {variable}", self.name))
    }
}

#[cfg(test)]
mod tests {
    use crate::config::options::{BUDGET, STATE};

    #[test]
    fn a_variable_is_named_where_there_is_one() {
        assert_eq!(STATE.sources(), "--state or ECR_PROBE_STATE");
        assert_eq!(BUDGET.sources(), "--budget");
    }
}
