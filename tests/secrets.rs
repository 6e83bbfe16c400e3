//! No secret in any stream: every page's world, at the highest verbosity, in every form of output.

mod sim;

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;

use sim::{CANARIES, Loopback, Page, World};

/// Worlds under way at once: most of the time they wait for time-outs.
const SIDE_BY_SIDE: usize = 8;

/// A hostile registry and layer store that echo all they were sent are worlds of their own.
const ECHOES: [&str; 9] = [
    "[reply.token]\nstatus = 400\nbody = '{\"__type\":\"AccessDeniedException\",\"message\":\"{token} of {authorization}\"}'\n",
    "[reply.registry]\nstatus = 500\ncontent_type = \"text/plain\"\nbody = \"you sent {authorization}\"\n",
    "[reply.blob]\nstatus = 403\nbody = '{\"errors\":[{\"code\":\"DENIED\",\"message\":\"{authorization}\"}]}'\n",
    "[reply.manifest]\nstatus = 403\ncontent_type = \"text/plain\"\nbody = \"you sent {authorization} and {query}\"\n",
    "[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 'logs']\n[reply.metrics]\nstatus = 400\nbody = \"{authorization} and {token}\"\n",
    "[reply.layer]\nstatus = 403\ncontent_type = \"text/html\"\nbody = \"<title>you sent {query}</title>\"\n",
    "[vpc]\nnat = true\n[image]\nsidecars = ['docker.io/library/nginx:1.27', 'public.ecr.aws/nginx/nginx:1.27']\n",
    "[vpc]\nnat = true\n[image]\nreference = 'docker.io/library/nginx:1.27'\n\
     [reply.manifest]\nstatus = 401\nbody = '{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"{authorization}\"}]}'\n",
    "[vpc]\nnat = true\n[image]\nreference = 'registry.example.com/team/app:v1'\n\
     [elsewhere]\nhost = 'registry.example.com'\n[reply.blob]\nstatus = 500\nbody = 'you sent {authorization}'\n",
];

fn run(loopback: &Loopback, form: &str, sink: &str, saved: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ecr-probe"))
        .arg("check")
        .args(loopback.world().references())
        .args(["--output", form])
        .args(["--platform", "linux/amd64", "--timeout", "700ms", "--budget", "10s"])
        .args(["--metrics", sink])
        .arg("--save")
        .arg(saved)
        .args(loopback.arguments())
        .env_clear()
        .env("ECR_PROBE_LOG", "trace")
        .envs(loopback.environment())
        .output()
        .expect("the binary starts")
}

fn leaks(world: World, name: &str) -> Vec<String> {
    let loopback = Loopback::start(world).unwrap_or_else(|error| panic!("{name}: {error}"));
    let folder = tempfile::tempdir().expect("a folder");
    let mut leaks = Vec::new();
    // Most worlds have no way to CloudWatch, and finding that out takes its time.
    let sink = if ["healthy", "echo"].contains(&name) { "both" } else { "emf" };
    for form in ["text", "json"] {
        let saved = folder.path().join(form);
        let output = run(&loopback, form, sink, &saved);
        let saved = std::fs::read(&saved).unwrap_or_default();
        assert!(!output.stderr.is_empty(), "{name}: nothing was logged, so nothing was tested");
        for (stream, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr), ("the saved report", &saved)] {
            let text = String::from_utf8_lossy(bytes);
            for canary in CANARIES.iter().filter(|canary| text.contains(**canary)) {
                leaks.push(format!("{name}, {form}: {canary} in {stream}"));
            }
        }
    }
    if loopback.services().stray_credentials() != 0 {
        leaks.push(format!("{name}: credentials went to a host that they are not for"));
    }
    leaks
}

#[test]
fn no_secret_is_written_in_any_world() {
    let pages = Page::all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes")).expect("the pages can be read");
    let mut worlds: Vec<(String, World)> = vec![("healthy".to_owned(), World::healthy())];
    worlds.extend(pages.iter().filter_map(|page| Some((page.code.clone(), page.world().expect("a world")?))));
    let echoes = ECHOES.map(|toml| ("echo".to_owned(), World::from_toml(toml).expect("it is a world")));
    worlds.extend(echoes);
    assert!(worlds.len() > 30);

    let queue = Mutex::new(worlds);
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("no thread panicked").pop();
                    let Some((name, world)) = next else { break };
                    let leaks = leaks(world, &name);
                    found.lock().expect("no thread panicked").extend(leaks);
                }
            });
        }
    });
    let found = found.into_inner().expect("no thread panicked");
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}
