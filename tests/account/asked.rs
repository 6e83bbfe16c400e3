//! A reader at a URL, and what it tells.

use std::collections::BTreeMap;

use aws_credential_types::Credentials;
use ecr_probe::config::{CheckArguments, Settings};
use ecr_probe::edge::{Live, LiveAccount, Reader, Told};
use ecr_probe::model::Act;
use ecr_probe::model::facts::Question;
use serde_json::Value;
use tokio::runtime::Runtime;

/// The keys of AWS's documentation, and a token that must never be seen again.
pub const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub const TOKEN: &str = "IQoJb3JpZ2luX2VjEXAMPLETOKENcanary";
pub const REGION: &str = "eu-west-1";

/// A reader and the runtime that it is asked on.
pub struct Asked {
    runtime: Runtime,
    account: LiveAccount,
}

impl Asked {
    /// All services at one URL, with these variables besides.
    pub fn at(url: &str, variables: &[(&str, &str)]) -> Asked {
        let all = [("AWS_ENDPOINT_URL", url)];
        let variables: BTreeMap<&str, &str> = all.iter().chain(variables).copied().collect();
        let lookup = |name: &str| variables.get(name).map(|value| (*value).to_owned());
        let arguments = CheckArguments::default();
        let mut settings = Settings::for_check(&arguments, &lookup).expect("the settings are good");
        settings.timeout = std::time::Duration::from_secs(5);
        let live = Live::new(&settings).expect("the settings are good");
        let credentials = Credentials::new(KEY, SECRET, Some(TOKEN.to_owned()), None, "test");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Asked { runtime, account: live.account_with(credentials, REGION) }
    }

    /// Makes the account known to it.
    pub fn known(self) -> Self {
        let caller = self.runtime.block_on(self.account.caller());
        assert!(format!("{caller:?}").contains("Known"), "{caller:?}");
        self
    }

    pub fn ask(&self, question: &Question) -> Told {
        self.runtime.block_on(self.account.ask(question))
    }

    /// The facts of a question by subject, as the report has them.
    pub fn facts(&self, question: &Question) -> BTreeMap<String, Value> {
        let told = self.ask(question);
        assert!(!told.facts.is_empty(), "{question:?}");
        told.facts.into_iter().map(|(subject, act)| (subject, outcome(&act))).collect()
    }

    /// The one fact of a question.
    pub fn fact(&self, question: &Question) -> Value {
        let mut facts = self.facts(question);
        assert_eq!(facts.len(), 1, "{question:?}: {facts:?}");
        facts.pop_first().expect("there is one").1
    }

    pub fn together(&self, questions: &[Question]) -> Vec<Told> {
        use futures_util::StreamExt;
        let asked = futures_util::stream::iter(questions).map(|question| self.account.ask(question));
        self.runtime.block_on(asked.buffered(8).collect())
    }
}

/// An act as JSON.
pub fn outcome(act: &Act) -> Value {
    serde_json::to_value(act).expect("an act is JSON")
}
