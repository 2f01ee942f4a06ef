//! The lines that `pocketid ssh ca` prints.

use serde::Serialize;

use super::super::super::{context::Context, error::CliError, page::Page, report::Outcome};
use crate::{
    crypto::ssh::SshCertificateKind,
    model::SshHostName,
    operations::ssh::{SshRefusal, ca_keys},
    ssh::{HostLines, trusted_lines},
};

#[derive(Debug, clap::Args)]
pub struct Lines {
    /// Print this part only: user-ca, known-hosts, sshd, timer or cron
    #[arg(long, value_name = "PART", value_enum)]
    only: Option<Part>,
    /// Name of the host, for accounts such as root@db1; repeat for several
    #[arg(long = "host", value_name = "HOST")]
    hosts: Vec<SshHostName>,
}

/// A part of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    UserCa,
    KnownHosts,
    Sshd,
    Timer,
    Cron,
}

/// The lines for hosts and laptops.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CaLines {
    user_ca: String,
    known_hosts: String,
    sshd: String,
    first_commands: String,
    timer: String,
    cron: String,
    #[serde(skip)]
    only: Option<Part>,
}

impl Lines {
    pub fn run(self, ctx: &Context) -> Result<CaLines, CliError> {
        let issuer =
            ctx.settings_for_addresses()?.app_url.as_str().trim_end_matches('/').to_owned();
        let keys = ctx.existing_store()?.read_blocking(ca_keys::all)?;
        if keys.iter().all(|key| key.removed_at.is_some()) {
            return Err(SshRefusal::NotEnabled.into());
        }
        let domains = ctx.app_config()?.ssh_host_domains();
        let lines = HostLines { issuer, hosts: self.hosts };
        Ok(CaLines {
            user_ca: trusted_lines(&keys, SshCertificateKind::User, &domains),
            known_hosts: trusted_lines(&keys, SshCertificateKind::Host, &domains),
            sshd: lines.sshd(),
            first_commands: lines.first_commands(),
            timer: lines.timer(),
            cron: lines.cron(),
            only: self.only,
        })
    }
}

impl Outcome for CaLines {
    fn write_text(&self, page: &mut Page) {
        let mut put = |text: &str| text.lines().for_each(|line| page.line(line));
        match self.only {
            Some(Part::UserCa) => put(&self.user_ca),
            Some(Part::KnownHosts) => put(&self.known_hosts),
            Some(Part::Sshd) => put(&self.sshd),
            Some(Part::Timer) => put(&self.timer),
            Some(Part::Cron) => put(&self.cron),
            None => {
                put("# On each host: /etc/ssh/pocketid_user_ca.pub");
                put(&self.user_ca);
                put("\n# On each host, before sshd is told of them");
                put(&self.first_commands);
                put("");
                put(&self.sshd);
                put("");
                put(&self.timer);
                put("\n# Or by cron");
                put(&self.cron);
                put(
                    "\n# On laptops, for hosts with a certificate: /etc/ssh/ssh_known_hosts or ~/.ssh/known_hosts",
                );
                put(&self.known_hosts);
            }
        }
    }
}
