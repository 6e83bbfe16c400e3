//! Running the probe over a simulated world in memory.

#![allow(dead_code, reason = "each test binary includes this and uses its own part")]

pub mod configuration;

use std::rc::Rc;
use std::time::Duration;

use ecr_probe::config::{Environment, PullDepth};
use ecr_probe::edge::Edge;
use ecr_probe::image::Reference;
use ecr_probe::model::{Report, Timestamp};
use ecr_probe::observe::{KeptTokens, Sampling, Walk};
use ecr_probe::plan::Plan;
use ecr_probe::run;
use ecr_probe::wire::oci::Platform;

use crate::sim::{MemoryEdge, World};

/// That of a full verification.
const BUDGET: Duration = Duration::from_secs(300);

/// Checks the world's image in it, from plan to report.
pub fn check(world: World) -> Report {
    check_edge(&MemoryEdge::new(world))
}

pub fn check_edge(edge: &MemoryEdge) -> Report {
    check_edge_to(edge, PullDepth::Verify)
}

/// As deep as a round of a watch goes that is not full, or a full one.
pub fn check_edge_to(edge: &MemoryEdge, depth: PullDepth) -> Report {
    check_edge_with(edge, depth, None)
}

/// With the tokens of the rounds before.
pub fn check_edge_with(edge: &MemoryEdge, depth: PullDepth, tokens: Option<Rc<KeptTokens>>) -> Report {
    let world = edge.world();
    let parse = |text: &String| Reference::parse(text).expect("the world's references are some");
    // A task without arguments checks the images of its own containers.
    let of_task = edge.task_metadata().filter(|_| world.task.image.is_none());
    let of_task = of_task.map(|task| task.images().into_iter().map(str::to_owned).collect());
    let references: Vec<Reference> = of_task.unwrap_or_else(|| world.references()).iter().map(parse).collect();
    let variables = |name: &str| edge.world().variable(name).filter(|_| name.starts_with("AWS_"));
    let environment = Environment::read(&variables).expect("the world's endpoint URL is one");
    let plan = Plan::new(&references, &environment).with_services(&world.also, world.region());
    let how = Walk {
        platform: Platform::parse("linux/amd64").expect("it is a platform"),
        depth,
        sampling: Sampling { count: world.samples.unwrap_or(1), longest_ms: f64::INFINITY },
        skip_other_registries: depth != PullDepth::Verify,
        caller_region: Some(edge.world().region().to_owned()),
        proxy_variables: edge.world().proxy_variables.clone(),
        facts: edge.facts(),
        tokens,
        until_ms: run::layers_until_ms(BUDGET),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let observed = runtime.block_on(run::observe(
        edge,
        &plan,
        &how,
        edge.vantage(),
        Timestamp(edge.now()),
        BUDGET,
        std::future::pending(),
    ));
    assert!(edge.elapsed_ms() >= 0.0);
    run::judge(observed)
}
