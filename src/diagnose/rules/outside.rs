//! Codes whose cause is outside the sight of a task: from inside they look like another code, which
//! names them as alternatives. Each has its page; only configuration facts can tell them apart.

use crate::diagnose::{Need, Rule};
use crate::model::Code;

macro_rules! outside {
    ($($id:ident $code:literal $name:literal;)*) => {
        $(
            pub static $id: Rule = Rule {
                code: Code($code),
                name: $name,
                page: include_str!(concat!("../../../docs/codes/", $code, ".md")),
                need: Need::Configuration,
                judge: |_| Vec::new(),
            };
        )*

        pub static ALL: &[&Rule] = &[$(&$id),*];
    };
}

outside! {
    SG_03 "SG-03" "task-sg-egress-blocks";
}
