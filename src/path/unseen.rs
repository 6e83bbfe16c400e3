//! What would have to be known, and is not.

use crate::model::Check;

/// Why a path, or a part of one, is unknown. Never a reason to blame what it names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Unseen {
    /// A fact that was refused, or was not read.
    Read {
        /// Of what kind.
        check: Check,
        /// Its id; of a list, what has the resources: `vpc-…`.
        subject: String,
        /// The IAM action that would tell it, such as `ec2:DescribeSubnets`.
        action: String,
    },
    /// The packets go on to where the account's configuration does not show: `tgw-…`, `pcx-…`, `vgw-…`, an appliance.
    Beyond {
        /// The next hop.
        target: String,
        /// Of the route.
        destination: String,
    },
    /// One address of a range is meant, nobody can tell which, and not all of them fare alike.
    Address {
        /// The service or the subnet that has the address.
        of: String,
    },
    /// AWS's pages disagree whether an endpoint's private DNS holds dual-stack names, and AWS does not list its names.
    DualStackName {
        /// `vpce-…`
        endpoint: String,
    },
    /// A resolver rule or a record leads the name to servers or names that the account does not show.
    Resolver {
        /// The resolver rule or hosted zone.
        id: String,
    },
    /// The placement names no security group.
    NoGroups,
    /// A fact that cannot be read as AWS writes it.
    Malformed {
        /// Its id.
        subject: String,
    },
}
