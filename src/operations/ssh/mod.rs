//! SSH: certificate authorities, accounts of hosts, and certificates.

pub mod accounts;
pub mod ca_keys;
pub mod certificates;
mod disable;
mod enable;

pub use disable::disable;
pub use enable::{Enabled, SshSetup, client_id, enable, resource};

use super::{Act, Noun, Refusal};
