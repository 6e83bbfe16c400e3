//! Reads the configuration: asks what is still to be asked, side by side, until nothing new comes of it.

use std::collections::{BTreeSet, HashSet};

use futures_util::StreamExt;
use futures_util::stream;

use super::noted::push;
use super::reconcile::reconcile;
use crate::account::{Account, Aim};
use crate::edge::Reader;
use crate::image::Reference;
use crate::model::facts::{Endpoint, Fact, Hidden, Listing, PrefixList, Question, Why};
use crate::model::{Act, Evidence};

/// How many questions are under way at once.
const AT_ONCE: usize = 8;

/// Rounds of questions: each leads to the next, and none to more than the configuration has.
const MOST_ROUNDS: usize = 12;

/// What reading came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Readings {
    /// The facts, in the order of the questions.
    pub evidence: Evidence,
    /// Requests that were sent, without further pages and further tries.
    pub calls: u32,
    /// Whether the time was over before all was asked.
    pub cut: bool,
}

/// Reads all that the aim leads to, until so many milliseconds of the run. `further` asks besides for what the facts
/// alone do not lead to.
pub async fn audit<R: Reader>(
    reader: &R,
    aim: &Aim,
    further: impl Fn(&Account<'_>) -> Vec<Question>,
    until_ms: f64,
) -> Readings {
    let mut readings = Readings::default();
    let mut asked: HashSet<Question> = HashSet::new();
    for _ in 0..MOST_ROUNDS {
        let questions = open(&readings.evidence, aim, &further, &asked);
        if questions.is_empty() {
            break;
        }
        asked.extend(questions.iter().cloned());
        let (answered, in_time) = ask(reader, &questions, until_ms).await;
        for (question, answer) in questions.iter().zip(answered) {
            let answer = answer.unwrap_or_else(|| Answer::late(question, reader.elapsed_ms()));
            readings.calls += answer.calls;
            note(&mut readings.evidence, aim, answer);
        }
        if !in_time {
            readings.cut = true;
            break;
        }
    }
    reconcile(&mut readings.evidence);
    references(&mut readings.evidence, aim);
    readings
}

/// What is to be asked now, each question once.
fn open(
    evidence: &Evidence,
    aim: &Aim,
    further: &impl Fn(&Account<'_>) -> Vec<Question>,
    asked: &HashSet<Question>,
) -> Vec<Question> {
    let account = Account::arrange(evidence);
    let mut questions: Vec<Question> = Vec::new();
    for question in account.questions(aim).into_iter().chain(further(&account)) {
        if !asked.contains(&question) && !questions.contains(&question) {
            questions.push(question);
        }
    }
    questions
}

/// What one question came to, and when.
struct Answer {
    began_ms: f64,
    took_ms: f64,
    facts: Vec<(String, Act)>,
    calls: u32,
}

impl Answer {
    fn late(question: &Question, now_ms: f64) -> Self {
        let action = question.actions().first().copied().unwrap_or_default().to_owned();
        let facts = question.unanswered(&Hidden { action, why: Why::NotAsked });
        Answer { began_ms: now_ms, took_ms: 0.0, facts, calls: 0 }
    }
}

/// The answers in the order of the questions, and whether all came in time.
async fn ask<R: Reader>(reader: &R, questions: &[Question], until_ms: f64) -> (Vec<Option<Answer>>, bool) {
    let mut answers: Vec<Option<Answer>> = questions.iter().map(|_| None).collect();
    let asking = stream::iter(questions.iter().enumerate()).map(|(nth, question)| async move {
        let began_ms = reader.elapsed_ms();
        let told = reader.ask(question).await;
        let took_ms = reader.elapsed_ms() - began_ms;
        (nth, Answer { began_ms, took_ms, facts: told.facts, calls: told.calls })
    });
    let mut asking = std::pin::pin!(asking.buffer_unordered(AT_ONCE));
    let late = reader.sleep((until_ms - reader.elapsed_ms()).max(0.0));
    let mut late = std::pin::pin!(late);
    loop {
        tokio::select! {
            biased;
            next = asking.next() => match next {
                Some((nth, answer)) => answers[nth] = Some(answer),
                None => return (answers, true),
            },
            () = &mut late => return (answers, false),
        }
    }
}

fn note(evidence: &mut Evidence, aim: &Aim, answer: Answer) {
    let Answer { began_ms, took_ms, facts, .. } = answer;
    let owner = owner_of_shared_subnets(evidence, aim);
    let needed = Account::arrange(evidence).endpoint_services(aim);
    for (subject, act) in facts {
        let act = match (&act, &owner) {
            (Act::List(Fact::Known(list)), Some(owner)) if may_leave_out(&subject, list) => {
                let action = "ec2:DescribeVpcEndpoints".to_owned();
                Act::List(Fact::Hidden(Hidden { action, why: Why::OfAnotherAccount { owner: owner.clone() } }))
            }
            _ => act,
        };
        let act = without_the_policy_of_others(&needed, with_its_name(evidence, &subject, act));
        push(evidence, Some(subject), None, (began_ms, took_ms), act);
    }
}

/// The policies of endpoints that the tasks do not need are nobody's business here.
fn without_the_policy_of_others(needed: &BTreeSet<String>, act: Act) -> Act {
    match act {
        Act::Endpoint(Fact::Known(endpoint)) if !needed.contains(&endpoint.service) => {
            Act::Endpoint(Fact::Known(Endpoint { policy: None, ..endpoint }))
        }
        act => act,
    }
}

/// The entries of a prefix list come without its name, which was told before.
fn with_its_name(evidence: &Evidence, subject: &str, act: Act) -> Act {
    let name = Account::arrange(evidence).prefix_list(subject).known().map(|list| list.name.clone());
    match (act, name) {
        (Act::PrefixList(Fact::Known(list)), Some(name)) if list.name.is_empty() => {
            Act::PrefixList(Fact::Known(PrefixList { name, ..list }))
        }
        (act, _) => act,
    }
}

/// The account that shares the subnets with the one that asks.
fn owner_of_shared_subnets(evidence: &Evidence, aim: &Aim) -> Option<String> {
    let own = aim.account.as_deref()?;
    let account = Account::arrange(evidence);
    let owner = account.subnets().map(|(_, subnet)| &subnet.owner).find(|owner| !owner.is_empty() && *owner != own);
    owner.cloned()
}

/// AWS leaves endpoints of the owner's out of what a participant is told (Amazon VPC User Guide, "Share your VPC subnets
/// with other accounts").
fn may_leave_out(subject: &str, list: &Listing) -> bool {
    subject.ends_with(" endpoint") && list.ids.is_empty()
}

/// What each image reference says by itself.
fn references(evidence: &mut Evidence, aim: &Aim) {
    let images = Account::arrange(evidence).image_texts(aim);
    for image in images {
        if let Ok(reference) = Reference::parse(&image) {
            let act = Act::Reference(reference.outcome());
            push(evidence, Some(image.clone()), Some(image), (0.0, 0.0), act);
        }
    }
}
