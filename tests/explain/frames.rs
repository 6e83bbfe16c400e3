//! Messages of programs as they reach a reader: filled with names and numbers, and wrapped in those of the programs that
//! pass them on.

/// Names and numbers by chance, the same for the same seed.
pub struct Fill(u64);

const SYLLABLES: [&str; 16] = [
    "fra", "quol", "zin", "mor", "pan", "krid", "vos", "bram", "leth", "dor", "zeph", "nor", "tul", "wex", "jub", "hak",
];

impl Fill {
    pub fn new(seed: u64) -> Self {
        Fill(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, bound: u64) -> u64 {
        // Knuth's constants (MMIX).
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn word(&mut self) -> String {
        (0..3).map(|_| SYLLABLES[self.below(16) as usize]).collect()
    }

    /// Words that no program prints.
    pub fn words(&mut self, count: usize) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    /// Where the next blank of a template is, how long, and whether a number goes there.
    fn blank(text: &str) -> Option<(usize, usize, bool)> {
        text.char_indices().find_map(|(at, character)| {
            let rest = &text[at..];
            if character == '{' {
                let (name, _) = rest[1..].split_once('}')?;
                return name.bytes().all(|it| it.is_ascii_lowercase()).then_some((at, name.len() + 2, false));
            }
            let rest = rest.strip_prefix('%')?;
            let flags = rest.find(|it: char| !"+#.0123456789".contains(it))?;
            let verb = rest[flags..].chars().next().filter(|it| "svqdxwTf".contains(*it))?;
            Some((at, flags + 2, "dxf".contains(verb)))
        })
    }

    /// The words of a template between its blanks.
    pub fn pieces(mut template: &str) -> Vec<&str> {
        let mut pieces = Vec::new();
        while let Some((at, length, _)) = Self::blank(template) {
            pieces.push(&template[..at]);
            template = &template[at + length..];
        }
        pieces.push(template);
        pieces
    }

    /// The message with something in each blank.
    pub fn template(&mut self, mut template: &str) -> String {
        let mut text = String::new();
        while let Some((at, length, is_number)) = Self::blank(template) {
            text.push_str(&template[..at]);
            text.push_str(&if is_number { (2 + self.below(60_000)).to_string() } else { self.word() });
            template = &template[at + length..];
        }
        text + template
    }

    /// The same with `inner` in the last blank, or behind the message where it ends with words.
    pub fn around(&mut self, template: &str, inner: &str) -> String {
        let pieces = Self::pieces(template);
        let last = pieces.last().copied().unwrap_or_default();
        if pieces.len() > 1 && last.len() < 3 {
            let before = template.len() - last.len();
            let start = template[..before].rfind(['%', '{']).unwrap_or(before);
            return format!("{}{inner}{last}", self.template(&template[..start]));
        }
        format!("{}: {inner}", self.template(template))
    }
}

/// The message where its program would print it, of a pull of an image from private ECR or, where the words are another
/// registry's, from that one.
pub fn framed(program: &str, stage: &str, text: &str, fill: &mut Fill) -> String {
    let account = 100_000_000_000 + fill.below(899_999_999_999);
    let region = ["eu-west-1", "us-east-2", "ap-south-1", "sa-east-1"][fill.below(4) as usize];
    let host = format!("{account}.dkr.ecr.{region}.amazonaws.com");
    let image = format!("{host}/{}:{}", fill.word(), fill.word());
    let is = |names: &[&str]| names.iter().any(|it| program.starts_with(it));
    let has = |words: &[&str]| words.iter().any(|it| text.contains(it));
    let resources =
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:";
    let kubelet = format!("Failed to pull image \"{image}\": rpc error: code = Unknown desc =");
    let manifest = format!(
        "CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref {image}:"
    );
    if has(&["iam:PassRole"]) {
        return format!("(service web) failed to launch a task with (error {text}).");
    }
    if program == "dockerhub-registry"
        || has(&["insufficient_scope", "requested access", "/token", "access to the requested"])
    {
        let registry =
            if has(&["access to the requested", "denied: denied"]) { "quay.io/acme/x:1" } else { "docker.io/acme/x:1" };
        return format!("CannotPullContainerError: Error response from daemon: pulling {registry}: {text}");
    }
    if has(&["admission webhook"]) {
        return format!("Error creating: pod with image {image}: {text}");
    }
    if program == "fargate-agent" && has(&["context canceled"]) {
        return format!("CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: {text}");
    }
    let own_words = [
        "fargate-agent",
        "ecs-control-plane",
        "ecs-service-events",
        "ecs-managed-instances",
        "aws-apprunner",
        "container-exit",
        "aws-lambda-image",
        "aws-sagemaker",
        "aws-batch",
        "aws-codebuild",
        "aws-eks-fargate",
        "kubelet",
        "ecs-agent/dockerapi",
        "ecs-agent/engine",
        "ecs-agent/ecr",
        "ecs-agent/errormessages",
    ];
    if is(&own_words) {
        return text.to_owned();
    }
    match (program, stage) {
        _ if is(&["ecs-agent/taskresource", "efs-utils", "ecs-init"]) => format!("ResourceInitializationError: {text}"),
        ("moby/logdrivers", _) => format!(
            "CannotStartContainerError: Error response from daemon: failed to create task for container: failed to initialize logging driver: {text}"
        ),
        ("aws-ssm", _) => {
            format!("{resources} unable to retrieve secrets from ssm: service call has been retried 2 time(s): {text}")
        }
        (_, "secrets") => {
            format!("{resources} unable to retrieve secret from asm: service call has been retried 2 time(s): {text}")
        }
        (_, "logs") => format!("ResourceInitializationError: failed to validate logger args: {text}"),
        _ if has(&["No such image:"]) => format!("CannotCreateContainerError: Error response from daemon: {text}"),
        (_, "start") => format!("CannotStartContainerError: Error response from daemon: {text}"),
        _ if is(&["aws-iam", "aws-kms", "aws-ecr-api"]) && stage != "layer-url" => format!("{manifest} {text}"),
        (_, "auth-token" | "" | "tls" | "dns" | "route") if is(&["aws-sdk", "botocore", "aws-common"]) => {
            format!("{resources} unable to retrieve ecr registry auth: service call has been retried 3 time(s): {text}")
        }
        _ if is(&["moby", "distribution", "docker", "errno/windows"]) => {
            format!("CannotPullContainerError: Error response from daemon: {text}")
        }
        (_, "unpack") if is(&["containers/", "podman"]) => {
            format!("{kubelet} copying system image from manifest list: writing blob: {text}")
        }
        _ if is(&["containers/", "cri-o", "podman", "skopeo", "proxy-pages"]) => format!(
            "{kubelet} unable to pull image or OCI artifact: pull image err: initializing source docker://{image}: {text}"
        ),
        ("buildkit", _) => {
            format!("ERROR: failed to solve: {image}: failed to resolve source metadata for {image}: {text}")
        }
        (_, "layer-bytes" | "layer-url") => format!(
            "CannotPullContainerError: ref pull has been retried 3 time(s): failed to copy: httpReadSeeker: failed open: {text}"
        ),
        (_, "unpack") => {
            format!(
                "{kubelet} failed to pull and unpack image \"{image}\": failed to extract layer sha256:{account:x}: {text}"
            )
        }
        _ if is(&["oras", "go-containerregistry", "kaniko", "nerdctl"]) => {
            format!("error pulling image {image}: {text}")
        }
        _ if is(&["go/", "errno", "openssl"]) => {
            format!("{manifest} failed to do request: Head \"https://{host}/v2/x/manifests/9\": {text}")
        }
        _ => format!(
            "{kubelet} failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {text}"
        ),
    }
}
