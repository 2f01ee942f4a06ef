//! `pocketid mail test`

use serde::Serialize;

use super::super::{context::Context, error::CliError, page::Page, report::Outcome};
use crate::{
    model::{EmailAddress, Letter, Mail, MailRecipient, MailServer, MailServerFault, MailTls},
    outbound::SmtpError,
    server::mail::{Letterhead, write},
};

const EXAMPLES: &str = "\
Examples:
  pocketid config set smtpHost mail.example.com
  pocketid config set smtpTls starttls
  pocketid config set smtpFrom id@example.com
  pocketid mail test alice@example.com

The mail server may belong to a private authority: name its certificate in TRUSTED_CA_FILE.";

/// Send a test email
///
/// It is handed to the mail server at once, without the server of pocketid, and the answer of the mail
/// server is printed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Test {
    /// Address of the recipient
    #[arg(value_name = "ADDRESS")]
    address: EmailAddress,
}

/// A mail that the mail server has accepted.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SentMail {
    to: EmailAddress,
    host: String,
    port: u16,
}

impl Test {
    pub fn run(self, ctx: &Context) -> Result<SentMail, CliError> {
        let config = ctx.whole_app_config()?;
        let server = MailServer::of(&config).map_err(not_configured)?;
        let letterhead = Letterhead::new(&ctx.settings_for_addresses()?.app_url, &config);
        let mail = Mail { to: MailRecipient::at(&self.address), letter: Letter::Test };
        let mail = write(&letterhead, ctx.new_id(), &mail, ctx.now());
        let outbound = ctx.outbound()?;
        ctx.wait(outbound.send_mail(&server, &mail))?.map_err(|error| refused(&server, &error))?;
        Ok(SentMail { to: self.address, host: server.host, port: server.port })
    }
}

/// Says which setting is missing.
pub fn not_configured(fault: MailServerFault) -> CliError {
    CliError::refused(fault.to_string())
        .hint("for example: pocketid config set smtpHost mail.example.com")
}

fn refused(server: &MailServer, error: &SmtpError) -> CliError {
    let (host, port) = (&server.host, server.port);
    let refused = CliError::refused(format!("the email was not sent: {error}"));
    match error {
        SmtpError::Login { .. } => refused.hint("check smtpUser and smtpPassword"),
        SmtpError::NoLogin { .. } => refused.hint(
            "many servers take them only encrypted: set smtpTls. If it wants none: pocketid config \
             unset smtpUser, and the same for smtpPassword",
        ),
        SmtpError::Message(_) | SmtpError::Refused(_) | SmtpError::RefusedForNow(_) => {
            refused.hint("check smtpFrom, and whether the mail server lets you send to that address")
        }
        SmtpError::Slow { .. } => {
            refused.hint("try another address, or look into the log of the mail server")
        }
        SmtpError::Tls { .. } => refused.hint(
            "if a private authority issued its certificate, name the authority's in TRUSTED_CA_FILE",
        ),
        SmtpError::Connect(_) => refused.hint(format!(
            "check smtpHost ({host}), smtpPort ({port}) and smtpTls, and that this machine may \
             connect there"
        )),
        SmtpError::Broken(_) | SmtpError::Late { .. } | SmtpError::Talk { .. } => {
            refused.hint(other_encryption(server))
        }
        SmtpError::NoStartTls { .. } => {
            refused.hint("set smtpTls to tls, or to none if the network to it is safe")
        }
    }
}

/// A server that says nothing, or nothing that makes sense, often expects the other encryption.
fn other_encryption(server: &MailServer) -> String {
    let usual = match server.tls {
        MailTls::None | MailTls::StartTls => "port 465 usually wants smtpTls tls",
        MailTls::Tls => "ports 25 and 587 usually want smtpTls starttls",
    };
    format!("check smtpPort ({}) and smtpTls: {usual}", server.port)
}

impl Outcome for SentMail {
    fn write_text(&self, page: &mut Page) {
        page.line(format!(
            "Sent a test email to {}: {} (port {}) accepted it.",
            self.to, self.host, self.port
        ));
    }
}
