//! Codes whose cause is outside the sight of a task: from inside they look like another code, which
//! names them as alternatives. Each has its page; only configuration facts can tell them apart.
//!
//! And those that a check does not come to: it does not start with such settings, or only the words of another
//! program show it.

use crate::diagnose::{Need, Rule};
use crate::model::Code;

macro_rules! need {
    () => {
        Need::Configuration
    };
    ($need:ident) => {
        Need::$need
    };
}

macro_rules! outside {
    ($($id:ident $code:literal $name:literal $($need:ident)?;)*) => {
        $(
            pub static $id: Rule = Rule {
                code: Code($code),
                name: $name,
                page: include_str!(concat!("../../../docs/codes/", $code, ".md")),
                need: need!($($need)?),
                judge: |_| Vec::new(),
            };
        )*

        /// All of them, in the order above.
        pub static ALL: &[&Rule] = &[$(&$id),*];
    };
}

outside! {
    DNS_02 "DNS-02" "vpc-dns-hostnames-off";
    DNS_03 "DNS-03" "endpoint-private-dns-off";
    DNS_08 "DNS-08" "hosted-zone-record-stale";
    DNS_14 "DNS-14" "hub-endpoints-not-shared";
    RTE_02 "RTE-02" "no-public-address";
    RTE_04 "RTE-04" "gateway-endpoint-not-on-route-table";
    RTE_05 "RTE-05" "s3-route-overridden";
    RTE_06 "RTE-06" "route-target-gone";
    RTE_08 "RTE-08" "no-way-back-from-hub";
    RTE_09 "RTE-09" "gateway-endpoint-in-another-vpc";
    RTE_11 "RTE-11" "new-endpoint-takes-over";
    RTE_17 "RTE-17" "nat-gateway-has-no-way-out";
    RTE_18 "RTE-18" "path-open-yet-silent";
    SG_02 "SG-02" "endpoint-has-default-sg";
    SG_03 "SG-03" "task-sg-egress-blocks";
    SG_04 "SG-04" "task-sg-egress-lacks-s3";
    SG_05 "SG-05" "endpoint-sg-lists-another-task";
    ACL_01 "ACL-01" "subnet-acl-blocks-https";
    ACL_02 "ACL-02" "subnet-acl-blocks-public";
    ACL_03 "ACL-03" "acl-drops-too-big";
    ACL_04 "ACL-04" "acl-deny-comes-first";
    IAM_05 "IAM-05" "token-condition-on-the-vpc";
    VPE_03 "VPE-03" "endpoint-policy-only-denies";
    VPE_05 "VPE-05" "s3-endpoint-policy-condition";
    VPE_07 "VPE-07" "endpoint-not-available";
    VPE_08 "VPE-08" "s3-endpoint-policy-other-region";
    IMG_07 "IMG-07" "manifest-pinned-untranslated";
    IMG_13 "IMG-13" "image-archived";
    CFG_02 "CFG-02" "image-reference-invalid" Start;
    CFG_05 "CFG-05" "client-request-malformed";
    CFG_04 "CFG-04" "dualstack-host-unsupported" OtherProgram;
    IAM_06 "IAM-06" "role-cannot-be-assumed" OtherProgram;
    IAM_07 "IAM-07" "permissions-on-task-role" OtherProgram;
    IAM_11 "IAM-11" "execution-credentials-missing" OtherProgram;
    IAM_12 "IAM-12" "private-registry-login-missing" OtherProgram;
    IMG_09 "IMG-09" "inspect-image-failed" OtherProgram;
    IMG_11 "IMG-11" "layers-diffids-mismatch" OtherProgram;
    IMG_14 "IMG-14" "image-policy-rejected" OtherProgram;
    IMG_15 "IMG-15" "image-not-present-pull-never" OtherProgram;
    DSK_02 "DSK-02" "unpack-failed" OtherProgram;
    TOK_03 "TOK-03" "registry-credentials-not-presented" OtherProgram;
    TOK_04 "TOK-04" "registry-credentials-malformed" OtherProgram;
    HOST_01 "HOST-01" "container-runtime-unresponsive" OtherProgram;
    HOST_02 "HOST-02" "kubelet-pull-qps" OtherProgram;
    HOST_03 "HOST-03" "host-resources-exhausted" OtherProgram;
    HOST_04 "HOST-04" "pause-image-missing" OtherProgram;
    INIT_03 "INIT-03" "secret-access-denied" OtherProgram;
    INIT_04 "INIT-04" "secret-not-found" OtherProgram;
    INIT_06 "INIT-06" "log-group-not-found" OtherProgram;
    INIT_07 "INIT-07" "start-timed-out" OtherProgram;
    INIT_08 "INIT-08" "pull-canceled" OtherProgram;
    INIT_09 "INIT-09" "task-failed-to-start" OtherProgram;
    INIT_10 "INIT-10" "efs-mount-failed" OtherProgram;
    INIT_11 "INIT-11" "env-file-s3-unreachable" OtherProgram;
    INIT_12 "INIT-12" "secret-value-malformed" OtherProgram;
    INIT_13 "INIT-13" "logs-access-denied" OtherProgram;
    INIT_14 "INIT-14" "awslogs-config-invalid" OtherProgram;
    INIT_15 "INIT-15" "awslogs-no-credentials" OtherProgram;
    INIT_16 "INIT-16" "log-driver-failed" OtherProgram;
    INIT_17 "INIT-17" "secret-unusable" OtherProgram;
}
