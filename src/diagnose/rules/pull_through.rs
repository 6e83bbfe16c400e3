//! What a pull-through cache has not fetched: no repository (PTC-01), no image (PTC-02), a caller of
//! another account (PTC-05). The registry puts it as it puts a mistyped name.

use super::missing::{self, Missing};
use super::repository::{self, Repository};
use super::{commands, words};
use crate::aws::{Arn, EcrHost, Statement, Variant, registry_host};
use crate::diagnose::{Case, Draft, Need, addresses};
use crate::model::{Act, Blank, Command, Fix, Observation, Stage, Word};

rule!(PTC_01, "PTC-01", "cache-repository-not-created", Need::ManifestReply, |case| judge(case, "PTC-01"));
rule!(PTC_02, "PTC-02", "cache-image-not-imported", Need::ManifestReply, |case| judge(case, "PTC-02"));
rule!(PTC_05, "PTC-05", "cache-across-accounts", Need::ManifestReply, |case| judge(case, "PTC-05"));

/// First parts of names that caches go by, and their upstreams; AWS's guides use `ecr-public`, `docker-hub` and
/// `quay`. Words that are as likely a team's own, such as `github`, are not among them.
const PREFIXES: [(&str, &str); 6] = [
    ("ecr-public", "public.ecr.aws"),
    ("docker-hub", "registry-1.docker.io"),
    ("dockerhub", "registry-1.docker.io"),
    ("quay", "quay.io"),
    ("ghcr", "ghcr.io"),
    ("k8s", "registry.k8s.io"),
];

/// Upstreams that ECR can cache: a part of the name that is one of them is no coincidence.
const UPSTREAMS: [(&str, &str); 9] = [
    ("public.ecr.aws", "public.ecr.aws"),
    ("docker.io", "registry-1.docker.io"),
    ("registry-1.docker.io", "registry-1.docker.io"),
    ("quay.io", "quay.io"),
    ("ghcr.io", "ghcr.io"),
    ("registry.k8s.io", "registry.k8s.io"),
    ("mcr.microsoft.com", "mcr.microsoft.com"),
    ("registry.gitlab.com", "registry.gitlab.com"),
    ("cgr.dev", "cgr.dev"),
];

/// A repository that is a cache by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cache<'n> {
    /// `docker-hub` of `docker-hub/library/busybox`.
    prefix: &'n str,
    upstream: &'static str,
    /// `library/busybox`.
    rest: &'n str,
}

impl<'n> Cache<'n> {
    fn of(name: &'n str) -> Option<Self> {
        let mut from = 0;
        while let Some(length) = name[from..].find('/') {
            let part = &name[from..from + length];
            let known = UPSTREAMS.iter().chain(PREFIXES.iter().filter(|_| from == 0)).find(|(word, _)| *word == part);
            if let Some(&(_, upstream)) = known {
                return Some(Cache { prefix: &name[..from + length], upstream, rest: &name[from + length + 1..] });
            }
            from += length + 1;
        }
        None
    }
}

/// Something that a cache has not got, and the code for it.
pub(super) struct Uncached<'e> {
    cache: Cache<'e>,
    missing: Missing,
    code: &'static str,
}

/// What is missing, where the repository goes by a cache's name.
pub(super) fn uncached<'e>(case: &Case<'e>, observation: &'e Observation, missing: Missing) -> Option<Uncached<'e>> {
    if observation.is_elsewhere() {
        return None;
    }
    let cache = Cache::of(repository::name(observation.subject.as_deref()?))?;
    // What the API gives was imported long ago.
    if missing::given_by_api(case, observation).is_some() {
        return None;
    }
    let own = case.vantage.account.as_deref();
    let owner = Repository::of(case, observation).map(|it| it.account);
    let code = match missing {
        _ if own.is_some() && owner.is_some() && own != owner => "PTC-05",
        Missing::Repository => "PTC-01",
        Missing::Image => "PTC-02",
    };
    Some(Uncached { cache, missing, code })
}

fn judge(case: &Case<'_>, code: &'static str) -> Vec<Draft> {
    let ours = |observation, missing| uncached(case, observation, missing).filter(|it| it.code == code);
    missing::each_missing(case, ours, |observation, found| draft(case, observation, &found))
}

fn draft<'e>(case: &Case<'e>, observation: &'e Observation, found: &Uncached<'_>) -> Draft {
    let &Uncached { cache: Cache { prefix, upstream, .. }, missing, code } = found;
    let subject = observation.subject.as_deref().unwrap_or("the image");
    let name = repository::name(subject);
    let owner = Repository::of(case, observation).map_or("REGISTRY_ACCOUNT", |it| it.account);
    let said = match missing {
        Missing::Repository => "the registry knows no such repository",
        Missing::Image => "the registry knows the repository and not the image",
    };
    let draft = match code {
        "PTC-05" => Draft::error(
            Stage::Manifest,
            subject,
            format!(
                "account {owner} has not cached {subject}, and {}'s account cannot make it: a cache fetches for its own account only",
                words::this(case)
            ),
        )
        .likely(format!(
            "the name is that of a pull-through cache of {upstream} ({prefix}/) in another account than the task's, and {said}"
        ))
        .or(match missing {
            Missing::Repository => &["IMG-01", "PTC-01"],
            Missing::Image => &["IMG-02", "PTC-02"],
        }),
        "PTC-01" => Draft::error(
            Stage::Manifest,
            name,
            format!("the pull-through cache of {upstream} has made no repository {name}: the role that pulls may lack ecr:CreateRepository, or {prefix} has no cache rule"),
        )
        .likely(format!("the name is that of a pull-through cache ({prefix}/), which makes a repository when an image is first pulled, and {said}"))
        .or(&["IMG-01"]),
        _ => Draft::error(
            Stage::Manifest,
            subject,
            format!("the pull-through cache has not fetched {subject}: the role that pulls may lack ecr:BatchImportUpstreamImage, or {upstream} has no such image"),
        )
        .likely(format!("the name is that of a pull-through cache ({prefix}/), which fetches an image when it is first pulled, and {said}"))
        .or(&["IMG-02"]),
    };
    fixes(case, observation, found, owner).into_iter().fold(draft, Draft::fix)
}

