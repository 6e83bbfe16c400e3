//! Which function probes which subnet.

use super::obstacle::Obstacle;
use super::outcome::{Function, FunctionState};
use crate::model::facts::Fact;

/// A function that may stand in one of the subnets.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// What its tag says; of a function that was named, nothing.
    pub subnet: Option<String>,
    /// Its configuration.
    pub function: Fact<Function>,
}

/// What is done about a subnet.
#[derive(Debug, Clone, PartialEq)]
pub enum Assigned {
    /// This function is invoked.
    Function(Function),
    /// A task is run.
    Task,
    /// Nothing can be done.
    Nothing(Obstacle),
}

/// A subnet, and what is done about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// `subnet-…`
    pub subnet: String,
    /// What is done.
    pub to: Assigned,
}

/// For each subnet the function that stands there and nowhere else: one with several subnets sends from any of them, so that
/// nobody knows from which its report is. A tag is believed only where the configuration says the same. Of several in one
/// subnet, such as those of another service, the one with the service's security groups is taken.
pub fn assign(subnets: &[String], groups: &[String], candidates: &[Candidate]) -> Vec<Assignment> {
    let each = |subnet: &String| Assignment { subnet: subnet.clone(), to: assigned(subnet, groups, candidates) };
    subnets.iter().map(each).collect()
}

fn assigned(subnet: &str, groups: &[String], candidates: &[Candidate]) -> Assigned {
    let mut standing: Vec<&Function> = Vec::new();
    let mut obstacles = Vec::new();
    for candidate in candidates {
        let is_tagged = candidate.subnet.as_deref() == Some(subnet);
        match &candidate.function {
            Fact::Known(function) if function.subnets == [subnet] => match obstacle(function) {
                None => standing.push(function),
                Some(obstacle) => obstacles.push(obstacle),
            },
            Fact::Known(function) if is_tagged || function.subnets.iter().any(|it| it == subnet) => {
                obstacles.push(Obstacle::FunctionElsewhere { subnets: function.subnets.clone() });
            }
            Fact::Hidden(hidden) if is_tagged || candidate.subnet.is_none() => {
                obstacles.push(Obstacle::of(hidden.clone()));
            }
            Fact::Known(_) | Fact::Hidden(_) | Fact::Absent => {}
        }
    }
    match standing.into_iter().min_by_key(|function| function.groups_beside(groups)) {
        Some(function) => Assigned::Function(function.clone()),
        None => Assigned::Nothing(obstacles.into_iter().next().unwrap_or(Obstacle::NoFunction)),
    }
}

fn obstacle(function: &Function) -> Option<Obstacle> {
    match function.state {
        FunctionState::Failed => Some(Obstacle::FunctionNotReady { reason: function.state_reason.clone() }),
        // These are waited for.
        FunctionState::Ready | FunctionState::Pending | FunctionState::Inactive => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::facts::{Hidden, Why};

    fn function(name: &str, subnets: &[&str]) -> Function {
        let subnets = subnets.iter().map(|it| (*it).to_owned()).collect();
        Function { name: name.to_owned(), subnets, timeout_s: 60, ..Function::default() }
    }

    fn tagged(subnet: &str, function: Function) -> Candidate {
        Candidate { subnet: Some(subnet.to_owned()), function: Fact::Known(function) }
    }

    fn named(function: Fact<Function>) -> Candidate {
        Candidate { subnet: None, function }
    }

    fn of(candidates: &[Candidate]) -> Vec<Assigned> {
        let subnets = ["subnet-a".to_owned(), "subnet-b".to_owned()];
        assign(&subnets, &["sg-task".to_owned()], candidates).into_iter().map(|it| it.to).collect()
    }

    #[test]
    fn of_several_in_a_subnet_the_one_with_the_services_groups_is_invoked() {
        let with = |name: &str, groups: &[&str]| Function {
            groups: groups.iter().map(|it| (*it).to_owned()).collect(),
            ..function(name, &["subnet-a"])
        };
        let (other, unknown) = (with("other", &["sg-other"]), with("unknown", &[]));
        let (more, same) = (with("more", &["sg-task", "sg-other"]), with("same", &["sg-task"]));
        for (all, expected) in [
            (vec![&other, &same], &same),
            (vec![&more, &unknown, &same], &same),
            (vec![&other, &unknown], &unknown),
            (vec![&other, &more], &other),
        ] {
            let candidates: Vec<Candidate> = all.into_iter().map(|it| tagged("subnet-a", it.clone())).collect();
            assert_eq!(of(&candidates)[0], Assigned::Function(expected.clone()));
        }
        // One that cannot be invoked is passed over.
        let failed = Function { state: FunctionState::Failed, ..same };
        assert_eq!(of(&[tagged("subnet-a", failed), tagged("subnet-a", other.clone())])[0], Assigned::Function(other));
    }

    #[test]
    fn a_function_probes_the_one_subnet_of_its_configuration() {
        let (a, b) = (function("a", &["subnet-a"]), function("b", &["subnet-b"]));
        let found = of(&[tagged("subnet-b", b.clone()), tagged("subnet-a", a.clone())]);
        assert_eq!(found, [Assigned::Function(a.clone()), Assigned::Function(b)]);
        let found = of(&[named(Fact::Known(a.clone()))]);
        assert_eq!(found, [Assigned::Function(a), Assigned::Nothing(Obstacle::NoFunction)]);
    }

    #[test]
    fn a_tag_is_not_believed_against_the_configuration() {
        let elsewhere = Obstacle::FunctionElsewhere { subnets: vec!["subnet-x".to_owned()] };
        let found = of(&[tagged("subnet-a", function("a", &["subnet-x"]))]);
        assert_eq!(found[0], Assigned::Nothing(elsewhere));
        // One in both subnets is of no use in either, and outside a VPC in none.
        let both = function("both", &["subnet-a", "subnet-b"]);
        let obstacle = Obstacle::FunctionElsewhere { subnets: both.subnets.clone() };
        assert_eq!(of(&[named(Fact::Known(both))]), [(); 2].map(|()| Assigned::Nothing(obstacle.clone())));
        assert_eq!(of(&[named(Fact::Known(function("c", &[])))])[0], Assigned::Nothing(Obstacle::NoFunction));
    }

    #[test]
    fn what_may_not_be_read_is_told() {
        let why = Why::Refused { status: 403, code: "AccessDeniedException".to_owned(), message: None };
        let hidden = Hidden { action: "lambda:GetFunctionConfiguration".to_owned(), why };
        let found = of(&[named(Fact::Hidden(hidden.clone()))]);
        assert_eq!(found, [(); 2].map(|()| Assigned::Nothing(Obstacle::NotAllowed { hidden: hidden.clone() })));
        // Another function of the same subnet may do.
        let good = function("a", &["subnet-a"]);
        let tag = Candidate { subnet: Some("subnet-a".to_owned()), function: Fact::Hidden(hidden) };
        assert_eq!(of(&[tag, tagged("subnet-a", good.clone())])[0], Assigned::Function(good));
    }

    #[test]
    fn a_function_that_will_never_be_there_is_not_invoked() {
        let state = |state| Function { state, ..function("a", &["subnet-a"]) };
        let found = of(&[tagged("subnet-a", state(FunctionState::Failed))]);
        assert!(matches!(found[0], Assigned::Nothing(Obstacle::FunctionNotReady { .. })), "{found:?}");
        for waited_for in [FunctionState::Pending, FunctionState::Inactive] {
            assert!(matches!(of(&[tagged("subnet-a", state(waited_for))])[0], Assigned::Function(_)));
        }
    }
}
