//! What is still to be asked, given what is known: a pure function, which an audit calls until it has nothing to add.
//! What one call of it returns depends on nothing that the others return, so that it is asked side by side.

mod batch;
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
