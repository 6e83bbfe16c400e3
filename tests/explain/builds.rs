//! Builds: what the command of a RUN step prints is no failure of a pull, and a base image that cannot be had is one.

use ecr_probe::model::Strength;
use ecr_probe::reason::{Verdict, explain};

use crate::corpus::{codes, context};

const HOST: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

/// What commands print when they fail, none of which is of the pull.
const OUTPUTS: [&str; 9] = [
    "npm ERR! network request to https://registry.npmjs.org/foo failed, reason: connect ETIMEDOUT 104.16.1.1:443",
    "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate",
    "npm ERR! 401 Unauthorized - GET https://npm.pkg.github.com/foo",
    "curl: (6) Could not resolve host: deb.debian.org",
    "fatal: unable to access 'https://github.com/a/b/': The requested URL returned error: 403",
    "pip: 429 Too Many Requests",
    "exec /bin/sh: exec format error",
    "npm ERR! no space left on device",
    "E: Could not connect to deb.debian.org:80 (151.101.2.132), connection timed out",
];

/// How builders end that failed at a command.
const ENDS: [&str; 3] = [
    "ERROR: failed to solve: process \"/bin/sh -c npm ci\" did not complete successfully: exit code: 1",
    "failed to solve with frontend dockerfile.v0: failed to build LLB: executor failed running [/bin/sh -c npm ci]: exit code: 1",
    "The command '/bin/sh -c npm ci' returned a non-zero code: 1",
];

fn log(output: &str, end: &str) -> String {
    format!(
        "#5 [internal] load metadata for {HOST}/base:v1\n#5 DONE 0.4s\n#6 [1/2] FROM {HOST}/base:v1\n#9 [2/2] RUN npm ci\n#9 1.204 {output}\n{end}"
    )
}

#[test]
fn the_output_of_a_command_is_no_pulls() {
    let context = context();
    for (output, end) in OUTPUTS.iter().flat_map(|output| ENDS.iter().map(move |end| (output, end))) {
        let text = log(output, end);
        let explanation = explain(&text, &context);
        assert_eq!(explanation.verdict, Verdict::NotAPullProblem, "{:?}: {text}", codes(&explanation));
        assert!(explanation.diagnoses.iter().all(|it| it.strength == Strength::Possible), "{text}");
        let is_network = |code: &&str| !["DSK-01", "IMG-05"].contains(code);
        assert_eq!(codes(&explanation).into_iter().find(|it| is_network(it)), None, "{text}");
    }
}

#[test]
fn a_base_image_that_cannot_be_had_is_a_pulls() {
    let context = context();
    for (end, expected) in [
        (
            format!(
                "ERROR: failed to solve: {HOST}/base:v1: failed to resolve source metadata for {HOST}/base:v1: {HOST}/base:v1: not found"
            ),
            "IMG-02",
        ),
        (
            format!(
                "ERROR: failed to solve: {HOST}/base:v1: failed to resolve source metadata for {HOST}/base:v1: unexpected status from HEAD request to https://{HOST}/v2/base/manifests/v1: 401 Unauthorized"
            ),
            "TOK-03",
        ),
    ] {
        // The next build of the same log.
        let text = format!("{}\n{end}", log(OUTPUTS[0], ENDS[0]));
        let explanation = explain(&text, &context);
        assert_eq!(codes(&explanation).first(), Some(&expected), "{text}");
    }
}
