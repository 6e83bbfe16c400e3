//! Too many requests, by whose count.

use super::answer::Answer;
use super::hop::Hop;
use crate::model::Stage;
use crate::reason::host_kind::HostKind;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// `None` leaves the text to the next rule.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    if parsed.has(Sign::KubeletLimit) {
        let answer = Answer::at(Stage::Manifest, "the kubelet itself starts no more pulls at this time");
        return Some(answer.proven("HOST-02", "the limit is the kubelet's own (registryPullQPS)"));
    }
    if parsed.has(Sign::SlowDown) {
        let answer = Answer::at(Stage::LayerBytes, "S3 asks to be asked less often");
        return Some(answer.proven("THR-03", "503 Slow Down is S3's word for throttling"));
    }
    if !parsed.any(&[Sign::Throttled, Sign::TooMany, Sign::HubLimit]) {
        return None;
    }
    if parsed.has(Sign::HubLimit) || parsed.names(HostKind::DockerHub) && !parsed.names(HostKind::Registry) {
        let answer = Answer::at(Stage::Manifest, "Docker Hub's limit of pulls for this address or account is reached");
        return Some(answer.proven("HUB-01", "these are Docker Hub's words"));
    }
    if parsed.names(HostKind::PublicEcr) {
        let answer =
            Answer::at(Stage::Manifest, "public.ecr.aws takes no more requests from this address at this time");
        return Some(
            answer.proven("PUB-02", "anonymous pulls are few a second, and a NAT gateway is one address for all"),
        );
    }
    if Hop::of(parsed, None) == Some(Hop::Api) {
        let answer = Answer::at(Stage::AuthToken, "ECR gives out no more authorization tokens at this time");
        return Some(
            answer
                .proven("THR-01", "the call that was throttled is GetAuthorizationToken")
                .possible("THR-02", "other calls of the account are near their limit too"),
        );
    }
    let answer = Answer::at(Stage::Manifest, "a registry takes no more requests at this time");
    if parsed.names(HostKind::Registry) {
        return Some(answer.proven("THR-02", "the registry is private ECR"));
    }
    if parsed.names(HostKind::OtherRegistry) {
        let means = "a registry that is not ECR takes no more requests at this time";
        return Some(Answer::unrecognised(Some(Stage::Manifest), means));
    }
    Some(match (parsed.has(Sign::Throttled), parsed.has(Sign::TooMany)) {
        (true, true) => answer
            .likely("THR-02", "\"Rate exceeded\" is ECR's word for it")
            .or(&[("PUB-02", "public ECR says the same: the text names no host")]),
        (false, _) => answer
            .likely("HUB-01", "ECR would say \"Rate exceeded\"; AWS lists these words under Docker Hub")
            .or(&[("THR-02", "or it is ECR"), ("PUB-02", "or public ECR")]),
        // Every service of AWS says this.
        (true, false) => {
            Answer::unrecognised(None, "a service of AWS takes no more requests; the text does not say which")
                .or(&[("THR-02", "if it is ECR"), ("THR-01", "if it is the call for the token")])
        }
    })
}
