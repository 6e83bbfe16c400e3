//! The role that pulls, and its policies.

use crate::account::{Account, Aim, Seen as Fact};
use crate::model::{Check, EvidenceId, Placement};
use crate::policy::requests::Caller;
use crate::policy::{Named, Seen};

/// The role that pulls, with its policies as far as they are known.
pub struct Puller {
    /// The role.
    pub caller: Caller,
    /// Its own policies.
    pub identity: Seen<Vec<Named>>,
    /// Its permissions boundary.
    pub boundary: Seen<Named>,
    /// What tells them.
    pub cites: Vec<EvidenceId>,
    /// Whether ECS assumes it for the task; the role of an instance profile is EC2's.
    pub is_of_the_task: bool,
}

impl Puller {
    /// `None` where no role is known.
    pub fn of(account: &Account<'_>, placement: &Placement, aim: &Aim) -> Option<Self> {
        let arn = placement.execution_role_arn.as_ref()?;
        let of_definition = account.judged_definition(aim).and_then(|(_, it)| it.execution_role_arn.as_ref());
        let (identity, mut cites) = identity(account, arn);
        let boundary = boundary(account, arn);
        cites.extend(account.role(arn).id());
        Some(Puller {
            caller: Caller::of(arn),
            identity,
            boundary,
            cites,
            is_of_the_task: of_definition == Some(arn) || account.instance_profiles().next().is_none(),
        })
    }
}

/// The role's own policies; hidden as a whole where a list of them is.
pub fn identity(account: &Account<'_>, arn: &str) -> (Seen<Vec<Named>>, Vec<EvidenceId>) {
    let mut policies = Vec::new();
    let mut cites = Vec::new();
    for owner in [arn.to_owned(), format!("{arn} inline")] {
        let list = account.list(Check::Policy, &owner);
        cites.extend(list.id());
        let ids = match list {
            Fact::Known(_, list) => &list.ids,
            Fact::Absent(_) => continue,
            Fact::Hidden(_, hidden) => return (Seen::Hidden(hidden.action.clone()), cites),
            Fact::NotAsked => return (Seen::Hidden("iam:ListAttachedRolePolicies".to_owned()), cites),
        };
        for id in ids {
            let policy = account.policy(&format!("{arn} {id}"));
            cites.extend(policy.id());
            policies.push(match policy {
                Fact::Known(_, policy) => Named::read(&policy.name, &policy.document),
                Fact::Hidden(_, hidden) => Named::hidden(id, &hidden.action),
                Fact::Absent(_) => continue,
                Fact::NotAsked => Named::hidden(id, "iam:GetPolicyVersion"),
            });
        }
    }
    (Seen::Known(policies), cites)
}

fn boundary(account: &Account<'_>, arn: &str) -> Seen<Named> {
    let boundary = match account.role(arn) {
        Fact::Known(_, role) => role.boundary_arn.as_ref(),
        Fact::Hidden(_, hidden) => return Seen::Hidden(hidden.action.clone()),
        Fact::Absent(_) => None,
        Fact::NotAsked => return Seen::Hidden("iam:GetRole".to_owned()),
    };
    let Some(boundary) = boundary else { return Seen::Absent };
    match account.policy(&format!("{arn} {boundary}")) {
        Fact::Known(_, policy) => Seen::Known(Named::read(&policy.name, &policy.document)),
        Fact::Hidden(_, hidden) => Seen::Hidden(hidden.action.clone()),
        Fact::Absent(_) | Fact::NotAsked => Seen::Hidden("iam:GetPolicyVersion".to_owned()),
    }
}
