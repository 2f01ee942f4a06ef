//! `pocketid ssh principals`

use super::super::{context::Context, error::CliError};
use crate::model::{SshHostName, ssh::is_local};

const EXAMPLES: &str = "\
Examples:
  pocketid ssh principals root
  pocketid ssh principals root --host db1 --host databases

In sshd_config of a host:
  AuthorizedPrincipalsCommand /usr/bin/pocketid ssh principals --host db1 %u
  AuthorizedPrincipalsCommandUser nobody";

/// Print the principals that enter an account of this host
///
/// For AuthorizedPrincipalsCommand of sshd_config. It asks no server, so it works during an outage, and reads no file:
/// which account is open to whom stands in the certificate. For ACCOUNT it prints ACCOUNT, and ACCOUNT@HOST for each
/// --host.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Principals {
    /// Account to enter (%u)
    #[arg(value_name = "ACCOUNT")]
    account: String,
    /// Name of this host; repeat for several
    #[arg(long = "host", value_name = "HOST")]
    hosts: Vec<SshHostName>,
    /// Let in by rules for this host only, and not by those for every host
    #[arg(long, requires = "hosts")]
    only: bool,
    /// More words of sshd, such as %i and %s, which are ignored
    #[arg(value_name = "WORD", hide = true)]
    ignored: Vec<String>,
}

impl Principals {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        let account = self.account.as_str();
        if !is_local(account) {
            // Such an account is in no certificate, and its name must not look like a rule.
            return Err(CliError::refused("this account cannot be entered with a certificate"));
        }
        let plain = (!self.only).then(|| account.to_owned());
        let at_hosts = self.hosts.iter().map(|host| format!("{account}@{host}"));
        let lines: String =
            plain.into_iter().chain(at_hosts).map(|line| format!("{line}\n")).collect();
        ctx.report().text(&lines)
    }
}
