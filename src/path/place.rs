//! Where packets leave from.

/// What sends the packets of a pull, and from where: the interface of a Fargate task, the primary interface of a
/// container instance (there the instance pulls, in every network mode), or a Lambda function's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `subnet-…`
    pub subnet: String,
    /// The security groups of the interface; together they let out what one of them lets out.
    pub groups: Vec<String>,
    /// Whether the interface has a public IPv4 address.
    pub public_ip: bool,
    /// What it is, for the ports that its packets leave from.
    pub sender: Sender,
}

/// What opens the connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Sender {
    /// A Linux kernel: a Fargate task, or a container instance.
    #[default]
    Linux,
    /// A Windows kernel.
    Windows,
    /// A Lambda function.
    Lambda,
}

impl Sender {
    /// The ports that its connections begin at, first and last (VPC User Guide, "Network ACLs", ephemeral ports). What
    /// Fargate's own kernel takes is not published; Linux's default is assumed.
    pub fn ports(self) -> (u16, u16) {
        match self {
            Sender::Linux => (32768, 60999),
            Sender::Windows => (49152, 65535),
            Sender::Lambda => (1024, 65535),
        }
    }
}
