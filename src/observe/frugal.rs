//! Reads nothing twice, and not more than so many requests.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use crate::edge::{Reader, Told};
use crate::model::facts::{Hidden, Question, Why};
use crate::model::{Act, Check};

/// A reader that remembers what it was told, for audits that share facts.
#[derive(Debug)]
pub struct Frugal<'r, R> {
    reader: &'r R,
    /// Whole answers, by question.
    answers: RefCell<HashMap<Question, Vec<(String, Act)>>>,
    /// Single facts, by kind and subject.
    facts: RefCell<HashMap<(Check, String), Act>>,
    /// Requests that may still be sent.
    left: Cell<u32>,
    /// Questions that were answered.
    answered: Cell<u32>,
}

impl<'r, R: Reader> Frugal<'r, R> {
    /// At most so many requests, without further pages and further tries.
    pub fn new(reader: &'r R, most: u32) -> Self {
        Frugal {
            reader,
            answers: RefCell::default(),
            facts: RefCell::default(),
            left: Cell::new(most),
            answered: Cell::new(0),
        }
    }

    /// How many questions were answered so far, for a progress line.
    pub fn answered(&self) -> u32 {
        self.answered.get()
    }

    /// The same question about what is not known yet, with the facts that are.
    fn rest(&self, question: &Question) -> (Question, Vec<(String, Act)>) {
        let mut known = Vec::new();
        let facts = self.facts.borrow();
        let mut missing = |ids: &[String], check: Check| -> Vec<String> {
            let mut rest = Vec::new();
            for id in ids {
                match facts.get(&(check, id.clone())) {
                    Some(act) => known.push((id.clone(), act.clone())),
                    None => rest.push(id.clone()),
                }
            }
            rest
        };
        let rest = match question {
            Question::Services { cluster, names } => {
                Question::Services { cluster: cluster.clone(), names: missing(names, Check::Service) }
            }
            Question::Subnets { ids } => Question::Subnets { ids: missing(ids, Check::Subnet) },
            Question::SecurityGroups { ids } => Question::SecurityGroups { ids: missing(ids, Check::SecurityGroup) },
            Question::Interfaces { ids } => Question::Interfaces { ids: missing(ids, Check::Interface) },
            Question::NatGateways { ids } => Question::NatGateways { ids: missing(ids, Check::NatGateway) },
            Question::Parameters { region, ids } => {
                Question::Parameters { region: region.clone(), ids: missing(ids, Check::Parameter) }
            }
            Question::Tasks { cluster, tasks } => {
                Question::Tasks { cluster: cluster.clone(), tasks: missing(tasks, Check::StoppedTask) }
            }
            other => other.clone(),
        };
        (rest, known)
    }
}

fn not_asked(question: &Question) -> Hidden {
    let action = question.actions().first().copied().unwrap_or_default().to_owned();
    Hidden { action, why: Why::NotAsked }
}

impl<R: Reader> Reader for Frugal<'_, R> {
    fn elapsed_ms(&self) -> f64 {
        self.reader.elapsed_ms()
    }

    async fn sleep(&self, milliseconds: f64) {
        self.reader.sleep(milliseconds).await;
    }

    async fn ask(&self, question: &Question) -> Told {
        if let Some(facts) = self.answers.borrow().get(question) {
            return Told { facts: facts.clone(), calls: 0 };
        }
        let (rest, mut facts) = self.rest(question);
        if !facts.is_empty() && rest.unanswered(&not_asked(question)).is_empty() {
            return Told { facts, calls: 0 };
        }
        let calls = rest.calls();
        let Some(left) = self.left.get().checked_sub(calls) else {
            facts.extend(rest.unanswered(&not_asked(&rest)));
            return Told { facts, calls: 0 };
        };
        self.left.set(left);
        let told = self.reader.ask(&rest).await;
        self.answered.set(self.answered.get() + 1);
        // What was asked for less, or more, than was thought.
        self.left.set((self.left.get() + calls).saturating_sub(told.calls));
        for (subject, act) in &told.facts {
            self.facts.borrow_mut().insert((act.check(), subject.clone()), act.clone());
        }
        facts.extend(told.facts);
        self.answers.borrow_mut().insert(question.clone(), facts.clone());
        Told { facts, calls: told.calls }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::facts::Fact;
    use crate::observe::scripted::{Scripted, block_on};

    fn subnets(ids: &[&str]) -> Question {
        Question::Subnets { ids: ids.iter().map(|id| (*id).to_owned()).collect() }
    }

    fn subjects(told: &Told) -> Vec<&str> {
        told.facts.iter().map(|(subject, _)| subject.as_str()).collect()
    }

    #[test]
    fn an_equal_question_is_answered_from_memory() {
        let reader = Scripted::new(|_, _| Some(0), None);
        let frugal = Frugal::new(&reader, 10);
        let question = Question::RouteTables { vpc: "vpc-1".to_owned() };
        let first = block_on(frugal.ask(&question));
        let again = block_on(frugal.ask(&question));
        // A refusal too is an answer.
        assert_eq!((first.facts, first.calls), (again.facts, 1));
        assert_eq!((again.calls, reader.asked.borrow().len()), (0, 1));
        assert_eq!(frugal.answered(), 1);
    }

    #[test]
    fn only_what_is_not_known_is_asked_for() {
        let reader = Scripted::new(|_, _| Some(0), None);
        let frugal = Frugal::new(&reader, 10);
        block_on(frugal.ask(&subnets(&["subnet-1", "subnet-2"])));
        let told = block_on(frugal.ask(&subnets(&["subnet-2", "subnet-3"])));
        assert_eq!(subjects(&told), ["subnet-2", "subnet-3"]);
        assert_eq!(reader.asked.borrow()[1], subnets(&["subnet-3"]));
        let told = block_on(frugal.ask(&subnets(&["subnet-3", "subnet-1"])));
        assert_eq!((subjects(&told), told.calls), (vec!["subnet-3", "subnet-1"], 0));
        assert_eq!(reader.asked.borrow().len(), 2);
    }

    #[test]
    fn requests_beyond_the_bound_are_not_sent() {
        let reader = Scripted::new(|_, _| Some(0), None);
        let frugal = Frugal::new(&reader, 3);
        // Two requests, of which one would be left.
        block_on(frugal.ask(&Question::VpcDns { vpc: "vpc-1".to_owned() }));
        let told = block_on(frugal.ask(&Question::VpcDns { vpc: "vpc-2".to_owned() }));
        assert_eq!((subjects(&told), told.calls), (vec!["vpc-2"], 0));
        let is_hidden = |act: &Act| matches!(act, Act::VpcDns(Fact::Hidden(Hidden { why: Why::NotAsked, .. })));
        assert!(told.facts.iter().all(|(_, act)| is_hidden(act)), "{told:?}");
        let told = block_on(frugal.ask(&subnets(&["subnet-1"])));
        assert_eq!(told.calls, 1);
        assert_eq!(reader.asked.borrow().len(), 2);
    }
}
