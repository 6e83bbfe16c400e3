//! The pause image, which holds the network of a task or a pod: the host has it from the start, and nothing pulls it
//! again with a login.

use super::answer::Answer;
use crate::model::Stage;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// `None` leaves the text to the next rule.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    let tight = &parsed.plain.tight;
    if !tight.contains("pause") {
        return None;
    }
    let names = |words: &[&str]| words.iter().any(|it| tight.contains(it));
    let missing = names(&["amazon-ecs-pause", "eks/pause"]) && parsed.any(&[Sign::NotFound, Sign::NoSuchImage]);
    // The image was there when the sandbox was to be made, and its content is not.
    let emptied = names(&["podsandbox"]) && names(&["pause:", "pause@"]) && names(&["failedtogetimagefromcontainerd"]);
    // A node that asks for it has lost it. What keeps the token from coming is another matter.
    let asked_for = names(&["failedtogetsandboximage"]) && names(&["eks/pause", "kubernetes/pause"]);
    let no_login = parsed.has(Sign::NoBasicAuth) || parsed.status(|status| status == 401).is_some();
    let no_answer = parsed.any(&[Sign::TimedOut, Sign::NoAnswer, Sign::NoSuchHost, Sign::NameError]);
    let of_node = asked_for && !no_answer && (no_login || names(&["localhost/"]));
    // The agent says no more where it cannot load its own.
    let of_agent = names(&["failedtopullimageamazon/amazon-ecs-pause", "container~internal~ecs~pause"]) && !no_answer;
    (missing || emptied || of_node || of_agent).then(|| {
        Answer::at(Stage::TaskStart, "the pause image, which holds the network of a task or pod, is gone")
            .likely("HOST-04", "the agent or node loads it once; something removed it, and nothing pulls it again")
    })
}
