//! Of what the task's start needs beside its images: log groups, secrets and parameters.

use std::collections::BTreeMap;

use super::batch::{about, unknown};
use crate::account::{Account, Aim, LogTarget, SecretHome, Seen, secret_id};
use crate::model::facts::Question;

/// What the start of a task needs besides: secrets, parameters, keys, log groups.
pub fn questions(account: &Account<'_>, aim: &Aim) -> Vec<Question> {
    let Some((_, definition)) = account.judged_definition(aim) else { return Vec::new() };
    let mut questions = Vec::new();
    let mut parameters: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for container in &definition.containers {
        if let Some(log) = LogTarget::of(container, &aim.region).filter(|log| !log.creates_group) {
            questions.push(Question::LogGroup { region: log.region, name: log.group });
        }
        let secrets = container.secrets.iter().map(|secret| &secret.value_from);
        for value_from in secrets.chain(&container.repository_credentials) {
            match SecretHome::of(value_from) {
                SecretHome::SecretsManager(_) => {
                    questions.push(Question::Secret { id: secret_id(value_from).to_owned() });
                }
                SecretHome::ParameterStore(region) => {
                    parameters.entry(region.unwrap_or(&aim.region)).or_default().push(value_from.clone());
                }
            }
        }
    }
    let keys = account.secrets().filter_map(|(_, secret)| secret.kms_key.clone());
    let keys = keys.chain(account.parameters().filter_map(|(_, parameter)| parameter.kms_key.clone()));
    // The key that AWS manages for a service serves everybody whom the service serves.
    questions.extend(keys.filter(|id| !id.starts_with("alias/aws/")).map(|id| Question::KmsKey { id }));
    for (region, ids) in &parameters {
        let ids = unknown(ids, |id| !matches!(account.parameter(id), Seen::NotAsked));
        questions.extend(about(ids, |ids| Question::Parameters { region: (*region).to_owned(), ids }));
    }
    questions
}
