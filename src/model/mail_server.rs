//! The mail server of the configuration.

use super::{AppConfig, ConfigKey};
use crate::crypto::Secret;

/// How the connection to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// Not at all.
    None,
    /// From the command STARTTLS on (RFC 3207).
    StartTls,
    /// From the first byte on (RFC 8314 §3.3).
    Tls,
}

/// A name and an address in a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailAddress {
    /// The name; may be empty.
    pub name: String,
    /// The address.
    pub address: String,
}

/// The mail server, and how mails are handed to it.
#[derive(Debug, Clone)]
pub struct MailServer {
    /// Its host name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: MailTls,
    /// Whether its certificate is not verified.
    pub skips_verification: bool,
    /// The username; empty for none.
    pub user: String,
    /// The password; empty for none.
    pub password: Secret,
    /// The sender.
    pub from: MailAddress,
}

/// Why no mail can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailServerFault {
    /// The sender is not set.
    #[error("no sender address is set: set smtpFrom")]
    NoFrom,
    /// The server is not set.
    #[error("no mail server is configured: set smtpHost and smtpFrom")]
    NoHost,
}

impl MailServer {
    /// Reads the mail server of a configuration. Without a port it is the usual one of its
    /// encryption: 25, 587 or 465.
    pub fn of(config: &AppConfig) -> Result<Self, MailServerFault> {
        let text = |key| config.text(key).trim().to_owned();
        let (host, address) = (text(ConfigKey::SmtpHost), text(ConfigKey::SmtpFrom));
        if host.is_empty() {
            return Err(MailServerFault::NoHost);
        }
        if address.is_empty() {
            return Err(MailServerFault::NoFrom);
        }
        let tls = match config.text(ConfigKey::SmtpTls) {
            "starttls" => MailTls::StartTls,
            "tls" => MailTls::Tls,
            _ => MailTls::None,
        };
        let usual_port = match tls {
            MailTls::None => 25,
            MailTls::StartTls => 587,
            MailTls::Tls => 465,
        };
        Ok(Self {
            host,
            port: config.text(ConfigKey::SmtpPort).parse().unwrap_or(usual_port),
            tls,
            skips_verification: config.flag(ConfigKey::SmtpSkipCertVerify),
            user: text(ConfigKey::SmtpUser),
            password: Secret::new(config.text(ConfigKey::SmtpPassword)),
            from: MailAddress { name: config.app_name().to_owned(), address },
        })
    }

    /// Whether it asks for a username or a password.
    pub fn has_login(&self) -> bool {
        !self.user.is_empty() || !self.password.expose().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::app_config::Origin;

    fn server(chosen: &[(ConfigKey, &str)]) -> Result<MailServer, MailServerFault> {
        let chosen = chosen.iter().map(|(key, value)| (*key, Secret::new(*value)));
        MailServer::of(&AppConfig::new(chosen.collect(), Origin::Stored))
    }

    #[test]
    fn the_port_follows_the_encryption_unless_it_is_set() {
        let given = [(ConfigKey::SmtpHost, "mail"), (ConfigKey::SmtpFrom, "id@example.com")];
        for (tls, port) in [("none", 25), ("starttls", 587), ("tls", 465)] {
            let server = server(&[&given[..], &[(ConfigKey::SmtpTls, tls)]].concat()).unwrap();
            assert_eq!(server.port, port, "{tls}");
        }
        let server = server(&[&given[..], &[(ConfigKey::SmtpPort, "2525")]].concat()).unwrap();
        assert_eq!((server.port, server.has_login()), (2525, false));
    }

    #[test]
    fn a_server_without_its_host_or_sender_is_none() {
        assert_eq!(server(&[]).unwrap_err(), MailServerFault::NoHost);
        let host = [(ConfigKey::SmtpHost, "mail")];
        assert_eq!(server(&host).unwrap_err(), MailServerFault::NoFrom);
    }
}
