//! Provisions the users and groups of a client over SCIM 2.0 (RFC 7644), as a SCIM client.
//!
//! A synchronisation compares everything: it reads what the endpoint has, page by page, deletes what
//! should not be there, and creates and replaces the rest. What an interrupted one has done stays done,
//! and the next one goes on from there. Of several servers, one synchronises a provider at a time.

mod compare;
mod error;
mod groups;
mod lease;
mod leftovers;
mod listing;
mod means;
mod policy;
mod report;
mod run;
mod sending;
mod service;
mod users;

pub use error::ProvisioningError;
pub use lease::synchronise;
pub use means::ProvisioningMeans;
pub use policy::ProvisioningPolicy;
pub use report::{ProvisioningReport, ResourceCount};
