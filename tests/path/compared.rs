//! The walk of whole sets of packets against the fates of single ones, in random networks.

use std::net::Ipv4Addr;

use ecr_probe::model::{AddressClass, Passes};
use ecr_probe::path::Walked;
use ecr_probe::ranges::Ranges;

use super::packets::{Attempt, Fate, fate, resolve};
use super::worlds::{World, world};

/// The corners of the networks' CIDRs: one address of each cell that all of them are unions of.
const LAST_BYTES: [u8; 2] = [20, 200];
const S3: [[u8; 4]; 3] = [[52, 218, 1, 1], [3, 5, 65, 1], [3, 5, 70, 1]];
/// AWS's, and not S3's.
const AWS: [[u8; 4]; 3] = [[3, 8, 0, 1], [52, 94, 5, 5], [150, 222, 2, 1]];
/// One of each run of client ports that the networks' rules tell apart, and of a NAT gateway's.
const CLIENT: [u16; 2] = [40000, 50000];
const NAT: [u16; 4] = [2000, 40000, 50000, 62000];

/// How many networks: `ECR_PROBE_WORLDS`, as CI sets it.
#[expect(clippy::disallowed_methods, reason = "the lint is the probe's, and this is not the probe")]
fn worlds() -> u64 {
    const FEW: u64 = 3_000;
    std::env::var("ECR_PROBE_WORLDS").map_or(FEW, |text| text.parse().expect("a number of worlds"))
}

/// What the packets to one address come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    /// Some ports are.
    Sometimes,
    Dead,
    Unseen,
}

fn way(world: &World, to: Ipv4Addr) -> Way {
    let third = if world.place.subnet == "subnet-0" { 0 } else { 1 };
    let mut ways = Vec::new();
    for last in LAST_BYTES {
        let from = Ipv4Addr::new(10, 0, third, last);
        let mut fates = Vec::new();
        for from_port in CLIENT {
            for nat_port in NAT {
                fates.push(fate(&world.facts, &world.place, Attempt { from, from_port, to, nat_port }));
            }
        }
        ways.push(
            match (fates.contains(&Fate::Answered), fates.contains(&Fate::Unseen), fates.contains(&Fate::Lost)) {
                (_, true, _) => Way::Unseen,
                (true, false, false) => Way::Open,
                (true, false, true) => Way::Sometimes,
                _ => Way::Dead,
            },
        );
    }
    // A task may get any address of its subnet.
    for worst in [Way::Dead, Way::Unseen, Way::Sometimes] {
        if ways.contains(&worst) {
            return worst;
        }
    }
    Way::Open
}

/// Whether packets pass, and whether only some do.
fn expected(world: &World) -> (Passes, bool) {
    let ways = |all: &[Ipv4Addr]| -> Vec<Way> { all.iter().map(|to| way(world, *to)).collect() };
    let is = |way: &Way, wanted: &[Way]| wanted.contains(way);
    match resolve(&world.facts, world.service) {
        Err(()) => (Passes::No, false),
        Ok(Some(addresses)) => {
            let ways = ways(&addresses);
            let passes =
                if ways.iter().any(|way| is(way, &[Way::Open, Way::Sometimes])) { Passes::Yes } else { Passes::No };
            (passes, passes == Passes::Yes && ways.iter().any(|way| *way != Way::Open))
        }
        Ok(None) if world.service == "s3" => {
            let ways = ways(&S3.map(Ipv4Addr::from));
            let passes = match (ways.contains(&Way::Dead), ways.contains(&Way::Unseen)) {
                (true, _) => Passes::No,
                (false, true) => Passes::Unknown,
                (false, false) => Passes::Yes,
            };
            (passes, passes == Passes::Yes && ways.contains(&Way::Sometimes))
        }
        Ok(None) => {
            let ways = ways(&AWS.map(Ipv4Addr::from));
            if ways.iter().all(|way| *way == Way::Dead) {
                (Passes::No, false)
            } else if ways.iter().all(|way| is(way, &[Way::Open, Way::Sometimes])) {
                (Passes::Yes, ways.contains(&Way::Sometimes))
            } else {
                (Passes::Unknown, false)
            }
        }
    }
}

fn walked(world: &World) -> Walked {
    world.facts.walk(&world.place, world.host)
}

#[test]
fn each_network_is_walked_as_its_packets_go() {
    let ranges = Ranges::embedded();
    for address in AWS.map(Ipv4Addr::from) {
        assert_eq!(ranges.classify(address.into(), &[]).class, AddressClass::Aws, "{address}");
    }
    let mut counts = [0_u64; 4];
    let mut wrong = Vec::new();
    for seed in 0..worlds() {
        let world = world(seed);
        let (expected, walked) = (expected(&world), walked(&world));
        let told = (walked.passes, walked.is_degraded());
        match told {
            (Passes::Yes, false) => counts[0] += 1,
            (Passes::Yes, true) => counts[1] += 1,
            (Passes::No, _) => counts[2] += 1,
            (Passes::Unknown, _) => counts[3] += 1,
        }
        if told != expected {
            wrong.push(seed);
            if wrong.len() < 4 {
                println!("seed {seed}: {} expected {expected:?}, told {told:?}\n{walked:#?}\n", world.host);
            }
        }
        if walked.passes == Passes::No {
            assert!(!walked.stopped_by().is_empty(), "seed {seed}: nothing is named");
        }
    }
    assert!(wrong.is_empty(), "{} differ, the first {:?}; {counts:?}", wrong.len(), &wrong[..wrong.len().min(10)]);
    println!(
        "{} networks: {} open, {} sometimes, {} shut, {} unknown",
        worlds(),
        counts[0],
        counts[1],
        counts[2],
        counts[3]
    );
    assert!(counts.iter().all(|count| count * 100 > worlds()), "each must occur: {counts:?}");
}
