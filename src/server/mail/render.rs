//! Writes a mail as text and as HTML.

use askama::Template as _;
use uuid::Uuid;

use super::{letterhead::Letterhead, words::Wording};
use crate::{
    model::{Mail, MailAddress, Timestamp},
    outbound::OutgoingMail,
    server::messages::{Locale, Messages},
};

/// A mail as HTML.
#[derive(Debug, askama::Template)]
#[template(path = "mail.html")]
struct HtmlMail<'a> {
    head: &'a Letterhead,
    locale: Locale,
    messages: &'static Messages,
    wording: &'a Wording,
}

impl HtmlMail<'_> {
    fn footer(&self) -> String {
        self.messages.with("mail.footer", &[("address", self.head.app_url.as_str())])
    }
}

/// Writes a mail. `id` is that of its message, so that a copy has the same.
pub fn write(head: &Letterhead, id: Uuid, mail: &Mail, now: Timestamp) -> OutgoingMail {
    let locale = mail.to.locale.as_deref().and_then(Locale::from_tag).unwrap_or(Locale::En);
    let messages = Messages::of(locale);
    let wording = Wording::of(head, messages, mail);
    let rendered = HtmlMail { head, locale, messages, wording: &wording }.render();
    OutgoingMail {
        id,
        to: MailAddress { name: mail.to.name.clone(), address: mail.to.address.clone() },
        subject: wording.subject.clone(),
        text: wording.to_text(),
        html: rendered.unwrap_or_default(),
        date: now,
    }
}
