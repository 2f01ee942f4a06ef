//! Why a mail was not handed over.

use std::time::Duration;

use lettre::transport::smtp::Error;

use crate::{model::MailServer, outbound::OutboundError};

/// The longest text of a server that is shown, in characters.
const SHOWN: usize = 200;

/// The step that the mail server refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpStage {
    /// The greeting of the server, and ours.
    Greeting,
    /// The username and the password.
    Login,
    /// The encryption of the connection.
    Tls,
}

/// Why a mail was not handed over.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// An address or the text cannot be written as a mail.
    #[error("cannot write the mail: {0}")]
    Message(String),
    /// The server cannot be reached.
    #[error(transparent)]
    Connect(#[from] OutboundError),
    /// It did not answer in time.
    #[error("cannot talk to {host}: it did not answer completely within {} seconds", time.as_secs())]
    Late {
        /// The host.
        host: String,
        /// The time limit.
        time: Duration,
    },
    /// It does not offer STARTTLS, so the mail would go unencrypted.
    #[error(
        "{host} does not offer STARTTLS: set smtpTls to tls, or to none if the network is safe"
    )]
    NoStartTls {
        /// The host.
        host: String,
    },
    /// The connection cannot be encrypted.
    #[error("cannot trust {host}: {cause}")]
    Tls {
        /// The host.
        host: String,
        /// The cause.
        cause: String,
    },
    /// The server broke off, or does not speak SMTP.
    #[error("cannot talk to {host}: {cause}")]
    Talk {
        /// The host.
        host: String,
        /// The cause.
        cause: String,
    },
    /// It refuses the username and the password.
    #[error("{host} refuses the username or the password: {cause}")]
    Login {
        /// The host.
        host: String,
        /// The answer of the server.
        cause: String,
    },
    /// It does not take a username and a password, or not on this connection.
    #[error("{host} takes no username and password on this connection")]
    NoLogin {
        /// The host.
        host: String,
    },
    /// It refuses this mail for good.
    #[error("the mail server refuses the mail: {0}")]
    Refused(String),
    /// It refuses this mail for now.
    #[error("the mail server refuses the mail for now: {0}")]
    RefusedForNow(String),
    /// It did not take this mail in time: perhaps it waits for the server of the recipient.
    #[error("the mail server did not take the mail within {} seconds", time.as_secs())]
    Slow {
        /// The time limit.
        time: Duration,
    },
    /// The connection broke while the mail was handed over.
    #[error("the connection to the mail server broke: {0}")]
    Broken(String),
}

impl SmtpError {
    /// Whether the server is at fault, and not the one mail: then others would fail as well.
    pub fn is_about_server(&self) -> bool {
        !matches!(
            self,
            Self::Message(_) | Self::Refused(_) | Self::RefusedForNow(_) | Self::Slow { .. }
        )
    }

    /// Whether the mail can never be handed over.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Message(_) | Self::Refused(_))
    }

    /// Reads an error of the connection.
    pub(super) fn of(server: &MailServer, stage: SmtpStage, error: &Error) -> Self {
        let (host, cause) = (server.host.clone(), shown(error));
        match stage {
            SmtpStage::Login if error.status().is_some() => Self::Login { host, cause },
            SmtpStage::Login if error.is_client() => Self::NoLogin { host },
            SmtpStage::Tls => Self::Tls { host, cause },
            SmtpStage::Greeting | SmtpStage::Login => Self::Talk { host, cause },
        }
    }

    /// Reads an error of handing over the mail itself. 530 asks for a login (RFC 4954 §6) and says
    /// nothing about the mail.
    pub(super) fn of_mail(error: &Error) -> Self {
        let cause = shown(error);
        match error.status().map(u16::from) {
            Some(530 | 538) => Self::Broken(cause),
            Some(500..) => Self::Refused(cause),
            Some(_) => Self::RefusedForNow(cause),
            // It cannot take this address (RFC 6531), and can take others.
            None if error.is_client() => Self::Refused(cause),
            None => Self::Broken(cause),
        }
    }
}

/// An error with its causes, on one line. The server chose a part of it.
fn shown(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    on_one_line(&text)
}

fn on_one_line(text: &str) -> String {
    let plain = text.replace(char::is_control, " ");
    plain.chars().take(SHOWN).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_is_a_short_line_without_control_characters() {
        assert_eq!(on_one_line("550 no\u{1b}[31m\r\nsuch\u{7}user"), "550 no [31m such user");
        assert_eq!(on_one_line(&"x".repeat(5_000)).len(), SHOWN);
    }
}
