//! What a fix declares for a tool that keeps the infrastructure as text: resources of Terraform or CloudFormation.
//!
//! Like a [`super::Command`], it is built of parts. Types of resources, names of arguments and comments come from
//! `&'static str`, which only the source can hold. All the rest is a [`Setting`], printed as one value whatever is in it. A
//! declaration of which that cannot be said has no text.

mod cloudformation;
mod resource;
mod terraform;

pub use resource::{Resource, Setting};

/// In which language resources are declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Terraform's HCL.
    Terraform,
    /// CloudFormation's YAML.
    CloudFormation,
}

/// Resources that are declared together.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    language: Language,
    resources: Vec<Resource>,
}

impl Declaration {
    /// Declares resources, at least one.
    pub fn of(language: Language, resources: impl IntoIterator<Item = Resource>) -> Self {
        Declaration { language, resources: resources.into_iter().collect() }
    }

    /// Its lines, without the last line end; `None` where some value cannot be shown, or cannot be kept to its place.
    pub fn text(&self) -> Option<String> {
        let is_unsafe = self.resources.iter().any(|resource| resource.is_unsafe);
        if self.resources.is_empty() || is_unsafe || !self.settings().all(Setting::can_be_shown) {
            return None;
        }
        match self.language {
            Language::Terraform => terraform::text(&self.resources),
            Language::CloudFormation => cloudformation::text(&self.resources),
        }
    }

    fn settings(&self) -> impl Iterator<Item = &Setting> {
        self.resources.iter().flat_map(|resource| &resource.arguments).map(|(_, setting)| setting)
    }
}

#[cfg(test)]
#[path = "tests/declaration.rs"]
mod tests;
