//! A simulated AWS on the loopback interface, and the probe run against it: no account, no root,
//! no network.
//!
//! `cargo run --example lab` is the healthy pull; `-- RTE-03` is the broken world of that code's
//! page, `-- RTE-03 --fixed` the fixed one, `-- --list` names them all. `--html FILE` also writes
//! the result as a page for a browser. What follows is handed to the probe. The lab itself speaks
//! on stderr, so that stdout is the probe's alone.

#[path = "../tests/sim/mod.rs"]
mod sim;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use sim::{Loopback, Page, World};

/// The first argument of the process that is the probe.
const AS_PROBE: &str = "as-the-probe";

const HELP: &str = "\
usage: cargo run --example lab -- [CODE [--fixed]] [--html FILE] [OPTIONS OF ecr-probe check]
       cargo run --example lab -- --list";

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if arguments.first().is_some_and(|first| first == AS_PROBE) {
        return ecr_probe::entry::main(["ecr-probe".into()].into_iter().chain(arguments.into_iter().skip(1)));
    }
    let done = Wish::read(arguments).and_then(|wish| match wish {
        Wish::Help => {
            println!("{HELP}");
            Ok(())
        }
        Wish::List => list(),
        Wish::Run(scene, options) => Html::take(options).and_then(|(page, options)| run(&scene, options, page)),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("lab: {why}");
            ExitCode::from(2)
        }
    }
}

/// What the reader wants to see.
enum Wish {
    Help,
    List,
    /// A scene, with options for the probe.
    Run(Scene, Vec<OsString>),
}

