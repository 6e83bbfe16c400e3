//! The simulator's own tests: what it claims to do, it does.

mod sim;

#[path = "sim_selftest/loopback.rs"]
mod loopback;
#[path = "sim_selftest/memory.rs"]
mod memory;
#[path = "sim_selftest/packet.rs"]
mod packet;
#[path = "sim_selftest/page.rs"]
mod page;

use sim::World;

fn world(toml: &str) -> World {
    World::from_toml(toml).unwrap_or_else(|error| panic!("{toml}: {error}"))
}

#[test]
fn a_mistyped_key_or_value_is_refused_with_its_name() {
    for (toml, named) in [
        ("[vpc]\nnatt = true", "natt"),
        ("[vpcs]\nnat = true", "vpcs"),
        ("[deny]\n'ecr:BatchGetImages' = 'identity'", "ecr:BatchGetImages"),
        ("[tls]\nsqs = 'reset'", "sqs"),
        ("[tls]\ns3 = 'rest'", "rest"),
        ("[reply.tokens]\nstatus = 500", "tokens"),
        ("[vpc]\ndead_endpoint_addresses = ['ecr-dkr/3']", "ecr-dkr/3"),
        ("[vpc]\nendpoint_network = '10.0'", "10.0"),
        ("[vpc]\ntask_subnet = '10.0.0.0'", "10.0.0.0"),
        ("[layer]\nnumber = 4", "layer.number 4"),
        ("[dns]\ns3 = 'closed'", "to all or to none"),
        ("[image]\nplatforms = ['amd64']", "amd64"),
    ] {
        let error = World::from_toml(toml).unwrap_err();
        assert!(error.contains(named), "{toml}: {error}");
    }
}
