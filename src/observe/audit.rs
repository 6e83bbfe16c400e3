//! Reads the configuration: asks what is still to be asked, side by side, until nothing new comes of it.

use std::borrow::Cow;
use std::pin::pin;

use super::inquiry::{Answer, Inquiry};
use super::noted::push;
use super::reconcile::reconcile;
use crate::account::{Account, Aim};
use crate::edge::Reader;
use crate::image::Reference;
use crate::model::facts::{Fact, Hidden, Listing, PrefixList, Question, Why};
use crate::model::{Act, Evidence};

/// Rounds of questions: each leads to the next, and none to more than the configuration has. Answers that are late have
/// rounds of their own.
const MOST_ROUNDS: usize = 30;

/// What reading came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Readings {
    /// The facts, in the order of the questions.
    pub evidence: Evidence,
    /// Requests that were sent, without further pages and further tries.
    pub calls: u32,
    /// Whether the time was over before all was asked.
    pub cut: bool,
    /// Why reading was stopped before, if it was.
    pub stopped: Option<String>,
}

/// Reads all that the aim leads to, until so many milliseconds of the run or until `stop` resolves with the reason: what was
/// read by then is kept. `further` asks besides for what the facts
/// alone do not lead to.
pub async fn audit<R: Reader>(
    reader: &R,
    aim: &Aim,
    further: impl Fn(&Account<'_>) -> Vec<Question>,
    until_ms: f64,
    stop: impl Future<Output = String>,
) -> Readings {
    let mut readings = Readings::default();
    let mut stop = pin!(stop);
    let mut inquiry = Inquiry::new(reader);
    for _ in 0..MOST_ROUNDS {
        inquiry.put(open(&readings.evidence, aim, &further, &inquiry));
        if inquiry.is_over() {
            break;
        }
        let in_time = tokio::select! {
            biased;
            in_time = inquiry.wait(until_ms) => in_time,
            why = &mut stop => {
                readings.stopped = Some(why);
                false
            }
        };
        for answer in inquiry.take() {
            readings.calls += answer.calls;
            note(&mut readings.evidence, answer);
        }
        if !in_time {
            readings.cut = readings.stopped.is_none();
            break;
        }
    }
    for answer in inquiry.give_up() {
        note(&mut readings.evidence, answer);
    }
    keep_what_is_meant(&mut readings.evidence, aim);
    reconcile(&mut readings.evidence);
    references(&mut readings.evidence, aim);
    readings
}

/// What is to be asked now, each question once.
fn open<R: Reader>(
    evidence: &Evidence,
    aim: &Aim,
    further: &impl Fn(&Account<'_>) -> Vec<Question>,
    inquiry: &Inquiry<'_, R>,
) -> Vec<Question> {
    let mut evidence = Cow::Borrowed(evidence);
    for (subject, act) in inquiry.awaited() {
        push(evidence.to_mut(), Some(subject), None, (0.0, 0.0), act);
    }
    let account = Account::arrange(&evidence);
    let mut questions: Vec<Question> = Vec::new();
    for question in account.questions(aim).into_iter().chain(further(&account)) {
        if !inquiry.has(&question) && !questions.contains(&question) {
            questions.push(question);
        }
    }
    questions
}

fn note(evidence: &mut Evidence, answer: Answer) {
    let Answer { began_ms, took_ms, facts, .. } = answer;
    for (subject, act) in facts {
        let act = with_its_name(evidence, &subject, act);
        push(evidence, Some(subject), None, (began_ms, took_ms), act);
    }
}

/// Takes out what is nobody's business, and what may be a part of the truth.
fn keep_what_is_meant(evidence: &mut Evidence, aim: &Aim) {
    let owner = owner_of_shared_subnets(evidence, aim);
    let needed = Account::arrange(evidence).endpoint_services(aim);
    for observation in &mut evidence.observations {
        let subject = observation.subject.as_deref().unwrap_or_default();
        match (&mut observation.act, &owner) {
            (Act::List(fact @ Fact::Known(_)), Some(owner)) if may_leave_out(subject, fact) => {
                let action = "ec2:DescribeVpcEndpoints".to_owned();
                *fact = Fact::Hidden(Hidden { action, why: Why::OfAnotherAccount { owner: owner.clone() } });
            }
            // The policies of endpoints that the tasks do not need.
            (Act::Endpoint(Fact::Known(endpoint)), _) if !needed.contains(&endpoint.service) => endpoint.policy = None,
            _ => {}
        }
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
fn may_leave_out(subject: &str, list: &Fact<Listing>) -> bool {
    subject.ends_with(" endpoint") && matches!(list, Fact::Known(list) if list.ids.is_empty())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EvidenceId;
    use crate::observe::scripted::{Scripted, Turns, block_on};

    fn aim() -> Aim {
        Aim {
            region: "eu-west-1".to_owned(),
            account: Some("123456789012".to_owned()),
            subnets: vec!["subnet-1".to_owned(), "subnet-2".to_owned()],
            security_groups: vec!["sg-1".to_owned()],
            execution_role: Some("arn:aws:iam::123456789012:role/execution".to_owned()),
            images: vec!["123456789012.dkr.ecr.eu-west-1.amazonaws.com/files:v1".to_owned()],
            ..Aim::default()
        }
    }

    fn read(turns: Turns, patience: Option<usize>) -> (Readings, Scripted) {
        let reader = Scripted::new(turns, patience);
        let readings = block_on(audit(&reader, &aim(), |_| Vec::new(), 1_000.0, std::future::pending()));
        (readings, reader)
    }

    #[test]
    fn no_question_is_asked_twice_and_eight_are_under_way_at_most() {
        let (readings, reader) = read(|_, _| Some(3), None);
        assert_eq!(reader.repeated(), []);
        assert!((5..=8).contains(&reader.most.get()), "{}", reader.most.get());
        assert!(!readings.cut);
        let calls: u32 = reader.asked.borrow().iter().map(Question::calls).sum();
        assert_eq!(readings.calls, calls);
    }

    #[test]
    fn facts_are_in_the_order_of_the_questions_whatever_order_answers_come_in() {
        let orders: [Turns; 4] =
            [|_, _| Some(0), |nth, _| Some(nth), |nth, _| Some(99 - nth), |nth, _| Some(nth * 7 % 11)];
        let evidence = orders.map(|turns| read(turns, None).0.evidence);
        assert!(evidence[0].observations.len() > 15, "{}", evidence[0].observations.len());
        assert!(evidence.iter().all(|it| *it == evidence[0]));
        let numbers: Vec<EvidenceId> = evidence[0].iter().map(|it| it.id).collect();
        assert!(numbers.iter().copied().eq(1..=numbers.len() as EvidenceId));
    }

    #[test]
    fn what_is_late_was_not_asked() {
        let never = |_: usize, question: &Question| {
            let is_late = matches!(question, Question::RouteTables { .. } | Question::Role { .. });
            (!is_late).then_some(1)
        };
        let (readings, _) = read(never, Some(20));
        assert!(readings.cut);
        let account = Account::arrange(&readings.evidence);
        let why = |subject: &str| {
            let fact = readings.evidence.iter().find(|it| it.subject.as_deref() == Some(subject));
            match fact.map(|it| &it.act) {
                Some(Act::Role(Fact::Hidden(hidden))) | Some(Act::List(Fact::Hidden(hidden))) => hidden.why.clone(),
                other => panic!("{subject}: {other:?}"),
            }
        };
        assert!(account.subnet("subnet-1").known().is_some());
        assert_eq!(why("arn:aws:iam::123456789012:role/execution"), Why::NotAsked);
        assert_eq!(why("vpc-1 route-table"), Why::NotAsked);
        // Who is silent keeps nobody from being asked.
        assert!(matches!(why("vpc-1 endpoint"), Why::Refused { .. }));
    }
}
