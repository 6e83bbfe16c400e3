//! Every service of a cluster: a line each, and what they share is read once.

use crate::moto::Moto;

#[test]
fn fifty_services_are_a_line_each() {
    let Some(mut moto) = Moto::start() else { return };
    moto.world(&["many_services", "rte_04"]);
    let seen = moto.probe(&["audit", "--cluster", "main"]);
    assert_eq!(seen.exit, 1, "{}{}", seen.stdout, seen.stderr);
    let lines: Vec<&str> = seen.stdout.lines().filter(|line| line.starts_with("unhealthy")).collect();
    assert_eq!(lines.len(), 50, "{}", seen.stdout);
    assert!(lines.iter().all(|line| line.contains("RTE-04")), "{}", seen.stdout);

    let seen = moto.probe(&["audit", "--cluster", "main", "--output", "json"]);
    let reports: Vec<serde_json::Value> =
        seen.stdout.lines().map(|line| serde_json::from_str(line).expect("a report a line")).collect();
    assert_eq!(reports.len(), 50);
    assert!(reports.iter().all(|report| report["diagnoses"][0]["code"] == "RTE-04"));
}
