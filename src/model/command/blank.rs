//! What a command leaves to the reader.

/// A name in upper case that stands for something of the reader's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blank(&'static str);

impl Blank {
    /// The blank of this name, as a code's page has it.
    pub const fn of(name: &'static str) -> Self {
        Blank(name)
    }

    /// As it is written: `SUBNET_ID`.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

macro_rules! blanks {
    ($($name:ident)*) => {
        impl Blank {
            $(
                /// A word that the reader fills in.
                pub const $name: Blank = Blank(stringify!($name));
            )*
        }
    };
}

// What the rules' own commands leave open.
blanks! {
    ACCESS_TOKEN ACCOUNT_ID ADDRESS CACHE_PREFIX CLUSTER CONTAINER_INSTANCE_ID DOMAIN_LIST_ID
    ENDPOINT_SECURITY_GROUP END_TIME EXECUTION_ROLE_ARN EXECUTION_ROLE_NAME FLOW_LOG_GROUP IMAGE IMAGE_TAG INTERFACE KEY_ARN LAYER_DIGEST
    NAT_GATEWAY_ID NETWORK_INTERFACE_ID PREFIX_LIST_ID PROBE_TASK_DEFINITION PROFILE_NAME REGION REGISTRY_ACCOUNT
    REPOSITORY REPOSITORY_ARN RESOLVER_RULE_ID ROLE_NAME ROUTE_TABLE_ID RULE_GROUP_ID SECRET_ARN SERVICE_NAME SIZE_IN_GIB START_TIME
    SUBNET_ID TASK_DEFINITION TASK_ID TASK_ROLE_NAME TASK_SECURITY_GROUP USER_NAME VPC_ENDPOINT_ID VPC_ID
}
