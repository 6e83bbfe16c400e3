//! A log driver that does not reach its server: whose server it is decides, and CloudWatch Logs is one of several.

use ecr_probe::reason::explain;

use crate::corpus::{codes, context};

const FRAMES: [&str; 2] = [
    "CannotStartContainerError: Error response from daemon: failed to create task for container: failed to initialize logging driver: ",
    "docker: Error response from daemon: failed to initialize logging driver: ",
];

#[test]
fn the_server_of_the_log_decides() {
    let context = context();
    let code = |text: &str| codes(&explain(text, &context)).first().copied();
    for frame in FRAMES {
        for server in [
            "Options \"https://splunk.example.com:8088/services/collector/event/1.0\": dial tcp 10.0.0.9:8088: i/o timeout",
            "Options https://splunk.example.com:8088/services/collector/event/1.0: x509: certificate signed by unknown authority",
            "error creating loki client: Post \"http://loki:3100/loki/api/v1/push\": dial tcp: lookup loki: no such host",
            "dial tcp: lookup fluentd.internal on 10.0.0.2:53: no such host",
            "dial tcp 10.0.0.9:514: connect: connection refused",
            "dial tcp 10.0.0.9:24224: i/o timeout",
        ] {
            assert_eq!(code(&format!("{frame}{server}")), Some("INIT-16"), "{frame}{server}");
        }
        let aws = "failed to create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, request send failed, \
                   Post \"https://logs.eu-west-1.amazonaws.com/\": dial tcp 10.0.1.5:443: i/o timeout";
        assert_eq!(code(&format!("{frame}{aws}")), Some("INIT-05"), "{frame}{aws}");
    }
}
