//! Signatures, checked as AWS does (IAM User Guide, "Create a signed AWS API request"): written without the signer
//! that the probe uses.

use std::fmt::Write;

use ring::{digest, hmac};

use super::super::secrets;
use super::Request;

/// What is wrong with the signature of a request to a host's root: code and message.
pub fn problem(request: &Request) -> Option<(&'static str, String)> {
    let mismatch = || {
        let message = "The request signature we calculated does not match the signature you provided.";
        ("InvalidSignatureException", message.to_owned())
    };
    if request.header("x-amz-security-token") != Some(secrets::SESSION_TOKEN) {
        return Some(("UnrecognizedClientException", "The security token included in the request is invalid.".into()));
    }
    let expected = signature(request);
    let sent = field(request, "Signature=");
    (expected.is_none() || expected.as_deref() != sent).then(mismatch)
}

/// A part of the `Authorization` header.
fn field<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    let (_, after) = request.header("authorization")?.split_once(name)?;
    after.split(',').next()
}

fn signature(request: &Request) -> Option<String> {
    let signed = field(request, "SignedHeaders=")?;
    let mut canonical = format!("{}\n{}\n\n", request.method, request.path);
    for name in signed.split(';') {
        writeln!(canonical, "{name}:{}", request.header(name)?).ok()?;
    }
    for needed in ["content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"] {
        signed.split(';').find(|name| *name == needed)?;
    }
    write!(canonical, "\n{signed}\n{}", hash(&request.body)).ok()?;

    let (_, scope) = field(request, "Credential=")?.split_once('/')?;
    let date = request.header("x-amz-date")?;
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hash(canonical.as_bytes()));
    let mut key = format!("AWS4{}", secrets::SECRET_KEY).into_bytes();
    for part in scope.split('/') {
        key = mac(&key, part);
    }
    Some(hexadecimal(&mac(&key, &text)))
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

fn hash(bytes: &[u8]) -> String {
    hexadecimal(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
