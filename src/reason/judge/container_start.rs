//! Containers whose image is there, and that could not be started.

use crate::reason::of_pull::is_told_in;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// Whether a container was started. Files are missing and denied to what pulls, too.
pub fn is_told(parsed: &Parsed) -> bool {
    const WORDS: [&str; 4] = ["runc", "exec:", "startcontainerprocess", "cannotstart"];
    let is_pulling = parsed.has(Sign::Pull) && !parsed.has(Sign::Pulled)
        || parsed.plain.tight.contains("execingcredentialproviderplugin");
    let names_program = || WORDS.iter().any(|it| parsed.plain.tight.contains(it));
    // What fails behind it may be a pull.
    let is_set_up = parsed.last(&[Sign::SetUp]).is_some_and(|at| !is_told_in(&parsed.plain.line[at..]));
    is_set_up || parsed.has(Sign::ContainerRuntime) || parsed.has(Sign::NoExecutable) && !is_pulling && names_program()
}
