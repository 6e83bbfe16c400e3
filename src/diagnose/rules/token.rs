//! A token that the registry does not take: too old (TOK-01), or of another Region, or changed on the way (TOK-02).

use super::{commands, words};
use crate::aws::EcrHost;
use crate::diagnose::answers::{is_html, stage_of};
use crate::diagnose::{Case, Draft, Need};
use crate::model::outcome::{LayerUrlOutcome, ManifestOutcome, RegistryOutcome, Rejection, TokenOutcome};
use crate::model::{Act, Command, Fix, Observation, Role};
use crate::wire::said::{TokenRefusal, token_refusal};

rule!(TOK_01, "TOK-01", "token-expired", Need::RegistryReply, expired);
rule!(TOK_02, "TOK-02", "token-refused-by-registry", Need::RegistryReply, refused);

/// What the registry turned down in a step that shows it the token.
fn rejection(act: &Act) -> Option<&Rejection> {
    match act {
        Act::RegistryAuth(RegistryOutcome::Rejected(why))
        | Act::Manifest(ManifestOutcome::Rejected(why))
        | Act::LayerUrl(LayerUrlOutcome::Rejected(why)) => Some(why),
        _ => None,
    }
}

/// Steps that showed a private registry of ECR's the token, and whose answer `fits`.
fn answers<'e>(case: &Case<'e>, fits: impl Fn(&Act) -> bool) -> Vec<&'e Observation> {
    let of_ecr = |it: &&Observation| it.target.as_ref().is_some_and(|target| target.role == Role::EcrDkr);
    case.evidence.iter().filter(of_ecr).filter(|it| fits(&it.act)).collect()
}

/// The token as the API issued it.
struct Issued<'e> {
    observation: &'e Observation,
    /// Seconds.
    valid_for_s: Option<i64>,
    region: Option<String>,
}

fn issued<'e>(case: &Case<'e>) -> Option<Issued<'e>> {
    case.evidence.iter().find_map(|it| match &it.act {
        Act::Token(TokenOutcome::Issued { valid_for_s, registry }) => Some(Issued {
            observation: it,
            valid_for_s: *valid_for_s,
            // A token serves every registry of its Region, whatever the account: the account in it says nothing.
            region: registry
                .as_deref()
                .and_then(|url| region_of(url.trim_start_matches("https://").trim_end_matches('/'))),
        }),
        _ => None,
    })
}

fn region_of(host: &str) -> Option<String> {
    EcrHost::parse(host).map(|host| host.region)
}

fn hosts(found: &[&Observation]) -> String {
    words::list(found.iter().filter_map(|it| it.target.as_ref()).map(ToString::to_string))
}

fn expired(case: &Case<'_>) -> Vec<Draft> {
    let found = answers(case, |act| rejection(act).and_then(token_refusal) == Some(TokenRefusal::Expired));
    let Some(first) = found.first() else { return Vec::new() };
    let host = hosts(&found);
    let issued = issued(case);
    let draft = Draft::error(
        stage_of(&first.act),
        host.clone(),
        format!("{host} refuses the authorization token: it has expired"),
    )
    .cite(issued.as_ref().map(|it| it.observation))
    .cite(found.iter().copied());
    let old = issued.and_then(|it| it.valid_for_s).filter(|left_s| *left_s <= 0);
    vec![match old {
        Some(left_s) => draft
            .proven(format!(
                "the API issued a token that ended {} s before: what answers for the API keeps old answers",
                left_s.unsigned_abs()
            ))
            .fix(Fix::advice(
                "find the mirror or caching proxy that answers for the API's name, and let it keep no answer of GetAuthorizationToken",
            )),
        None => draft
            .likely("the registry says so, and the token that the API issued is seconds old: an older token arrives in its place")
            .or(&["TOK-02", "CLK-01"])
            .fix(Fix::advice(
                "look for a proxy or mirror that sends an Authorization header of its own to the registry, and renew its token",
            )),
    }]
}

fn refused(case: &Case<'_>) -> Vec<Draft> {
    let is_refusal = |why: &Rejection| match token_refusal(why) {
        Some(TokenRefusal::Expired) => false,
        Some(TokenRefusal::Invalid) => true,
        None => {
            let unnamed = why.status == 400 && why.denial.is_none() && why.code.is_none();
            !is_html(why) && (why.status == 401 || unnamed)
        }
    };
    let found = answers(case, |act| {
        matches!(act, Act::RegistryAuth(RegistryOutcome::Challenged { .. })) || rejection(act).is_some_and(is_refusal)
    });
    let Some(first) = found.first() else { return Vec::new() };
    let host = hosts(&found);
    let issued = issued(case);
    let wanted = first.target.as_ref().and_then(|target| region_of(&target.host));
    let draft = Draft::error(
        stage_of(&first.act),
        host.clone(),
        format!("{host} does not take the token that the API has just issued"),
    )
    .cite(issued.as_ref().map(|it| it.observation))
    .cite(found.iter().copied());
    vec![match (issued.and_then(|it| it.region), wanted) {
        (Some(issued_for), Some(wanted)) if issued_for != wanted => draft
            .proven(format!("the token is for {issued_for} and the registry is in {wanted}: a token is good in its own Region only"))
            .fix(Fix::advice(format!(
                "take whatever leads the API calls to {issued_for} out of the way: AWS_ENDPOINT_URL or AWS_ENDPOINT_URL_ECR, a private hosted zone or a hosts entry for the API's name"
            ))),
        _ => {
            let mangled = found.iter().any(|it| rejection(&it.act).and_then(token_refusal).is_some());
            draft
                .likely(if mangled {
                    "the token is fresh and for this Region, so something on the way changes the Authorization header"
                } else {
                    "the token is fresh and for this Region, and the registry answers as if none was sent: something on the way removes or replaces the Authorization header"
                })
                .or(&["TLS-01", "PRX-02"])
                .fix(Fix::advice("look for a proxy or mirror between here and the registry that removes or rewrites the Authorization header"))
                .fix(with_another_client(first))
        }
    }]
}

/// The password goes to no host but a registry of ECR's.
fn with_another_client(observation: &Observation) -> Fix {
    let does = "try the same with another client";
    let registry = observation.target.as_ref().and_then(|it| Some((it, commands::password_of(&it.host)?)));
    let Some((target, login)) = registry else { return Fix::advice(does) };
    let ask = Command::of("curl -si").option("-u", login).operand(format!("https://{target}/v2/"));
    Fix::run(does, &ask.pipe(Command::of("head -n 20")))
}
