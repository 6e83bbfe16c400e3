//! A reader for tests: it tells of subnets, refuses all else, and notes who asked for what.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::Poll;

use crate::edge::{Reader, Told};
use crate::model::Act;
use crate::model::facts::{Fact, Hidden, Question, Subnet, Why};

/// How many turns of the runtime an answer takes; `None` for an answer that never comes.
pub type Turns = fn(nth: usize, question: &Question) -> Option<usize>;

/// The account of one VPC, of which only the subnets are shown.
pub struct Scripted {
    turns: Turns,
    /// Turns until a sleep is over, by which the clock is then on; `None` for one that never is.
    patience: Option<usize>,
    /// All that was asked, in that order.
    pub asked: RefCell<Vec<Question>>,
    under_way: Cell<usize>,
    clock_ms: Cell<f64>,
    /// The most questions that were under way at once.
    pub most: Cell<usize>,
}

impl Scripted {
    /// Nothing asked yet.
    pub fn new(turns: Turns, patience: Option<usize>) -> Self {
        Scripted {
            turns,
            patience,
            asked: RefCell::default(),
            under_way: Cell::new(0),
            clock_ms: Cell::new(0.0),
            most: Cell::new(0),
        }
    }

    /// Each question that was asked more than once.
    pub fn repeated(&self) -> Vec<Question> {
        let asked = self.asked.borrow();
        asked.iter().enumerate().filter(|(nth, it)| asked[..*nth].contains(it)).map(|(_, it)| it.clone()).collect()
    }
}

/// What is told at once.
fn told(question: &Question) -> Vec<(String, Act)> {
    match question {
        Question::Subnets { ids } => ids
            .iter()
            .map(|id| {
                let (id, vpc_id) = (id.clone(), "vpc-1".to_owned());
                (id.clone(), Act::Subnet(Fact::Known(Subnet { id, vpc_id, ..Subnet::default() })))
            })
            .collect(),
        _ => {
            let action = question.actions()[0].to_owned();
            let why = Why::Refused { status: 403, code: "AccessDenied".to_owned(), message: None };
            question.unanswered(&Hidden { action, why })
        }
    }
}

async fn turns(mut left: Option<usize>) {
    poll_fn(move |context| match &mut left {
        None => Poll::Pending,
        Some(0) => Poll::Ready(()),
        Some(left) => {
            *left -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}

impl Reader for Scripted {
    fn elapsed_ms(&self) -> f64 {
        self.clock_ms.get()
    }

    async fn sleep(&self, milliseconds: f64) {
        turns(self.patience).await;
        self.clock_ms.set(self.clock_ms.get() + milliseconds);
    }

    async fn ask(&self, question: &Question) -> Told {
        let nth = self.asked.borrow().len();
        self.asked.borrow_mut().push(question.clone());
        self.under_way.set(self.under_way.get() + 1);
        self.most.set(self.most.get().max(self.under_way.get()));
        turns((self.turns)(nth, question)).await;
        self.under_way.set(self.under_way.get() - 1);
        Told { facts: told(question), calls: question.calls() }
    }
}

/// Runs a future to its end.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}
