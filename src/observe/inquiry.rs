//! Questions under way: side by side, and none waits for a service that is silent.

use std::collections::HashSet;

use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;

use crate::edge::Reader;
use crate::model::facts::{Hidden, Question, Why};
use crate::model::{Act, Check};

/// How many questions are under way at once, and how many of them of one service. A service that has answered none yet is
/// asked one alone: it may be silent, and a subnet with endpoints for EC2 and ECS has four that are.
const AT_ONCE: usize = 8;
const OF_A_SERVICE: usize = 5;

/// How long, in milliseconds, the next questions wait for answers when others have come: an API whose packets are lost
/// must not use up the time of those that answer.
const QUIET_MS: f64 = 100.0;

/// What one question came to, and when.
pub struct Answer {
    /// Milliseconds of the run.
    pub began_ms: f64,
    /// Milliseconds.
    pub took_ms: f64,
    /// Facts with their subjects.
    pub facts: Vec<(String, Act)>,
    /// Requests that were sent.
    pub calls: u32,
}

/// Questions to a reader, each asked once.
pub struct Inquiry<'r, R> {
    reader: &'r R,
    asked: HashSet<Question>,
    /// Those whose answers were not taken yet, in the order in which they were put.
    open: Vec<Open>,
    under_way: FuturesUnordered<LocalBoxFuture<'r, (Question, Answer)>>,
    /// The services that have answered.
    answering: HashSet<&'static str>,
}

struct Open {
    question: Question,
    is_under_way: bool,
    answer: Option<Answer>,
}

impl<'r, R: Reader> Inquiry<'r, R> {
    /// Nothing was asked yet.
    pub fn new(reader: &'r R) -> Self {
        Inquiry {
            reader,
            asked: HashSet::new(),
            open: Vec::new(),
            under_way: FuturesUnordered::new(),
            answering: HashSet::new(),
        }
    }

    /// Whether a question was put before.
    pub fn has(&self, question: &Question) -> bool {
        self.asked.contains(question)
    }

    /// Questions to be asked.
    pub fn put(&mut self, questions: Vec<Question>) {
        for question in questions {
            self.asked.insert(question.clone());
            self.open.push(Open { question, is_under_way: false, answer: None });
        }
    }

    /// Whether each question has its answer, and each answer was taken.
    pub fn is_over(&self) -> bool {
        self.open.is_empty()
    }

    /// The subjects whose facts are awaited, so that none is asked for again. A list that is awaited tells nothing yet.
    pub fn awaited(&self) -> impl Iterator<Item = (String, Act)> {
        let facts = self.open.iter().flat_map(|it| unanswered(&it.question));
        facts.filter(|(_, act)| act.check() != Check::List)
    }

    /// Waits for all answers; where some have come and the rest is silent, no longer. `false` where the time is over, in
    /// milliseconds of the run.
    pub async fn wait(&mut self, until_ms: f64) -> bool {
        let reader = self.reader;
        let mut has_any = false;
        loop {
            self.start();
            let left_ms = (until_ms - reader.elapsed_ms()).max(0.0);
            let silence = reader.sleep(if has_any { left_ms.min(QUIET_MS) } else { left_ms });
            tokio::select! {
                biased;
                next = self.under_way.next() => match next {
                    Some((question, answer)) => self.hear(&question, answer),
                    None => return true,
                },
                () = silence => return reader.elapsed_ms() < until_ms,
            }
            has_any = true;
        }
    }

    /// Asks what there is a place for.
    fn start(&mut self) {
        for nth in 0..self.open.len() {
            let service = service(&self.open[nth].question);
            let under_way = self.open.iter().filter(|it| it.is_under_way);
            let of_the_service = under_way.clone().filter(|it| self::service(&it.question) == service);
            let most = if self.answering.contains(service) { OF_A_SERVICE } else { 1 };
            if self.open[nth].is_idle() && under_way.count() < AT_ONCE && of_the_service.count() < most {
                self.open[nth].is_under_way = true;
                self.under_way.push(Box::pin(ask(self.reader, self.open[nth].question.clone())));
            }
        }
    }

    fn hear(&mut self, question: &Question, answer: Answer) {
        self.answering.insert(service(question));
        if let Some(open) = self.open.iter_mut().find(|it| it.question == *question) {
            (open.is_under_way, open.answer) = (false, Some(answer));
        }
    }

