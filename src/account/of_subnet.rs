//! Which route table and which network ACL a subnet uses.

use super::Account;
use crate::model::Check;
use crate::model::facts::{NetworkAcl, RouteTable};

impl<'e> Account<'e> {
    /// The route table of a subnet: its own, or the main one of its VPC, where all tables of the VPC are known.
    pub fn route_table_of(&self, subnet: &str) -> Option<&'e RouteTable> {
        let tables = || self.route_tables().map(|(_, table)| table);
        let own = tables().find(|table| table.subnets.iter().any(|it| it == subnet));
        let main = || {
            let vpc = &self.subnet(subnet).known()?.vpc_id;
            self.list(Check::RouteTable, vpc).known()?;
            tables().find(|table| table.main && table.vpc_id == *vpc)
        };
        own.or_else(main)
    }

    /// The network ACL of a subnet: each has one.
    pub fn network_acl_of(&self, subnet: &str) -> Option<&'e NetworkAcl> {
        self.network_acls().map(|(_, acl)| acl).find(|acl| acl.subnets.iter().any(|it| it == subnet))
    }
}
