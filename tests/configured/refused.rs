//! scratch
use super::support::configuration::audit;
use super::{codes, world};
use ecr_probe::account::ACTIONS;

#[test]
fn scratch() {
    for toml in ["", "[vpc]\nnat = true\ninterface_endpoints = ['ecr.dkr']", "[account]\nsecrets = ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:b-1a2b3c:key::', '/a']\nsecret_key = 'arn:aws:kms:eu-west-1:123456789012:key/1'", "[task]\nlaunch_type = 'ec2'"] {
        println!("## {toml}");
        for action in ACTIONS.iter().flat_map(|(_, a)| a.iter()) {
            let sep = if toml.contains("[account]") { toml.replace("[account]", &format!("[account]\nrefuse = ['{action}']")) } else { format!("{toml}\n[account]\nrefuse = ['{action}']") };
            let report = audit(&world(&sep));
            let c = report.configured.as_ref();
            println!("{action} {:?} {:?} {:?}", report.verdict, codes(&report), c.map(|c| c.unseen.iter().filter(|u| u.action == *action).map(|u| u.what.clone()).collect::<Vec<_>>()));
        }
    }
}
