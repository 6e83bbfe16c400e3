//! A page of `docs/codes`, taken apart: it explains a code, and it is a test.

use std::path::Path;

use super::World;

/// What opens the fenced blocks of a page that a program reads.
const WORLD: &str = "```toml world";
const FIXED: &str = "```toml fixed";
const REPORT: &str = "```text report";
const AUDIT_WORLD: &str = "```toml audit";
const AUDIT_FIXED: &str = "```toml audit fixed";
const AUDIT: &str = "```text audit";
const FENCE: &str = "```";

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The whole text.
    pub text: String,
    pub code: String,
    pub name: String,
    /// The paragraph under the heading, on one line.
    pub sentence: String,
    /// The broken world. A code that only `explain` gives has none.
    pub world: Option<String>,
    /// The same, fixed.
    pub fixed: Option<String>,
    /// What `check` prints in the broken world.
    pub report: Option<String>,
    /// The broken world for an audit, where that of a check does not show the fault to one.
    pub audit_world: Option<String>,
    /// The same, fixed; by default that of a check, else the healthy subnet.
    pub audit_fixed: Option<String>,
    /// What `audit` prints of the broken world.
    pub audit: Option<String>,
}

impl Page {
    /// # Errors
    ///
    /// What the page lacks.
    pub fn parse(text: &str) -> Result<Page, String> {
        let mut lines = text.lines();
        let heading = lines.next().and_then(|line| line.strip_prefix("# ")).ok_or("the first line is no heading")?;
        let (code, name) = heading.split_once(' ').ok_or("the heading is not like `# SG-01 some-name`")?;
        let paragraph: Vec<&str> =
            lines.skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty()).collect();
        let sentence = paragraph.join(" ");
        if sentence.is_empty() || sentence.starts_with(['#', '`']) {
            return Err("no sentence stands under the heading".into());
        }
        Ok(Page {
            text: text.to_owned(),
            code: code.to_owned(),
            name: name.to_owned(),
            sentence,
            world: block(text, WORLD)?,
            fixed: block(text, FIXED)?,
            report: block(text, REPORT)?,
            audit_world: block(text, AUDIT_WORLD)?,
            audit_fixed: block(text, AUDIT_FIXED)?,
            audit: block(text, AUDIT)?,
        })
    }

    /// All pages of a folder, by code.
    ///
    /// # Errors
    ///
    /// The first page that cannot be read, by its file name.
    pub fn all(folder: &Path) -> Result<Vec<Page>, String> {
        let wrong = |path: &Path, why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
        let entries = std::fs::read_dir(folder).map_err(|error| wrong(folder, &error))?;
        let mut pages = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| wrong(folder, &error))?.path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let text = std::fs::read_to_string(&path).map_err(|error| wrong(&path, &error))?;
                pages.push(Page::parse(&text).map_err(|error| wrong(&path, &error))?);
            }
        }
        pages.sort_by(|one, other| one.code.cmp(&other.code));
        Ok(pages)
    }

    /// # Errors
    ///
    /// What is wrong with the world, after the code of the page.
    pub fn world(&self) -> Result<Option<World>, String> {
        self.parse_world(self.world.as_deref(), "world")
    }

    /// # Errors
    ///
    /// As [`Page::world`].
    pub fn fixed_world(&self) -> Result<Option<World>, String> {
        self.parse_world(self.fixed.as_deref(), "fixed")
    }

    /// The broken world and the fixed one for an audit, where the page shows one.
    ///
    /// # Errors
    ///
    /// As [`Page::world`].
    pub fn audit_worlds(&self) -> Result<Option<(World, World)>, String> {
        let Some(broken) = self.audit_world.as_deref().or(self.world.as_deref()).filter(|_| self.audit.is_some())
        else {
            return Ok(None);
        };
        let of_the_check = self.fixed.as_deref().filter(|_| self.audit_world.is_none());
        let fixed = self.audit_fixed.as_deref().or(of_the_check).unwrap_or_default();
        let broken = self.parse_world(Some(broken), "audit")?;
        Ok(broken.zip(self.parse_world(Some(fixed), "audit fixed")?))
    }

    fn parse_world(&self, text: Option<&str>, which: &str) -> Result<Option<World>, String> {
        text.map(World::from_toml).transpose().map_err(|error| format!("{}, {which}: {error}", self.code))
    }

    /// The text of the page with another expected report.
    pub fn with_report(&self, report: &str) -> String {
        self.with(REPORT, report)
    }

    /// The text of the page with another expected report of an audit.
    pub fn with_audit(&self, audit: &str) -> String {
        self.with(AUDIT, audit)
    }

    fn with(&self, opening: &str, report: &str) -> String {
        let Some((before, rest)) = self.text.split_once(&format!("{opening}\n")) else { return self.text.clone() };
        let after = end_of_block(rest).map_or("", |end| &rest[end..]);
        format!("{before}{opening}\n{}\n{after}", report.trim_end())
    }
}

/// Where the closing fence begins.
fn end_of_block(rest: &str) -> Option<usize> {
    if rest.starts_with(FENCE) {
        return Some(0);
    }
    rest.find(&format!("\n{FENCE}")).map(|at| at + 1)
}

fn block(text: &str, opening: &str) -> Result<Option<String>, String> {
    let Some((_, rest)) = text.split_once(&format!("{opening}\n")) else { return Ok(None) };
    let end = end_of_block(rest).ok_or_else(|| format!("the block {opening} has no end"))?;
    Ok(Some(rest[..end].to_owned()))
}
