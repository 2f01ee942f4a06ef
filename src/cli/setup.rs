//! `pocketid setup`

use super::{
    context::Context,
    error::CliError,
    one_time_link::{NewLink, OneTimeLink},
    prompt,
    ttl::Ttl,
    user::account::NewAccount,
};
use crate::{
    model::{AuditEvent, DisplayName, EmailAddress, EventKind, Username},
    store::{Tx, audit_events, setup, users},
};

const EXAMPLES: &str = "\
Examples:
  pocketid setup
  pocketid setup --username alice --email alice@example.com

Off a terminal it prints three lines: the link, the code, and when they expire.";

/// Make the first administrator
///
/// Makes the account and prints a link that signs in once, to register a passkey with. On a
/// terminal it asks for what is missing. It refuses when there is an administrator already who may sign
/// in. The page /setup of the running server does the same, as long as there is no account at all, and
/// after the last administrator was disabled or removed with --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Setup {
    /// User name of the administrator
    #[arg(long, value_name = "NAME")]
    username: Option<Username>,
    /// E-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<EmailAddress>,
    /// Name that people see
    #[arg(long, value_name = "NAME")]
    display_name: Option<DisplayName>,
}

impl Setup {
    pub fn run(self, ctx: &Context) -> Result<OneTimeLink, CliError> {
        // Asked before the person is: they should not answer questions in vain.
        ctx.store()?.read_blocking(refuse_second)?;
        let username = prompt::required(ctx, self.username, "User name", "--username")?;
        let email = prompt::optional(ctx, self.email, "E-mail address")?;
        let display_name = prompt::optional(ctx, self.display_name, "Name that people see")?;
        let account = NewAccount::new(ctx, username)?
            .with_email(email)
            .with_display_name(display_name)
            .with_admin(true);
        let link = NewLink::generate(ctx, Ttl::HOUR)?;
        let data = [("username", account.username().to_string())];
        let replacing = ctx.event(EventKind::AdministratorReplaced, None, data);
        let (user, link, replaces) = ctx.store()?.write_blocking(move |tx| {
            refuse_second(tx)?;
            refuse_disabled(tx, account.username())?;
            let replaces = setup::close(tx)?;
            let (user, _groups) = account.clone().insert(tx)?;
            if replaces {
                let user_id = Some(user.id);
                audit_events::insert(tx, &AuditEvent { user_id, ..replacing.clone() })?;
            }
            let link = link.clone().insert(tx, &user)?;
            Ok::<_, CliError>((user, link, replaces))
        })?;
        if replaces {
            ctx.report().warn(
                "there was an administrator before, who is gone or disabled; the audit log has it",
            );
        }
        ctx.report().note(format!("{} is the administrator now.\n", user.username));
        Ok(link)
    }
}

fn refuse_second(tx: &mut Tx<'_>) -> Result<(), CliError> {
    if !users::enabled_administrator_exists(tx)? {
        return Ok(());
    }
    let mut administrators = users::list(tx)?;
    administrators.retain(|user| user.is_admin && !user.disabled);
    let name = administrators.first().map_or("NAME", |user| user.username.as_str());
    Err(CliError::refused(format!("there is an administrator already: {name}"))
        .hint(format!("to let them in without their passkey: pocketid recover {name}"))
        .hint("to make another one: pocketid user add NAME --admin --login-link"))
}

/// An administrator who is disabled need not be made anew.
fn refuse_disabled(tx: &mut Tx<'_>, username: &Username) -> Result<(), CliError> {
    let owner = users::username_owner(tx, username)?;
    let owner = owner.map(|id| users::find(tx, id)).transpose()?.flatten();
    match owner {
        Some(user) if user.disabled => {
            let message = format!("there is a user {} already, who is disabled", user.username);
            Err(CliError::refused(message)
                .hint(format!("to let them in again: pocketid user enable {}", user.username))
                .hint("or choose another user name"))
        }
        _ => Ok(()),
    }
}
