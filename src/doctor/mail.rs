//! Checks that emails can be sent, and that no message waits for long.

use super::{Finding, Surroundings};
use crate::{
    model::{AppConfig, ConfigKey, MailServer, MailTls, MessageKind},
    store::{StoreError, app_config, outbox},
};

/// How often a message was tried before its delay is a finding.
const TRIES: i64 = 3;

/// The settings that need a mail server.
const NEED_SERVER: &[ConfigKey] = &[
    ConfigKey::EmailLoginNotificationEnabled,
    ConfigKey::EmailOneTimeAccessAsUnauthenticatedEnabled,
    ConfigKey::EmailOneTimeAccessAsAdminEnabled,
    ConfigKey::EmailApiKeyExpirationEnabled,
    ConfigKey::EmailVerificationEnabled,
];

/// Warns of emails without a mail server, of passwords that are sent unencrypted, and of messages
/// that could not be sent.
pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let Some(store) = around.store() else { return Ok(Vec::new()) };
    let config = match &around.settings.app_config {
        Some(config) => config.clone(),
        None => app_config::read_entries(&store.read_blocking(app_config::list)?, None).0,
    };
    let mut findings = server(&config);
    for waiting in store.read_blocking(outbox::count_waiting)? {
        if waiting.attempts >= TRIES {
            findings.push(late(waiting.kind, waiting.count));
        }
    }
    Ok(findings)
}

fn server(config: &AppConfig) -> Vec<Finding> {
    let wanted = NEED_SERVER.iter().find(|key| config.flag(**key));
    match (MailServer::of(config), wanted) {
        (Ok(server), _) if server.tls == MailTls::None && !server.user.is_empty() => {
            vec![Finding::warning(
                format!("the password for {} is sent unencrypted", server.host),
                "pocketid config set smtpTls starttls, or tls",
            )]
        }
        (Ok(server), _) => {
            let from = &server.from.address;
            vec![Finding::ok(format!("{} sends emails from {from}", server.host))]
        }
        (Err(_), None) => Vec::new(),
        (Err(fault), Some(key)) => vec![Finding::warning(
            format!("{} is on, but {fault}", key.name()),
            "configure the mail server, and try it: pocketid mail test ADDRESS",
        )],
    }
}

fn late(kind: MessageKind, count: i64) -> Finding {
    let mend = "the log says why. To try: pocketid mail test ADDRESS";
    match kind {
        MessageKind::Mail => {
            Finding::warning(format!("{count} emails wait to be sent, and attempts failed"), mend)
        }
        MessageKind::BackchannelLogout => Finding::warning(
            format!("{count} logout notices wait to be sent to applications, and attempts failed"),
            "the log says which applications do not answer",
        ),
        MessageKind::Scim | MessageKind::Webhook => Finding::warning(
            format!("{count} messages ({}) wait to be sent, and attempts failed", kind.as_str()),
            "the log says why",
        ),
    }
}
