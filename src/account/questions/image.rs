//! Of ECR: each repository and image, and the rules by which the registry fetches from others.

use crate::account::{Account, Aim, EcrImage};
use crate::model::facts::Question;

/// What the images lead to: repositories, their policies, images, cache rules.
pub fn questions(account: &Account<'_>, aim: &Aim) -> Vec<Question> {
    let mut questions = Vec::new();
    for image in account.ecr_images(aim) {
        let EcrImage { repository: arn, reference, account: registry, region, .. } = image;
        questions.push(Question::Repository { arn: arn.clone() });
        questions.push(Question::RepositoryPolicy { arn: arn.clone() });
        questions.push(Question::Image { repository: arn.clone(), reference });
        // AWS shows the rules of the caller's own registry alone (Amazon ECR API Reference,
        // "DescribePullThroughCacheRules").
        if aim.account.as_ref() == Some(&registry) {
            questions.push(Question::CacheRules { account: registry, region });
        }
        let key = account.repository(&arn).known().and_then(|repository| repository.kms_key.clone());
        questions.extend(key.map(|id| Question::KmsKey { id }));
    }
    questions
}
