//! `pocketid ldap test`

use serde::Serialize;

use super::directory::{directory, read, runtime, whole_config};
use crate::{
    cli::{context::Context, error::CliError, page::Page, report::Outcome},
    directory::DirectorySample,
    model::ConfigKey,
};

const EXAMPLES: &str = "\
Examples:
  pocketid ldap test
  pocketid ldap test -o json | jq .users";

/// Read the directory, and count its users and groups
///
/// Connects, signs in and searches with the settings as they are, also while ldapEnabled is off. It changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Test {}

/// The contents of the directory, in short.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct TestedDirectory(DirectorySample);

impl Test {
    pub fn run(self, ctx: &Context) -> Result<TestedDirectory, CliError> {
        let store = ctx.existing_store()?;
        let config = whole_config(ctx, store)?;
        let found = read(&runtime()?, &directory(ctx, &config)?)?.sample();
        let url = config.text(ConfigKey::LdapUrl);
        let is_open = url.starts_with("ldap://") && !config.flag(ConfigKey::LdapStartTls);
        if is_open && !config.text(ConfigKey::LdapBindPassword).is_empty() {
            ctx.report().warn(
                "the password goes over the network unencrypted; use ldaps://, or switch ldapStartTls on",
            );
        }
        Ok(TestedDirectory(found))
    }
}

impl Outcome for TestedDirectory {
    fn write_text(&self, page: &mut Page) {
        let DirectorySample { users, groups, unusable, .. } = &self.0;
        let first = |count: usize, names: &[String]| match names {
            [] => count.to_string(),
            names if count > names.len() => format!("{count}: {}, …", names.join(", ")),
            names => format!("{count}: {}", names.join(", ")),
        };
        let missing = self.0.missing_attributes.iter();
        let missing: Vec<_> =
            missing.map(|(name, count)| format!("{name} ({count} users)")).collect();
        page.fields(&[
            ("Users", first(*users, &self.0.first_users)),
            ("Groups", first(*groups, &self.0.first_groups)),
            ("Missing attributes", crate::cli::page::or_none(&missing)),
            ("Not usable", unusable.to_string()),
        ]);
        for reason in &self.0.first_unusable {
            page.sentence(format!("  {reason}"));
        }
    }
}
