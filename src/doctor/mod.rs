//! Looks for common faults of an installation: one file per check. `pocketid doctor` prints the
//! findings, and the REST API shows those of a running server.
//!
//! The inputs of the checks are in `Surroundings`. A check changes nothing and asks no other
//! machine.

mod address;
mod administrators;
mod backups;
mod checks;
mod client_certificates;
mod clients;
mod clock;
mod database;
mod directory;
mod disk;
mod emails;
mod encryption_key;
mod files;
mod finding;
mod location;
mod look;
mod look_at_hosts;
mod mail;
pub mod mends;
mod outside;
mod protected_hosts;
mod provisioning;
mod proxy;
mod secrets;
mod server;
mod services;
mod settings;
mod ssh;
mod surroundings;
mod syslog;
mod webhooks;

pub use checks::{Findings, NamedFinding, examine, longest_name};
pub use finding::{Finding, Status};
pub use look::{
    ASKED, CERTIFICATE_CLAIM, CERTIFICATE_PASSED, FORWARDED, ProxySeen, Seen, Unseen,
    look_from_outside,
};
pub use look_at_hosts::{HostProtection, SeenHost, look_at_hosts};
pub use surroundings::{NoData, Surroundings};
