//! scratch
#[path = "healthy/layouts.rs"]
mod layouts;
mod sim;
mod support;

use ecr_probe::model::Report;
use sim::{Page, World};
use support::configuration::audit;

fn line(report: &Report) -> String {
    let codes: Vec<String> = report
        .diagnoses
        .iter()
        .map(|it| {
            format!(
                "{}[{}]{} {:?} fix={:?}",
                it.severity.name(),
                it.code,
                it.strength.name(),
                it.blame.as_ref().map(|b| b.resources.clone()),
                it.fixes.first().map(|f| format!("{:?}", f.applicability))
            )
        })
        .collect();
    format!(
        "{:?} {} unexplained {:?} unseen {:?}",
        report.verdict,
        codes.join(" | "),
        report.unexplained,
        report.configured.as_ref().map(|c| c.unseen.iter().map(|u| u.action.clone()).collect::<Vec<_>>())
    )
}

#[test]
fn pages() {
    for page in Page::all(std::path::Path::new("docs/codes")).unwrap() {
        for (what, world) in [("world", page.world().unwrap()), ("fixed", page.fixed_world().unwrap())] {
            let Some(world) = world else { continue };
            println!("P {} {what}: {}", page.code, line(&audit(&world)));
        }
    }
}

#[test]
fn layouts_() {
    for (why, toml) in layouts::LAYOUTS {
        println!("L {why}: {}", line(&audit(&World::from_toml(toml).unwrap())));
    }
}

#[test]
fn zz_debug() {
    for code in ["DNS-08", "HUB-02", "PUB-01", "RTE-16", "DNS-12", "DNS-07"] {
        let page = Page::all(std::path::Path::new("docs/codes")).unwrap().into_iter().find(|p| p.code == code).unwrap();
        println!(
            "=== {code}\n{}\n{}",
            page.world.clone().unwrap(),
            ecr_probe::render::text(&audit(&page.world().unwrap().unwrap()), ecr_probe::render::Style::Plain)
        );
    }
    for (why, toml) in layouts::LAYOUTS {
        if [
            "IPv6 only",
            "IPv6 only, and the registry's dual-stack name",
            "the same on EC2, where the agent asks the API's dual-stack host",
            "the registry's dual-stack name by NAT, while the API has an endpoint",
            "a task on ECS Anywhere",
            "FIPS endpoints with IPv6 addresses, in a subnet that has IPv6 only",
        ]
        .contains(&why)
        {
            println!(
                "=== {why}\n{toml}\n{}",
                ecr_probe::render::text(&audit(&World::from_toml(toml).unwrap()), ecr_probe::render::Style::Plain)
            );
        }
    }
}
