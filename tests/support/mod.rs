//! What the integration tests share.

pub(crate) mod agent;
mod api;
pub(crate) mod archive;
pub(crate) mod authority;
pub(crate) mod browser;
pub(crate) mod cli;
pub(crate) mod daemon;
pub(crate) mod device;
pub(crate) mod django;
pub(crate) mod dpop;
pub(crate) mod everything;
pub(crate) mod file_site;
pub(crate) mod flow;
pub(crate) mod https;
pub(crate) mod issuer;
pub(crate) mod mail_server;
pub(crate) mod mmdb;
pub(crate) mod op;
pub(crate) mod patience;
pub(crate) mod pgbouncer;
pub(crate) mod pocket_id;
pub(crate) mod pocket_id_2_0;
pub(crate) mod ports;
pub(crate) mod postgres;
pub(crate) mod program;
pub(crate) mod proxy;
pub(crate) mod real_pocket_id;
pub(crate) mod s3;
pub(crate) mod slapd;
pub(crate) mod soft_authenticator;
pub(crate) mod sshd;
mod verify;
pub(crate) mod versity;
pub(crate) mod wire;

pub(crate) use patience::{wait_for, wait_until};
