//! `pocketid version`

use serde::Serialize;

use super::{page::Page, report::Outcome};

const EXAMPLES: &str = "\
Examples:
  pocketid version
  pocketid version -o json";

/// Print the version
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Version {}

/// The name and version of the program.
#[derive(Debug, Serialize)]
pub struct ProgramVersion {
    name: &'static str,
    version: &'static str,
}

impl Version {
    pub fn run(self) -> ProgramVersion {
        ProgramVersion { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") }
    }
}

impl Outcome for ProgramVersion {
    fn write_text(&self, page: &mut Page) {
        page.line(format!("{} {}", self.name, self.version));
    }
}
