//! Runs all checks.

use serde::Serialize;

use super::{
    Finding, Status, Surroundings, address, administrators, backups, client_certificates, clients,
    clock, database, directory, disk, emails, encryption_key, files, location, mail, outside,
    protected_hosts, provisioning, proxy, secrets, server, services, settings, ssh, syslog,
    webhooks,
};
use crate::store::StoreError;

/// A check with its name. It returns no findings if it does not apply.
struct Check {
    name: &'static str,
    run: fn(&Surroundings<'_>) -> Result<Vec<Finding>, StoreError>,
}

/// The checks in the order of the output.
const CHECKS: &[Check] = &[
    Check { name: "settings", run: settings::check },
    Check { name: "address", run: address::check },
    Check { name: "proxy", run: proxy::check },
    Check { name: "database", run: database::check },
    Check { name: "files", run: files::check },
    Check { name: "disk", run: disk::check },
    Check { name: "backups", run: backups::check },
    Check { name: "encryption key", run: encryption_key::check },
    Check { name: "server", run: server::check },
    Check { name: "reachable", run: outside::check },
    Check { name: "clock", run: clock::check },
    Check { name: "administrators", run: administrators::check },
    Check { name: "emails", run: emails::check },
    Check { name: "mail", run: mail::check },
    Check { name: "LDAP", run: directory::check },
    Check { name: "clients", run: clients::check },
    Check { name: "certificates", run: client_certificates::check },
    Check { name: "services", run: services::check },
    Check { name: "protected hosts", run: protected_hosts::check },
    Check { name: "SSH", run: ssh::check },
    Check { name: "location", run: location::check },
    Check { name: "syslog", run: syslog::check },
    Check { name: "secrets", run: secrets::check },
    Check { name: "provisioning", run: provisioning::check },
    Check { name: "webhooks", run: webhooks::check },
];

/// The findings of all checks.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Findings {
    /// The highest severity.
    pub status: Status,
    /// The findings, in the order of the checks.
    pub findings: Vec<NamedFinding>,
}

/// A finding with the name of its check.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NamedFinding {
    /// The name of the check.
    pub check: &'static str,
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
}

impl Findings {
    /// How many checks have this severity at worst. A check that does not apply is not counted.
    pub fn count_checks(&self, status: Status) -> usize {
        let named = |check: &Check| {
            let own = self.findings.iter().filter(|named| named.check == check.name);
            own.map(|named| named.finding.status).max()
        };
        CHECKS.iter().filter(|check| named(check) == Some(status)).count()
    }

    /// How many findings have this severity.
    pub fn count(&self, status: Status) -> usize {
        self.findings.iter().filter(|named| named.finding.status == status).count()
    }
}

/// Runs all checks. Blocks the thread: the database is read as a whole.
pub fn examine(around: &Surroundings<'_>) -> Findings {
    let mut findings = Vec::new();
    for check in CHECKS {
        // A failed check becomes a finding, and the next check runs.
        let found = (check.run)(around).unwrap_or_else(|error| vec![Finding::of_store(&error)]);
        findings
            .extend(found.into_iter().map(|finding| NamedFinding { check: check.name, finding }));
    }
    let status = findings.iter().map(|named| named.finding.status).max().unwrap_or(Status::Ok);
    Findings { status, findings }
}

/// The length of the longest name of a check.
pub fn longest_name() -> usize {
    CHECKS.iter().map(|check| check.name.len()).max().unwrap_or_default()
}