/// A world with what to say about it.
struct Scene {
    world: World,
    title: String,
    sentence: String,
    /// What the world says differently from the healthy one.
    difference: String,
    /// A command to try next, and what it shows.
    next: [(String, &'static str); 2],
}

impl Wish {
    fn read(mut arguments: Vec<OsString>) -> Result<Wish, String> {
        let first = arguments.first().and_then(|first| first.to_str()).unwrap_or_default().to_owned();
        match first.as_str() {
            "--help" | "-h" => return Ok(Wish::Help),
            "--list" => return Ok(Wish::List),
            option if option.is_empty() || option.starts_with('-') => {}
            code => {
                arguments.remove(0);
                let fixed = arguments.iter().position(|argument| argument == "--fixed");
                if let Some(at) = fixed {
                    arguments.remove(at);
                }
                return Ok(Wish::Run(Scene::of_page(code, fixed.is_some())?, arguments));
            }
        }
        Ok(Wish::Run(Scene::healthy(), arguments))
    }
}

/// The file for a browser that the reader asks for.
struct Html {
    file: PathBuf,
    /// The report that it is made of.
    report: PathBuf,
    /// Whether the reader wants to keep that.
    is_kept: bool,
}

impl Html {
    /// Takes `--html FILE` out of the options of the probe, which then saves its report.
    fn take(mut options: Vec<OsString>) -> Result<(Option<Html>, Vec<OsString>), String> {
        let Some(at) = options.iter().position(|option| option == "--html") else { return Ok((None, options)) };
        let file = options.get(at + 1).map(PathBuf::from).ok_or("--html: name the file to write")?;
        options.drain(at..at + 2);
        let saved = options.iter().position(|option| option == "--save").and_then(|at| options.get(at + 1));
        let is_kept = saved.is_some();
        let report = saved.map(PathBuf::from).unwrap_or_else(|| {
            let report = file.with_extension(format!("{}.json", std::process::id()));
            options.extend(["--save".into(), report.clone().into()]);
            report
        });
        Ok((Some(Html { file, report, is_kept }), options))
    }

    /// Has the probe judge its own report again, as a page.
    fn write(&self, own: &Path) -> Result<(), String> {
        let why = |error: std::io::Error| format!("{}: {error}", self.file.display());
        let page = std::fs::File::create(&self.file).map_err(why)?;
        let judged = Command::new(own)
            .args([AS_PROBE, "judge", "--output", "html"])
            .arg(&self.report)
            .env_clear()
            .stdout(page)
            .status();
        if !self.is_kept {
            std::fs::remove_file(&self.report).map_err(why)?;
        }
        judged.map_err(why)?;
        eprintln!("page: {}", self.file.display());
        Ok(())
    }
}

impl Scene {
    fn healthy() -> Scene {
        Scene {
            world: World::healthy(),
            title: "A healthy pull".into(),
            sentence: "A private subnet with endpoints for ECR and S3, and no NAT: all that a pull needs.".into(),
            difference: String::new(),
            next: [
                (lab("RTE-03"), "the same pull without the S3 gateway endpoint"),
                (lab("--list"), "every world that can be broken"),
            ],
        }
    }

    fn of_page(code: &str, fixed: bool) -> Result<Scene, String> {
        let code = code.to_ascii_uppercase();
        let unknown = || format!("no world is called {code:?}; cargo run --example lab -- --list names them");
        let plain = code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let path = pages().join(format!("{code}.md"));
        let text = std::fs::read_to_string(path).ok().filter(|_| plain).ok_or_else(unknown)?;
        let page = Page::parse(&text).map_err(|error| format!("the page of {code}: {error}"))?;
        let (world, difference, next) = if fixed {
            (page.fixed_world()?, &page.fixed, [(lab(&code), "the world before"), explain(&code)])
        } else {
            (page.world()?, &page.world, [(lab(&format!("{code} --fixed")), "the same world, fixed"), explain(&code)])
        };
        Ok(Scene {
            world: world.ok_or_else(unknown)?,
            title: format!("{} {}{}", page.code, page.name, if fixed { ", fixed" } else { "" }),
            sentence: page.sentence.clone(),
            difference: difference.clone().unwrap_or_default(),
            next,
        })
    }
}

fn lab(arguments: &str) -> String {
    format!("cargo run --example lab -- {arguments}")
}

fn explain(code: &str) -> (String, &'static str) {
    (format!("cargo run -- explain {code}"), "why it happens, what else looks like it, how to fix it")
}

fn pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes")
}

fn list() -> Result<(), String> {
    let pages: Vec<Page> = Page::all(&pages())?.into_iter().filter(|page| page.world.is_some()).collect();
    let width = pages.iter().map(|page| page.name.len()).max().unwrap_or_default();
    for page in pages {
        println!("{:7} {:width$}  {}", page.code, page.name, page.sentence);
    }
    Ok(())
}

/// Raises the world, shows where it stands, and lets the probe loose on it.
fn run(scene: &Scene, options: Vec<OsString>, page: Option<Html>) -> Result<(), String> {
    let loopback = Loopback::start(scene.world.clone()).map_err(|error| format!("no simulated AWS: {error}"))?;
    let mut arguments: Vec<OsString> = vec!["check".into()];
    arguments.extend(scene.world.references().into_iter().map(OsString::from));
    arguments.extend(loopback.arguments());
    for (option, value) in [("--timeout", "1s"), ("--platform", "linux/amd64")] {
        if !options.iter().any(|given| given.to_string_lossy().starts_with(option)) {
            arguments.extend([option.into(), value.into()]);
        }
    }
    arguments.extend(options);
    introduce(scene, &loopback, &arguments);

    let own = std::env::current_exe().map_err(|error| format!("the lab cannot find itself: {error}"))?;
    // Nothing of the reader's own AWS settings reaches the probe; what the terminal is like does.
    let terminal = ["TERM", "NO_COLOR", "COLUMNS"].into_iter();
    let terminal = terminal.filter_map(|name| Some((name.to_owned(), std::env::var_os(name)?)));
    let status = Command::new(&own)
        .arg(AS_PROBE)
        .args(&arguments)
        .env_clear()
        .envs(terminal)
        .envs(loopback.environment())
        .status()
        .map_err(|error| format!("the probe cannot be started: {error}"))?;

    let verdict = match status.code() {
        Some(0) => "healthy enough to pull",
        Some(1) => "a fault was diagnosed",
        Some(3) => "nothing could be concluded",
        _ => "the probe itself had trouble",
    };
    eprintln!("\nexit {}: {verdict}", status.code().unwrap_or(-1));
    if let Some(page) = page {
        page.write(&own)?;
    }
    let width = scene.next.iter().map(|(command, _)| command.len()).max().unwrap_or_default();
    for ((command, shows), lead) in scene.next.iter().zip(["next:", "     "]) {
        eprintln!("{lead} {command:width$}  # {shows}");
    }
    Ok(())
}

fn introduce(scene: &Scene, loopback: &Loopback, arguments: &[OsString]) {
    eprintln!("{}\n{}\n", scene.title, scene.sentence);
    if !scene.difference.trim().is_empty() {
        eprintln!("Where it differs from the healthy subnet:");
        for line in scene.difference.trim_end().lines() {
            eprintln!("    {line}");
        }
        eprintln!();
    }
    let places: Vec<String> = sim::aws::hosts_of_the_pull(&scene.world)
        .into_iter()
        .filter_map(|(name, host)| place(scene, loopback, name, &host))
        .collect();
    let servers: Vec<String> = loopback.name_servers().iter().map(ToString::to_string).collect();
    let text = format!(
        "A simulated AWS stands on loopback: DNS at {}{}. Port {} stands for 443 everywhere.",
        servers.join(" and "),
        places.iter().map(|place| format!("; {place}")).collect::<String>(),
        loopback.port()
    );
    eprintln!("{}\n", wrapped(&text));
    eprintln!("$ ecr-probe {}\n", command_line(arguments));
}

/// `the endpoint of ecr.api at 127.0.1.10 and 127.0.12.10`
fn place(scene: &Scene, loopback: &Loopback, name: &str, host: &str) -> Option<String> {
    let addresses = sim::names::addresses(&scene.world, host);
    let endpoint = addresses.iter().any(|address| scene.world.vpc.endpoint_at(*address).is_some());
    let kind = if endpoint { "the endpoint of " } else { "" };
    let here: Vec<String> = addresses.iter().map(|address| loopback.address(*address).to_string()).collect();
    (!here.is_empty()).then(|| format!("{kind}{name} at {}", here.join(" and ")))
}

/// Lines of at most a hundred characters.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("there is always a line");
        if last.len() + word.len() > 99 {
            lines.push(word.to_owned());
        } else {
            last.push_str(if last.is_empty() { "" } else { " " });
            last.push_str(word);
        }
    }
    lines.join("\n")
}

/// One option a line, so that it can be read and pasted.
fn command_line(arguments: &[OsString]) -> String {
    let mut line = String::new();
    for argument in arguments.iter().map(|argument| argument.to_string_lossy()) {
        let breaks = argument.starts_with("--");
        line.push_str(match (line.is_empty(), breaks) {
            (true, _) => "",
            (_, true) => " \\\n    ",
            (_, false) => " ",
        });
        line.push_str(&argument);
    }
    line
}