    /// The answers that have come, in the order of their questions.
    pub fn take(&mut self) -> Vec<Answer> {
        let (answered, open) = std::mem::take(&mut self.open).into_iter().partition(|it| it.answer.is_some());
        self.open = open;
        let answered: Vec<Open> = answered;
        answered.into_iter().filter_map(|it| it.answer).collect()
    }

    /// What is open is never told.
    pub fn give_up(&mut self) -> Vec<Answer> {
        let began_ms = self.reader.elapsed_ms();
        let late = |it: Open| Answer { began_ms, took_ms: 0.0, facts: unanswered(&it.question), calls: 0 };
        std::mem::take(&mut self.open).into_iter().map(late).collect()
    }
}

impl Open {
    fn is_idle(&self) -> bool {
        !self.is_under_way && self.answer.is_none()
    }
}

/// The prefix of the IAM action, which a service's questions share.
fn service(question: &Question) -> &'static str {
    let action = question.actions().first().copied().unwrap_or_default();
    action.split_once(':').map_or(action, |(service, _)| service)
}

async fn ask<R: Reader>(reader: &R, question: Question) -> (Question, Answer) {
    let began_ms = reader.elapsed_ms();
    let told = reader.ask(&question).await;
    let took_ms = reader.elapsed_ms() - began_ms;
    (question, Answer { began_ms, took_ms, facts: told.facts, calls: told.calls })
}

fn unanswered(question: &Question) -> Vec<(String, Act)> {
    let action = question.actions().first().copied().unwrap_or_default().to_owned();
    question.unanswered(&Hidden { action, why: Why::NotAsked })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::edge::Told;

    /// ECR, IAM and ECS never answer; what is waited for by the clock passes at once.
    #[derive(Default)]
    struct Silent {
        clock: Cell<f64>,
    }

    impl Reader for Silent {
        fn elapsed_ms(&self) -> f64 {
            self.clock.get()
        }

        async fn sleep(&self, milliseconds: f64) {
            self.clock.set(self.clock.get() + milliseconds);
        }

        async fn ask(&self, question: &Question) -> Told {
            if matches!(service(question), "ecr" | "iam" | "ecs") {
                std::future::pending::<()>().await;
            }
            Told { facts: unanswered(question), calls: 1 }
        }
    }

    fn repository(nth: usize) -> Question {
        Question::Repository { arn: format!("arn:aws:ecr:eu-west-1:123456789012:repository/{nth}") }
    }

    #[tokio::test]
    async fn the_silent_are_not_waited_for_while_others_answer() {
        let reader = Silent::default();
        let mut inquiry = Inquiry::new(&reader);
        inquiry.put(vec![repository(1), Question::Vpc { id: "vpc-1".to_owned() }]);
        assert!(inquiry.wait(2_000.0).await);
        assert_eq!((inquiry.take().len(), reader.elapsed_ms()), (1, QUIET_MS));
        assert!(!inquiry.is_over() && inquiry.has(&repository(1)));
        assert_eq!(inquiry.awaited().count(), 1);

        // The next is asked beside the one that is silent, and nobody is waited for beyond the end.
        inquiry.put(vec![Question::Vpc { id: "vpc-2".to_owned() }]);
        assert!(inquiry.wait(2_000.0).await);
        assert_eq!(inquiry.take().len(), 1);
        assert!(!inquiry.wait(2_000.0).await);
        assert_eq!((inquiry.take().len(), reader.elapsed_ms()), (0, 2_000.0));
        assert_eq!(inquiry.give_up().len(), 1);
        assert!(inquiry.is_over());
    }

    #[tokio::test]
    async fn a_service_is_asked_so_much_at_once_and_takes_no_place_of_others() {
        let reader = Silent::default();
        let mut inquiry = Inquiry::new(&reader);
        let role = |nth: usize| Question::Role { arn: format!("arn:aws:iam::123456789012:role/{nth}") };
        let definition = |nth: usize| Question::TaskDefinition { name: format!("family:{nth}") };
        inquiry.put((0..9).flat_map(|nth| [repository(nth), role(nth), definition(nth)]).collect());
        inquiry.put(vec![Question::Vpc { id: "vpc-1".to_owned() }]);
        assert!(inquiry.wait(2_000.0).await);
        assert_eq!(inquiry.take().len(), 1);
        assert_eq!(inquiry.open.iter().filter(|it| it.is_under_way).count(), 3 * OF_A_SERVICE);
        assert_eq!(inquiry.open.iter().filter(|it| it.is_idle()).count(), 3 * (9 - OF_A_SERVICE));
    }
}
