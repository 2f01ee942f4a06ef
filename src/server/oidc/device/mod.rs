//! Signs in on a device without a browser, with the browser of another device (RFC 8628).

pub(in crate::server) mod authorization;
pub(in crate::server) mod verification;

use crate::{
    model::{Client, ConfigKey},
    operations::clients::ssh_client_id,
    server::App,
};

/// Whether a client may sign people in on a device now. For SSH an administrator has to allow it.
pub(super) fn is_allowed(app: &App, client: &Client) -> bool {
    client.id != ssh_client_id() || app.config().flag(ConfigKey::SshDeviceLogin)
}
