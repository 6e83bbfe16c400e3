//! The table against the simulator itself, over real TLS on loopback: what the table expects is what the simulator
//! does, and neither can change without the other.

use std::net::UdpSocket;
use std::time::Duration;

use hickory_resolver::proto::op::{Message, MessageType, OpCode, Query};
use hickory_resolver::proto::rr::{Name, RData, RecordType};

use crate::script::{self, Said};
use crate::sim::{CANARIES, Loopback, World, secrets};

/// Everything by its public address, so that there is one path to each host.
const WORLD: &str = "[vpc]\ninterface_endpoints = []\ns3_gateway = false\nnat = true\n";
const REGISTRY: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
const HOSTS: [&str; 7] = [
    REGISTRY,
    "111122223333.dkr.ecr.eu-west-1.amazonaws.com",
    "123456789012.dkr-ecr.eu-west-1.on.aws",
    "api.ecr.eu-west-1.amazonaws.com",
    "None.dkr.ecr.eu-west-1.amazonaws.com",
    "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com",
    "public.ecr.aws",
];

/// Where the simulator does not yet do what was published of AWS. Who fixes it takes the row off.
const BEHIND: [(&str, &str); 1] = [("tls-public", "no HTTP/2")];

/// What this world on loopback cannot show: the AWS CLI knows no `--connect-to`, the machine's own resolver is not the
/// world's, and the rest needs a set-up in AWS too.
const NOT_COMPARED: [&str; 19] = [
    "v2-expired",
    "layer-expired",
    "layer-gateway-policy",
    "layer-denied",
    "throttled",
    "api-image",
    "api-missing-tag",
    "api-missing-repository",
    "api-layer-location",
    "kms-manifest",
    "kms-api",
    "ptc-manifest",
    "ptc-api",
    "archived-manifest",
    "archived-api",
    "no-account-name",
    "dual-stack-name",
    "fips-name",
    "fips-api-name",
];

#[test]
fn the_table_is_what_the_simulator_does() {
    if !script::can_run() {
        return;
    }
    let loopback = Loopback::start(World::from_toml(WORLD).expect("it is a world")).expect("the world can be served");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let command = || {
        let mut command = script::command(folder.path());
        command.arg(loopback.world().reference()).arg("--ca-bundle").arg(loopback.ca_bundle());
        command.arg("--token-file").arg(script::token(folder.path(), "token", secrets::REGISTRY_PASSWORD));
        command.arg("--other-region-token-file").arg(script::token(folder.path(), "other", "cGFzc3dvcmQ="));
        for host in HOSTS {
            let Some(address) = address(&loopback, host) else { continue };
            command.args(["--connect-to", &format!("{host}:443:{address}:{}", loopback.port())]);
        }
        // Nothing leaves this machine: at this port nobody listens.
        command.args(["--connect-to", ":443:127.0.0.1:1"]);
        command
    };
    let said = Said::by(command());
    let differing = said.differing();
    let differing: Vec<&str> = differing.keys().copied().collect();
    assert_eq!(
        differing,
        BEHIND.map(|(row, _)| row),
        "the rows that differ are not those of BEHIND:\n{}",
        said.lines()
    );
    assert_eq!(said.rows("not compared"), NOT_COMPARED, "{}", said.lines());

    let (printed, exit) = script::printed(command());
    assert_eq!(exit, said.exit());
    script::holds_none(&(printed + &said.ran.stdout), CANARIES);
    // In each run, the token that is none, which public.ecr.aws is shown.
    assert_eq!(loopback.services().stray_credentials(), 2);
}

/// Asks the world's name server, which opens the address by that.
fn address(loopback: &Loopback, host: &str) -> Option<std::net::Ipv4Addr> {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    socket.connect(loopback.name_servers()[0]).expect("a name server");
    socket.set_read_timeout(Some(Duration::from_secs(10))).expect("a time-out");
    let mut question = Message::new(7, MessageType::Query, OpCode::Query);
    question.add_query(Query::query(Name::from_ascii(host).expect("a name"), RecordType::A));
    socket.send(&question.to_vec().expect("a question")).expect("the question is sent");
    let mut buffer = [0; 2048];
    let received = socket.recv(&mut buffer).expect("an answer");
    let answer = Message::from_vec(&buffer[..received]).expect("a DNS message");
    answer.answers.iter().find_map(|record| match &record.data {
        RData::A(address) => Some(address.0),
        _ => None,
    })
}
