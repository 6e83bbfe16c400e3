//! Handshakes that failed.

use super::answer::Answer;
use super::hop::Hop;
use crate::model::Stage;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

const CERTIFICATES: [Sign; 9] = [
    Sign::UnknownAuthority,
    Sign::OtherName,
    Sign::OutOfValidity,
    Sign::BadCertificate,
    Sign::TlsTimedOut,
    Sign::TlsAlert,
    Sign::NoCommonTls,
    Sign::NotTls,
    Sign::ProxyError,
];

/// What is said of a proxy that gave no answer.
const PROXY_LOST: [Sign; 7] = [
    Sign::Refused,
    Sign::NoRoute,
    Sign::NetUnreachable,
    Sign::TimedOut,
    Sign::NoSuchHost,
    Sign::NameError,
    Sign::NotTls,
];

/// `None` leaves the text to the next rule.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    let hop = Hop::of(parsed, Some(parsed.last(&CERTIFICATES)?));
    let answer = handshake(parsed, hop);
    Some(match hop {
        Some(_) => answer,
        // Any program's handshake may fail so.
        None => {
            let means = format!("{}; nothing in the text says that it was of a pull", answer.means);
            let codes: Vec<_> = answer.causes.iter().map(|cause| (cause.code, cause.why.as_str())).collect();
            Answer::unrecognised(answer.stage, means).or(&codes)
        }
    })
}

fn handshake(parsed: &Parsed, hop: Option<Hop>) -> Answer {
    let title = hop.map_or("the host", Hop::title);
    let at = |means: String| Answer::at(Stage::Tls, means);
    if parsed.last(&PROXY_LOST).is_some_and(|lost| parsed.last(&[Sign::ProxyError]).is_some_and(|proxy| proxy < lost)) {
        return at("the proxy that is set for what pulls cannot be used".to_owned())
            .likely("PRX-01", "it does not answer, or its address is wrong")
            .possible("PRX-02", "or it fails at this time");
    }
    if parsed.has(Sign::NotTls) {
        let answer = at(format!("{title} speaks plain HTTP where TLS is expected, or the other way round"));
        return if parsed.has(Sign::WebPage) {
            answer
                .likely("CFG-03", "a mirror or proxy was given the wrong scheme or port")
                .possible("PRX-02", "the page is a proxy's own")
        } else {
            answer
                .likely("CFG-03", "the port or scheme is wrong, or the mirror has no TLS")
                .possible("PRX-02", "a proxy answers in its place")
        };
    }
    if parsed.has(Sign::OtherName) {
        let answer = at(format!("{title} showed a certificate for another name"))
            .likely("TLS-03", "the address is somebody else's, or the endpoint's own name was used")
            .possible("DNS-08", "a private zone leads the name to the wrong place");
        // What inspects TLS makes a certificate for the name.
        let has_no_name = parsed.plain.tight.contains("notvalidforanyname");
        return if has_no_name { answer } else { answer.possible("TLS-01", "something on the way inspects TLS") };
    }
    if parsed.has(Sign::OutOfValidity) {
        let answer = at(format!("the certificate of {title} is not valid at this time"));
        if hop == Some(Hop::PublicEcr) {
            return answer
                .likely("CLK-01", "AWS renews its certificates in time: the client's clock is wrong")
                .or(&[("TLS-01", "or something on the way shows one of its own"), ("TLS-06", "or it has expired")]);
        }
        return answer
            .likely("TLS-06", "it has expired, or is not valid yet")
            .possible("CLK-01", "or the client's clock is wrong");
    }
    if parsed.has(Sign::UnknownAuthority) {
        return at(format!("{title} showed a certificate that the client does not trust"))
            .likely("TLS-01", "something on the way inspects TLS and shows a certificate of its own")
            .possible("TLS-04", "or the client's own list of authorities is old or missing");
    }
    if parsed.has(Sign::BadCertificate) {
        return at(format!("{title} showed a certificate that no client takes"))
            .likely("TLS-05", "it is malformed: made by a proxy, or for a registry of one's own")
            .or(&[("TLS-01", "a proxy may have made it"), ("TLS-03", "or it lacks the name")]);
    }
    if parsed.has(Sign::NoCommonTls) {
        return at(format!("{title} and the client have no version or cipher in common"))
            .likely("TLS-07", "something old stands in between: AWS takes TLS 1.2 and later")
            .possible("TLS-02", "or a firewall answers so");
    }
    if parsed.has(Sign::ProxyError) {
        return at(format!("a proxy stands between the client and {title}, and fails"))
            .likely("PRX-02", "the error names the proxy")
            .possible("PRX-01", "it is set in the environment, and ECS' own pull knows nothing of it")
            .unless_unread(parsed);
    }
    let silent = parsed.has(Sign::TlsTimedOut);
    let means = if silent {
        format!("{title} was reached, and the TLS handshake never ended")
    } else {
        format!("{title} was reached, and the TLS handshake was ended with an alert")
    };
    let answer = at(means);
    if silent {
        answer.likely("MTU-01", "large packets are lost on the way: small ones passed").or(&[
            ("TLS-02", "a firewall drops names that it does not allow"),
            ("PRX-01", "a proxy that is set holds the connection"),
            ("RTE-12", "the way is overloaded"),
        ])
    } else {
        // The alert's name tells, and those that are known are messages of the vocabulary.
        answer
            .likely("TLS-02", "a firewall ends handshakes for names that it does not allow")
            .possible("TLS-07", "or the versions do not match")
            .hedged()
    }
}
