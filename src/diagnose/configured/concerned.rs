//! Whom it concerns that packets are stopped.

use super::Walk;
use crate::model::Role;

/// Whom a blocker concerns: the ends of the walks that it stops.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Concerned {
    /// The subnets that packets leave from.
    pub subnets: Vec<String>,
    /// What they are to reach.
    pub roles: Vec<Role>,
    /// The hosts of those.
    pub hosts: Vec<String>,
    /// The images that need them.
    pub images: Vec<String>,
}

impl Concerned {
    /// The ends of these walks, each once.
    pub fn of<'w>(walks: impl Iterator<Item = &'w Walk>) -> Self {
        let mut concerned = Concerned::default();
        for walk in walks {
            push_new(&mut concerned.subnets, &walk.site.subnet);
            push_new(&mut concerned.roles, &walk.needed.role);
            push_new(&mut concerned.hosts, &walk.needed.host);
            walk.needed.images.iter().for_each(|image| push_new(&mut concerned.images, image));
        }
        concerned
    }

    /// Whether no pull needs them.
    pub fn is_of_the_start_alone(&self) -> bool {
        self.images.is_empty()
    }

    /// What cannot be reached, as the subject or object of a sentence.
    pub fn services(&self) -> String {
        let title = |role: &Role| match role {
            Role::EcrApi => "the ECR API",
            Role::EcrDkr => "the ECR registry",
            Role::S3 => "the layer store (S3)",
            Role::Registry | Role::Cdn => "the registry",
            Role::Sts => "STS",
            Role::Logs => "CloudWatch Logs",
            Role::SecretsManager => "Secrets Manager",
            Role::Ssm => "Parameter Store",
            Role::Kms => "KMS",
        };
        list(self.roles.iter().map(title))
    }
}

/// Adds what is not there yet.
pub fn push_new<T: Clone + PartialEq>(all: &mut Vec<T>, one: &T) {
    if !all.contains(one) {
        all.push(one.clone());
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn list<S: AsRef<str>>(parts: impl IntoIterator<Item = S>) -> String {
    let parts: Vec<S> = parts.into_iter().collect();
    match parts.split_last() {
        None => String::new(),
        Some((last, [])) => last.as_ref().to_owned(),
        Some((last, before)) => {
            let before: Vec<&str> = before.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", before.join(", "), last.as_ref())
        }
    }
}
