//! Docker tells of the layers that it gets: then the registry has the image, and gave this client its manifest.

use super::answer::Answer;
use crate::model::Stage;
use crate::reason::host_kind::HostKind;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// Where Docker last tells of a layer, if it does not say after it that the image was pulled, or that the next step has begun.
pub fn last(parsed: &Parsed) -> Option<usize> {
    let progress = parsed.last(&[Sign::LayerProgress])?;
    let line = parsed.plain.line.get(progress..).unwrap_or_default();
    // Compose says `redis Pulled`, and Docker gives the digest first.
    let is_done = ["Digest: sha256:", "Step ", "Container "].iter().any(|it| line.contains(it))
        || line.split(' ').any(|word| word == "Pulled");
    (parsed.last(&[Sign::Pulled]) < Some(progress) && !is_done).then_some(progress)
}

/// Whether layers were on their way when the pull failed. Another image may have been asked for beside it: Docker names the
/// one that it was denied, or the manifest, and a client without a login gets none.
pub fn have_begun(parsed: &Parsed) -> bool {
    let of_another = [Sign::ManifestPath, Sign::NoBasicAuth];
    let is_of_another = parsed.plain.tight.contains("accessdeniedfor");
    last(parsed).is_some_and(|at| parsed.last(&of_another) < Some(at)) && !is_of_another
}

/// The registry gave the manifest, and then denied a layer.
pub fn denied(parsed: &Parsed) -> Answer {
    let answer = Answer::at(Stage::LayerUrl, "the registry gave the manifest, and then denied a layer");
    let clock = ("CLK-01", "or the clock of the host is wrong, so that a token seems to have expired");
    if parsed.names(HostKind::Registry) {
        let answer = answer.likely("IAM-03", "the role may get the manifest, and not the layers");
        return answer.or(&[("TOK-01", "or the login expired during the pull"), clock]);
    }
    answer.likely("IAM-12", "the login expired during the pull, or does not cover the layer").or(&[clock])
}

#[cfg(test)]
mod tests {
    use super::super::tests::judge;

    #[test]
    fn a_registry_that_gives_layers_has_the_image() {
        let first = |text: &str| judge(text).causes.into_iter().map(|cause| cause.code).collect::<Vec<_>>();
        let layers = "latest: Pulling from a/b\n0258593a9987: Pull complete\n6ce9a11ae9d6: Downloading [=> ] 1MB/9MB\n";
        assert_eq!(first(&format!("{layers}denied: requested access to the resource is denied")), ["IAM-12", "CLK-01"]);
        assert_eq!(first(&format!("{layers}unauthorized: authentication required")), ["IAM-12", "CLK-01"]);
        assert_eq!(first(&format!("{layers}unexpected EOF"))[0], "LYR-04");
        // Without the head of the list, too.
        assert_eq!(first("0258593a9987: Download complete\nunexpected EOF")[0], "LYR-04");
        for other in
            ["0258593a9987z: Download complete", "branch 0258593a9987 already exists", "0258593a9987 downloading"]
        {
            assert_eq!(first(&format!("{other}\nunexpected EOF")), [""; 0], "{other}");
        }
        // The next image, and another one.
        let next = "Status: Downloaded newer image for a/b:latest\n$ docker pull c/d\n";
        let denied = "Error response from daemon: pull access denied for c/d, repository does not exist";
        assert_eq!(first(&format!("{layers}{next}{denied}"))[0], "IMG-03");
        assert_eq!(first(&format!("{layers}{denied}"))[0], "IMG-03");
        let compose = " redis Pulling\n 0258593a9987 Pull complete\n redis Pulled\n";
        let url = "Head \"https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/web/manifests/1\"";
        assert_eq!(
            first(&format!("{compose} web Error\nError response from daemon: {url}: no basic auth credentials"))[0],
            "TOK-03"
        );
        assert_ne!(first(&format!("{layers}Error response from daemon: {url}: denied"))[0], "IAM-03");
        // What runs then.
        for log in ["Error: connect ECONNREFUSED 127.0.0.1:5432", "OSError: [Errno 28] No space left on device"] {
            assert_eq!(first(&format!("{compose} Container x-redis-1  Started\napp-1  | {log}")), [""; 0], "{log}");
        }
    }
}
