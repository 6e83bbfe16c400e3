//! What happened to a program of which the text does not say that it pulled an image or started a task: told without a
//! code, since a code would say whose fault it is.

use super::answer::Answer;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// What the signs say of any program: causes before symptoms.
const SAYS: [(&[Sign], &str); 22] = [
    (&[Sign::NoSpace], "a disk or a quota is full"),
    (&[Sign::ClockSkew], "AWS rejected a signature by its time: the clock is wrong"),
    (&[Sign::BadKeys], "AWS rejected the keys that signed a request"),
    (&[Sign::NoCredentials], "a program found no AWS credentials"),
    (&[Sign::Denied, Sign::S3Denied, Sign::KmsDenied], "AWS denied a call"),
    (&[Sign::Throttled, Sign::SlowDown], "a service of AWS throttled a call"),
    (&[Sign::TooMany], "a service throttled a request"),
    (&[Sign::WrongPassword], "a user's name or password was rejected"),
    (&[Sign::AuthRequired, Sign::Unauthorized], "a service requires authentication"),
    (&[Sign::UnknownAuthority], "a certificate is not trusted"),
    (&[Sign::OtherName], "a certificate is for another name"),
    (&[Sign::OutOfValidity], "a certificate has expired or is not valid yet"),
    (&[Sign::TlsTimedOut], "a TLS handshake timed out"),
    (&[Sign::TlsAlert, Sign::NoCommonTls, Sign::BadCertificate, Sign::NotTls], "a TLS handshake failed"),
    (&[Sign::NoSuchHost], "a name does not exist for the name server"),
    (&[Sign::NameError, Sign::NameTimedOut], "a name server failed"),
    (&[Sign::Refused], "a connection was refused"),
    (&[Sign::NoRoute, Sign::NetUnreachable], "an address is unreachable"),
    (&[Sign::NoLocalAddress], "the host had no local address or port to connect from"),
    (&[Sign::OpenFiles], "a process had no open files left"),
    (&[Sign::Reset, Sign::CutShort, Sign::Eof], "a connection was closed early"),
    (&[Sign::TimedOut, Sign::NoAnswer], "a connection or a request timed out"),
];

/// The failure, without saying whose.
pub fn judge(parsed: &Parsed) -> Answer {
    let of_whom = "nothing in the text says that it is of an image pull or of a task's start";
    let Some((_, what)) = SAYS.iter().find(|(signs, _)| parsed.any(signs)) else {
        return Answer::unrecognised(None, of_whom);
    };
    let at = parsed.address.as_ref().map(|known| match parsed.port {
        Some(port) if known.address.is_ipv6() => format!(" ([{}]:{port})", known.address),
        Some(port) => format!(" ({}:{port})", known.address),
        None => format!(" ({})", known.address),
    });
    Answer::unrecognised(None, format!("{what}{}; {of_whom}", at.unwrap_or_default()))
}
