//! Too many requests, by whose count.

use super::answer::Answer;
use super::ecr_call;
use super::hop::Hop;
use crate::model::Stage;
use crate::reason::host_kind::HostKind;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;
use crate::reason::vocabulary::Service;

/// `None` leaves the text to the next rule.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    if parsed.has(Sign::KubeletLimit) {
        let answer = Answer::at(Stage::Manifest, "the kubelet throttles pulls: its own limit is reached");
        return Some(answer.proven("HOST-02", "the limit is the kubelet's own (registryPullQPS)"));
    }
    if parsed.has(Sign::SlowDown) {
        let answer = Answer::at(Stage::LayerBytes, "S3 throttled the layer download (503 SlowDown)");
        return Some(answer.proven("THR-03", "SlowDown is the code with which S3 throttles"));
    }
    // The cache's upstream may throttle, too.
    let of_registry = || Hop::of(parsed, None).is_some_and(|hop| hop.service() == Service::Ecr && hop != Hop::Sts);
    let is_throttled = parsed.any(&[Sign::Throttled, Sign::TooMany, Sign::HubLimit])
        || parsed.status(|status| status == 429).is_some() && of_registry();
    if parsed.has(Sign::UpstreamFailed) || !is_throttled {
        return None;
    }
    let start = Hop::of(parsed, None).filter(|hop| matches!(hop, Hop::SecretsManager | Hop::Ssm | Hop::Logs));
    if let Some(hop) = start.filter(|_| parsed.has(Sign::Throttled)) {
        let answer = Answer::unrecognised(Some(Stage::TaskStart), format!("{} throttled a call", hop.title()));
        let code = match hop {
            Hop::SecretsManager => "INIT-01",
            Hop::Ssm => "INIT-02",
            _ => "INIT-16",
        };
        return Some(answer.possible(code, "it gave nothing in the time that a start has"));
    }
    let hub = "Docker Hub's pull rate limit for this address or account is reached";
    if parsed.has(Sign::HubLimit) {
        return Some(Answer::at(Stage::Manifest, hub).proven("HUB-01", "\"pull rate limit\" is Docker Hub's phrase"));
    }
    // "Rate exceeded" is AWS's phrase, whatever registry the image is of.
    if parsed.names(HostKind::DockerHub) && !parsed.names(HostKind::Registry) && !parsed.has(Sign::Throttled) {
        let answer = Answer::at(Stage::Manifest, hub);
        return Some(answer.likely("HUB-01", "Docker Hub is the registry in the text, and it throttles by address"));
    }
    if parsed.names(HostKind::PublicEcr) {
        let answer = Answer::at(Stage::Manifest, "public.ecr.aws throttles requests from this address");
        let why = "it throttles anonymous pulls by address, and a NAT gateway is one address for all";
        let others = [HostKind::Registry, HostKind::DockerHub, HostKind::OtherRegistry];
        let alone = !others.iter().any(|kind| parsed.names(*kind));
        return Some(if alone { answer.proven("PUB-02", why) } else { answer.likely("PUB-02", why) });
    }
    if Hop::of(parsed, None) == Some(Hop::Api) {
        let answer = Answer::at(Stage::AuthToken, "the ECR API throttled a call");
        // The agent's error names the pull, and not the call.
        let of_token = parsed.has(Sign::RegistryAuth) && !parsed.plain.tight.contains("cannotpullecrcontainererror");
        let answer = if of_token {
            answer.proven("THR-01", "the call is GetAuthorizationToken")
        } else {
            answer.likely("THR-01", "the text does not name the call; a pull first asks for the token")
        };
        return Some(answer.possible("THR-02", "other calls of the account may be near their limit too"));
    }
    // The agent's error of a pull from ECR, and no layer or manifest in it: the first call is the one for the token.
    let of_ecr = parsed.plain.tight.contains("cannotpullecrcontainererror") && parsed.has(Sign::Throttled);
    if of_ecr && !parsed.names(HostKind::Registry) {
        let answer = Answer::at(Stage::AuthToken, "ECR throttled a call of the ECS agent");
        return Some(
            answer
                .likely("THR-01", "the agent's first call is the one for the token")
                .possible("THR-02", "or the registry throttled it"),
        );
    }
    let answer = Answer::at(Stage::Manifest, "a registry throttles requests");
    if parsed.names(HostKind::Registry) {
        return Some(answer.proven("THR-02", "the registry in the text is private ECR"));
    }
    if ecr_call::is_for_an_image(parsed) {
        return Some(answer.proven("THR-02", "the call is one of private ECR"));
    }
    if parsed.names(HostKind::OtherRegistry) {
        let answer = Answer::at(Stage::Manifest, "a registry that is not ECR throttles requests");
        return Some(answer.likely("THR-02", "it counts requests by address, and by login where there is one"));
    }
    Some(match (parsed.has(Sign::Throttled), parsed.has(Sign::TooMany)) {
        (true, true) => answer
            .likely("THR-02", "\"Rate exceeded\" is AWS's phrase")
            .or(&[("PUB-02", "public.ecr.aws says the same: the text names neither")]),
        (false, _) => answer
            .likely("HUB-01", "the text has no \"Rate exceeded\", which is AWS's phrase")
            .or(&[("THR-02", "or it is ECR"), ("PUB-02", "or public ECR")]),
        // Every service of AWS says this.
        (true, false) => Answer::unrecognised(None, "a service of AWS throttled a call; the text does not say which")
            .or(&[("THR-02", "if it is ECR"), ("THR-01", "if it is the call for the token")]),
    })
}
