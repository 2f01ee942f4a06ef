//! Lines for `sshd_config`, `known_hosts` and the timer that fetches the revocation list.

use crate::{
    crypto::ssh::SshCertificateKind,
    model::{SshCaKey, SshHostDomains, SshHostName},
};

/// Where a host keeps the keys of the authority.
const USER_CA: &str = "/etc/ssh/pocketid_user_ca.pub";
/// The file of the revocation list on a host.
const KRL: &str = "/etc/ssh/pocketid.krl";
/// The program on a host. `sshd` runs it only from a path that belongs to root.
const PROGRAM: &str = "/usr/bin/pocketid";

/// The trusted keys of one kind: a file for `TrustedUserCAKeys`, or lines for `known_hosts`. The latter also
/// revoke the keys that were removed: another file of the laptop may still trust them. Hosts learn of those by the revocation
/// list. Laptops trust the authority for hosts of the domains only, and a removed key for none.
pub fn trusted_lines(
    keys: &[SshCaKey],
    kind: SshCertificateKind,
    domains: &SshHostDomains,
) -> String {
    let patterns = domains.patterns();
    let line = |key: &SshCaKey| {
        let line = key.public_key.line(&format!("pocketid-{}-ca", kind.as_str()));
        match (kind, key.removed_at) {
            (SshCertificateKind::Host, None) => format!("@cert-authority {patterns} {line}\n"),
            (SshCertificateKind::Host, Some(_)) => format!("@revoked * {line}\n"),
            (SshCertificateKind::User, None) => format!("{line}\n"),
            (SshCertificateKind::User, Some(_)) => String::new(),
        }
    };
    keys.iter().filter(|key| key.kind == kind).map(line).collect()
}

/// The lines for a host.
#[derive(Debug, Clone)]
pub struct HostLines {
    /// The issuer, which has the revocation list.
    pub issuer: String,
    /// The names of the host.
    pub hosts: Vec<SshHostName>,
}

impl HostLines {
    /// Lines for `sshd_config`.
    pub fn sshd(&self) -> String {
        let hosts: String = self.hosts.iter().map(|host| format!(" --host {host}")).collect();
        format!(
            "# /etc/ssh/sshd_config.d/pocketid.conf\n\
             TrustedUserCAKeys {USER_CA}\n\
             RevokedKeys {KRL}\n\
             AuthorizedPrincipalsCommand {PROGRAM} ssh principals{hosts} %u\n\
             AuthorizedPrincipalsCommandUser nobody\n"
        )
    }

    /// The commands that fetch the two files, before `sshd` is told of them.
    pub fn first_commands(&self) -> String {
        let issuer = &self.issuer;
        format!(
            "curl -fsS {issuer}/api/ssh/user-ca.pub -o {USER_CA}\n\
             {PROGRAM} ssh krl --issuer {issuer} --write {KRL}\n"
        )
    }

    /// A unit of systemd that fetches the revocation list, and its timer.
    pub fn timer(&self) -> String {
        let issuer = &self.issuer;
        format!(
            "# /etc/systemd/system/pocketid-krl.service\n\
             [Service]\n\
             Type=oneshot\n\
             # Fails when no list was fetched for an hour: OnFailure= of [Unit] tells somebody.\n\
             ExecStart={PROGRAM} ssh krl --issuer {issuer} --write {KRL} --max-age 1h\n\
             \n\
             # /etc/systemd/system/pocketid-krl.timer\n\
             [Timer]\n\
             OnBootSec=5s\n\
             OnUnitActiveSec=1min\n\
             [Install]\n\
             WantedBy=timers.target\n"
        )
    }

    /// The same for cron.
    pub fn cron(&self) -> String {
        let issuer = &self.issuer;
        format!(
            "# /etc/cron.d/pocketid-krl\n* * * * * root {PROGRAM} ssh krl --issuer {issuer} --write {KRL}\n"
        )
    }
}
