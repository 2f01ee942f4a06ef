//! SSH: certificate authorities, accounts of hosts, and certificates.

pub mod accounts;
pub mod ca_keys;
pub mod certificates;
mod disable;
mod enable;
mod refusal;
pub mod users;

pub use disable::disable;
pub use enable::{Enabled, SshSetup, enable, resource};
pub use refusal::SshRefusal;

pub use super::clients::ssh_client_id as client_id;

use super::{Act, Noun, Refusal};