fn fixes<'e>(case: &Case<'e>, observation: &'e Observation, found: &Uncached<'_>, owner: &str) -> Vec<Fix> {
    let region =
        Repository::of(case, observation).map_or_else(|| addresses::region_for(case, observation), |it| it.region);
    let &Uncached { cache: Cache { prefix, upstream, rest }, code, .. } = found;
    let outside = code == "PTC-05";
    let rules = commands::cache_rules(region);
    let rules = if outside { rules.option("--registry-id", owner) } else { rules };
    let rules = Fix::run(
        if outside {
            "see, as the account that owns the registry, whether there is a cache rule for it"
        } else {
            "see whether there is a cache rule for it, and what it fetches from"
        },
        &rules.option("--ecr-repository-prefixes", prefix),
    );
    let new_rule = |does: &str| {
        let command = commands::create_cache_rule(region, prefix, upstream);
        // These give their images to anybody, and ECR asks for no secret.
        let is_open = ["public.ecr.aws", "quay.io", "registry.k8s.io"].contains(&upstream);
        Fix::run(
            does.to_owned(),
            &if is_open { command } else { command.option("--credential-arn", Blank::SECRET_ARN) },
        )
    };
    if outside {
        return vec![
            pull_as_owner(case, observation, owner, region),
            rules,
            new_rule(
                "or make a cache of your own, in the task's account, and name its registry in the task definition",
            ),
        ];
    }
    let cached = Arn::repository(region, owner, &format!("{prefix}/*"));
    let policy = Statement::allow(&["ecr:CreateRepository", "ecr:BatchImportUpstreamImage"]).on(cached).policy();
    let grant = Fix::run(
        "allow the role that pulls to fill the pull-through cache; AmazonECSTaskExecutionRolePolicy has neither action",
        &Command::of("aws iam put-role-policy")
            .option("--role-name", Blank::EXECUTION_ROLE_NAME)
            .words("--policy-name fill-the-cache")
            .option("--policy-document", Word::json(&policy, &[Blank::REGION, Blank::REGISTRY_ACCOUNT])),
    );
    if code == "PTC-01" {
        return vec![rules, grant, new_rule("if there is no rule, make one")];
    }
    let subject = observation.subject.as_deref().unwrap_or_default();
    let tail = subject.strip_prefix(repository::name(subject)).unwrap_or_default();
    let host = if upstream == "registry-1.docker.io" { "docker.io" } else { upstream };
    vec![
        grant,
        Fix::run(
            "see, from a place with a way to the internet, whether the upstream has it",
            &Command::of("docker buildx imagetools inspect").operand(format!("{host}/{rest}{tail}")),
        ),
        rules,
    ]
}

/// The first pull fills the cache. The password goes to no host but a registry of ECR's.
fn pull_as_owner(case: &Case<'_>, observation: &Observation, owner: &str, region: &str) -> Fix {
    let does =
        "pull it once as a principal of the account that owns the cache: from then on it is served to others as well";
    let registry = registry_host(owner, region, Variant::default());
    if EcrHost::parse(&registry).is_none() {
        return Fix::advice(does);
    }
    let password = Command::of("aws ecr get-login-password").region(region);
    let pull = Command::of("docker pull").operand(image_of(case, observation));
    Fix::run(does, &password.pipe(commands::login(registry)).and(pull))
}

/// The reference as it was given.
fn image_of(case: &Case<'_>, observation: &Observation) -> Word {
    let subject = observation.subject.as_deref().unwrap_or_default();
    let mut references = case.evidence.iter().filter(|it| matches!(it.act, Act::Reference(_)));
    let image = references.find_map(|it| it.subject.as_deref().filter(|image| image.ends_with(subject)));
    image.map_or_else(|| Blank::IMAGE.into(), Word::from)
}

#[cfg(test)]
mod tests {
    use super::Cache;

    #[test]
    fn a_cache_is_known_by_its_prefix_or_by_its_upstreams_name() {
        for (name, expected) in [
            ("docker-hub/library/busybox", Some(("docker-hub", "registry-1.docker.io", "library/busybox"))),
            ("mirror/docker.io/library/busybox", Some(("mirror/docker.io", "registry-1.docker.io", "library/busybox"))),
            ("quay.io/prometheus/node", Some(("quay.io", "quay.io", "prometheus/node"))),
            ("team/quay/node", None),
            ("docker-hub", None),
            ("k8sapps/controller", None),
            ("github/runner", None),
        ] {
            let found = Cache::of(name).map(|it| (it.prefix, it.upstream, it.rest));
            assert_eq!(found, expected, "{name}");
        }
    }
}
