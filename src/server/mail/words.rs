//! The words of each mail.

use super::letterhead::Letterhead;
use crate::{
    model::{Letter, Mail, NoticeEntry, Timestamp},
    server::{
        messages::Messages,
        pages::{Time, describe_browser},
    },
};

/// A link that looks like a button.
#[derive(Debug)]
pub(super) struct MailButton {
    pub(super) label: String,
    pub(super) address: String,
}

/// A line with a label and a value.
#[derive(Debug)]
pub(super) struct Fact {
    pub(super) label: String,
    pub(super) value: String,
}

/// The words of a mail.
#[derive(Debug)]
pub(super) struct Wording {
    pub(super) subject: String,
    pub(super) greeting: String,
    pub(super) paragraphs: Vec<String>,
    pub(super) code: Option<String>,
    pub(super) button: Option<MailButton>,
    pub(super) facts: Vec<Fact>,
    pub(super) note: Option<String>,
}

/// Looks up the texts of a mail.
struct Words<'a> {
    head: &'a Letterhead,
    messages: &'static Messages,
}

impl Words<'_> {
    fn t(&self, key: &str) -> String {
        self.with(key, &[])
    }

    fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        let app = [("app", self.head.app_name.as_str())];
        self.messages.with(key, &[values, &app].concat())
    }

    fn button(&self, label: String, path: &str) -> Option<MailButton> {
        Some(MailButton { label, address: self.head.app_url.join(path) })
    }

    /// A duration in the largest unit that gives a whole number.
    fn duration(&self, seconds: i64) -> String {
        let minutes = seconds / 60;
        let (count, one, many) = match minutes {
            minutes if minutes > 0 && minutes % 1_440 == 0 => {
                (minutes / 1_440, "mail.duration.day", "mail.duration.days")
            }
            minutes if minutes > 0 && minutes % 60 == 0 => {
                (minutes / 60, "mail.duration.hour", "mail.duration.hours")
            }
            minutes => (minutes.max(1), "mail.duration.minute", "mail.duration.minutes"),
        };
        let key = if count == 1 { one } else { many };
        self.with(key, &[("count", &count.to_string())])
    }
}

fn moment(at: Timestamp) -> String {
    Time::at(at.as_unix()).text
}

impl Wording {
    /// Words a mail.
    pub(super) fn of(head: &Letterhead, messages: &'static Messages, mail: &Mail) -> Self {
        let words = Words { head, messages };
        let greeting = match mail.to.name.as_str() {
            "" => words.t("mail.greeting"),
            name => words.with("mail.greeting_name", &[("name", name)]),
        };
        let wording = match &mail.letter {
            Letter::ApiKeyExpiring { name, expires_at } => {
                Self::api_key_expiring(&words, name, *expires_at)
            }
            Letter::EmailVerification { token } => Self::email_verification(&words, token.expose()),
            Letter::Invitation { username, code, expires_at } => {
                Self::invitation(&words, username, code.expose(), *expires_at)
            }
            Letter::LoginCode { code, seconds, redirect } => {
                Self::login_code(&words, code.expose(), *seconds, redirect.as_deref())
            }
            Letter::NewDevice { .. } => Self::new_device(&words, &mail.letter),
            Letter::Notice { event, entries, more } => Self::notice(&words, event, entries, *more),
            Letter::Test => Self::plain(words.t("mail.test.subject"), words.t("mail.test.text")),
        };
        Self { greeting, ..wording }
    }

    fn plain(subject: String, paragraph: String) -> Self {
        Self {
            subject,
            greeting: String::new(),
            paragraphs: vec![paragraph],
            code: None,
            button: None,
            facts: Vec::new(),
            note: None,
        }
    }

    fn api_key_expiring(words: &Words<'_>, name: &str, expires_at: Timestamp) -> Self {
        let time = moment(expires_at);
        let values = [("name", name), ("time", time.as_str())];
        Self {
            button: words.button(words.t("mail.api_key.button"), "/settings/admin/api-keys"),
            ..Self::plain(
                words.with("mail.api_key.subject", &values),
                words.with("mail.api_key.text", &values),
            )
        }
    }

