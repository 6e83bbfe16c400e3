//! What is still to be asked, given what is known: a pure function, which an audit calls until it has nothing to add.
//! What one call of it returns depends on nothing that the others return, so that it is asked side by side.

mod ecs;
mod identity;
mod image;
mod network;
mod start;

use super::{Account, Aim};
use crate::model::facts::Question;

impl Account<'_> {
    /// The questions that what is known leads to, most important first. Some may have been asked already.
    pub fn questions(&self, aim: &Aim) -> Vec<Question> {
        let mut questions = ecs::questions(self, aim);
        questions.extend(network::questions(self, aim));
        questions.extend(identity::questions(self, aim));
        questions.extend(image::questions(self, aim));
        questions.extend(start::questions(self, aim));
        questions
    }
}

/// Those that nothing is known of yet, each once.
fn unknown<'i>(ids: impl IntoIterator<Item = &'i String>, is_known: impl Fn(&str) -> bool) -> Vec<String> {
    let mut unknown: Vec<String> = Vec::new();
    for id in ids {
        if !id.is_empty() && !is_known(id) && !unknown.contains(id) {
            unknown.push(id.clone());
        }
    }
    unknown
}

/// One question for all of them; none where there are none.
fn about(ids: Vec<String>, question: impl FnOnce(Vec<String>) -> Question) -> Option<Question> {
    (!ids.is_empty()).then(|| question(ids))
}
