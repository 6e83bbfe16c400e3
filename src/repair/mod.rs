//! Repairs as data: one call on one resource of the account, every id filled in; printed as a call of the AWS CLI, as
//! Terraform or as CloudFormation.
//!
//! The policies that `audit` reads are excerpts: what no request of a pull can match is left out. A repair of such a policy
//! adds a statement to what AWS has at that moment, so that nothing else is lost.
//!
//! A rule says what repairs a fault, and [`Fix::repair`] prints it. Where no one call repairs it, or an id is not
//! known, the rule gives [`Fix::advice`]. What stands in a repair is foreign text: it can neither extend a command nor break
//! out of a value in any of the forms, and what cannot be printed leaves a fix without a command.

mod acl;
mod call;
mod cli;
mod cloudformation;
mod names;
mod policy;
mod terraform;

pub use acl::free_number;
pub use call::{Peer, Repair};
pub use policy::{add_statement, layer_statement, pull_statement, token_statement, trust_statement};

use std::borrow::Cow;

use crate::config::FixForm;
use crate::model::Fix;

impl Fix {
    /// Prints a repair in the form that the reader wants; `region` is that of the resource.
    ///
    /// What goes away has no text in a declaration: the sentence then says what to take out of the configuration.
    pub fn repair(does: impl Into<Cow<'static, str>>, repair: &Repair, form: FixForm, region: &str) -> Fix {
        let does = does.into();
        if !repair.is_complete() {
            return Fix::advice(does);
        }
        let declaration = match form {
            FixForm::Cli => {
                return match cli::command(repair, region) {
                    Some(command) => Fix::run(does, &command),
                    None => Fix::advice(does),
                };
            }
            FixForm::Terraform => terraform::declaration(repair),
            FixForm::CloudFormation => cloudformation::declaration(repair),
        };
        match (declaration, removed(repair, form)) {
            (Some(declaration), _) => Fix::declare(does, &declaration),
            (None, Some(removed)) => Fix::advice(format!("{does} (take its {removed} out of the configuration)")),
            (None, None) => Fix::advice(does),
        }
    }
}

/// The resource type of what a repair takes away.
fn removed(repair: &Repair, form: FixForm) -> Option<&'static str> {
    match (repair, form) {
        (Repair::DeleteRoute { .. }, FixForm::Terraform) => Some("aws_route"),
        (Repair::DeleteRoute { .. }, FixForm::CloudFormation) => Some("AWS::EC2::Route"),
        (Repair::DeleteAclEntry { .. }, FixForm::Terraform) => Some("aws_network_acl_rule"),
        (Repair::DeleteAclEntry { .. }, FixForm::CloudFormation) => Some("AWS::EC2::NetworkAclEntry"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