    fn email_verification(words: &Words<'_>, token: &str) -> Self {
        let path = format!("/verify-email?token={token}");
        Self {
            button: words.button(words.t("mail.verification.button"), &path),
            note: Some(words.t("mail.verification.note")),
            ..Self::plain(words.t("mail.verification.subject"), words.t("mail.verification.text"))
        }
    }

    fn invitation(words: &Words<'_>, username: &str, code: &str, expires_at: Timestamp) -> Self {
        let time = moment(expires_at);
        Self {
            button: words.button(words.t("mail.invitation.button"), &format!("/lc/{code}")),
            note: Some(words.with("mail.invitation.note", &[("time", &time)])),
            ..Self::plain(
                words.t("mail.invitation.subject"),
                words.with("mail.invitation.text", &[("username", username)]),
            )
        }
    }

    fn login_code(words: &Words<'_>, code: &str, seconds: i64, redirect: Option<&str>) -> Self {
        let onward: String =
            form_urlencoded::byte_serialize(redirect.unwrap_or_default().as_bytes()).collect();
        let path = match redirect {
            Some(_) => format!("/lc/{code}?redirect={onward}"),
            None => format!("/lc/{code}"),
        };
        let address = words.head.app_url.join("/lc");
        let duration = words.duration(seconds);
        Self {
            code: Some(code.to_owned()),
            button: words.button(words.t("mail.login_code.button"), &path),
            note: Some(words.with("mail.login_code.note", &[("duration", &duration)])),
            ..Self::plain(
                words.t("mail.login_code.subject"),
                words.with("mail.login_code.text", &[("address", &address)]),
            )
        }
    }

    fn new_device(words: &Words<'_>, letter: &Letter) -> Self {
        let mut facts = Vec::new();
        if let Letter::NewDevice { ip_address, place, user_agent, at } = letter {
            let mut add = |key: &str, value: String| {
                facts.push(Fact { label: words.t(key), value });
            };
            add("mail.new_device.time", moment(*at));
            add("mail.new_device.device", describe_browser(user_agent, words.messages));
            add("mail.new_device.ip_address", ip_address.clone());
            place.iter().for_each(|place| add("mail.new_device.place", place.clone()));
        }
        Self {
            facts,
            button: words.button(words.t("mail.new_device.button"), "/settings/account"),
            note: Some(words.t("mail.new_device.note")),
            ..Self::plain(words.t("mail.new_device.subject"), words.t("mail.new_device.text"))
        }
    }

    fn notice(words: &Words<'_>, event: &str, entries: &[NoticeEntry], more: i64) -> Self {
        let fact = |entry: &NoticeEntry| {
            let by = words.with("mail.notice.by", &[("actor", &entry.actor)]);
            let parts = [entry.about.clone(), by].into_iter();
            let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
            Fact { label: moment(entry.at), value: parts.join(", ") }
        };
        let notice = Self::plain(
            words.t(&format!("notice.{event}.subject")),
            words.t(&format!("notice.{event}.text")),
        );
        let more =
            (more > 0).then(|| words.with("mail.notice.more", &[("count", &more.to_string())]));
        Self {
            paragraphs: notice.paragraphs.into_iter().chain(more).collect(),
            facts: entries.iter().map(fact).collect(),
            button: words.button(words.t("mail.notice.button"), "/settings/admin/audit-log"),
            note: Some(words.t("mail.notice.note")),
            ..notice
        }
    }

    /// The mail as plain text.
    pub(super) fn to_text(&self) -> String {
        let mut parts = vec![self.greeting.clone()];
        parts.extend(self.paragraphs.iter().cloned());
        parts.extend(self.code.iter().map(|code| format!("    {code}")));
        let facts: Vec<_> =
            self.facts.iter().map(|fact| format!("{}: {}", fact.label, fact.value)).collect();
        parts.extend((!facts.is_empty()).then(|| facts.join("\n")));
        parts.extend(
            self.button.iter().map(|button| format!("{}: {}", button.label, button.address)),
        );
        parts.extend(self.note.iter().cloned());
        parts.join("\n\n") + "\n"
    }
}
