//! Mails a user when a new device signs in to their account.

use std::net::IpAddr;

use super::{
    App,
    http::Head,
    messages::{Locale, Messages},
    networks,
    pages::describe_browser,
};
use crate::{
    model::{ConfigKey, Letter, Mail, MailRecipient, MailServer, Timestamp, User},
    operations::Postbox,
    store::{StoreError, Tx, audit_events},
};

/// The device of a sign-in, and where to put the mail about it.
#[derive(Debug)]
pub(super) struct NewDevice {
    address: IpAddr,
    user_agent: String,
    place: Option<String>,
    postbox: Postbox,
}

impl NewDevice {
    /// Reads the device of a sign-in. `None` when these mails are disabled.
    pub(super) fn of(app: &App, head: &Head) -> Option<Self> {
        let config = app.config();
        let is_wanted = config.flag(ConfigKey::EmailLoginNotificationEnabled)
            && MailServer::of(&config).is_ok();
        is_wanted.then(|| Self {
            address: head.client_ip,
            user_agent: head.user_agent(),
            place: app.locate(head.client_ip).describe(),
            postbox: app.postbox(),
        })
    }

    /// Mails the user, unless they used such a device in the same network before. Call it before the
    /// sign-in is in the audit log.
    pub(super) fn tell(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(email) = &user.email else { return Ok(()) };
        let devices = audit_events::list_devices(tx, user.id)?;
        if devices.iter().any(|used| self.is_like(&used.ip_address, &used.user_agent)) {
            return Ok(());
        }
        let letter = Letter::NewDevice {
            ip_address: self.address.to_string(),
            place: self.place.clone(),
            user_agent: self.user_agent.clone(),
            at: now,
        };
        self.postbox.post(tx, &Mail { to: MailRecipient::of(user, email), letter }, now)
    }

    /// Browsers change their version every few weeks, and IPv6 addresses by the hour: neither makes
    /// a device a new one.
    fn is_like(&self, ip_address: &str, user_agent: &str) -> bool {
        let words = Messages::of(Locale::En);
        let network = ip_address.parse().map(networks::narrow);
        network.is_ok_and(|network| network == networks::narrow(self.address))
            && describe_browser(user_agent, words) == describe_browser(&self.user_agent, words)
    }
}
