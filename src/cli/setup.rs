//! `pocketid setup`

use serde::Serialize;

use super::{
    context::Context,
    error::CliError,
    one_time_link::{NewLink, OneTimeLink},
    page::Page,
    prompt,
    report::Outcome,
    ttl::Ttl,
};
use crate::{
    model::{DisplayName, EmailAddress, Username},
    operations::{self, users::UserDraft},
    server::{self, SetupCode},
    settings::AskForSetupCode,
    store::{Tx, setup, users},
};

const EXAMPLES: &str = "\
Examples:
  pocketid setup
  pocketid setup --username alice --email alice@example.com
  pocketid setup --code

Off a terminal it prints three lines: the link, the code, and when they expire.";

/// Create the first administrator
///
/// Makes the account and prints a link that signs in once, to register a passkey with. On a
/// terminal it asks for missing values. It refuses when there is already an administrator whose
/// account is not disabled. The page /setup of the running server does the same, as long as there
/// is no account at all, and after the last administrator was disabled or removed with --yes.
/// Unless the database is new, that page asks for the code that --code prints.
///
/// That page wants an email where the setting requireUserEmail says so, as it does at first; here
/// it may be left out, and the administrator is asked for one when they next change their profile
/// in a browser.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Setup {
    /// Username of the administrator
    #[arg(long, value_name = "NAME")]
    username: Option<Username>,
    /// Email
    #[arg(long, value_name = "ADDRESS")]
    email: Option<EmailAddress>,
    /// Display name
    #[arg(long, value_name = "NAME")]
    display_name: Option<DisplayName>,
    /// Print the code that the page /setup asks for, and create no account
    #[arg(long, conflicts_with_all = ["username", "email", "display_name"])]
    code: bool,
}

/// The result.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Done {
    /// A new administrator.
    Administrator(OneTimeLink),
    /// The set-up code.
    Code(PrintedCode),
}

/// The set-up code, and the address of its page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrintedCode {
    setup_code: String,
    #[serde(skip)]
    page: String,
}

impl Outcome for Done {
    fn write_text(&self, page: &mut Page) {
        match self {
            Self::Administrator(link) => link.write_text(page),
            Self::Code(code) => {
                page.remark(format!("The code that {} asks for:\n", code.page));
                page.line(&code.setup_code);
            }
        }
    }
}

impl Setup {
    pub fn run(self, ctx: &Context) -> Result<Done, CliError> {
        if self.code {
            print_code(ctx).map(Done::Code)
        } else {
            self.make_administrator(ctx).map(Done::Administrator)
        }
    }

    fn make_administrator(self, ctx: &Context) -> Result<OneTimeLink, CliError> {
        // Checks first, so that the user does not answer questions in vain.
        ctx.store()?.read_blocking(refuse_second)?;
        let username = prompt::required(ctx, self.username, "Username", "--username")?;
        let email = prompt::optional(ctx, self.email, "Email")?;
        let display_name = prompt::optional(ctx, self.display_name, "Display name")?;
        let draft = UserDraft {
            email,
            email_verified: ctx.app_config()?.emails_verified(),
            display_name,
            is_admin: true,
            ..UserDraft::new(username)
        };
        let link = NewLink::generate(ctx, Ttl::HOUR)?;
        let (user, link, replaces) =
            ctx.act(ctx.store()?, (draft, link), |act, (draft, link)| {
                refuse_second(act)?;
                refuse_disabled(act, &draft.username)?;
                let first = operations::users::create_first_administrator(act, draft)?;
                let link = link.insert(act, &first.user)?;
                Ok::<_, CliError>((first.user, link, first.replaces))
            })?;
        if replaces {
            ctx.report()
                .warn("an earlier administrator was deleted or disabled; see the audit log");
        }
        ctx.report().note(format!("{} is now the administrator.\n", user.username));
        Ok(link)
    }
}

fn print_code(ctx: &Context) -> Result<PrintedCode, CliError> {
    let (settings, store, now) = (ctx.settings()?, ctx.existing_store()?, ctx.now());
    store.read_blocking(refuse_second)?;
    server::note_first_start(settings, store, now)?;
    let Some(opening) = store.read_blocking(move |tx| setup::opening(tx, now))? else {
        return Err(CliError::refused("the page /setup is closed: accounts exist already")
            .hint("to create an administrator: pocketid setup"));
    };
    if settings.ask_for_setup_code == AskForSetupCode::Never {
        return Err(CliError::refused("the page /setup asks for no code: SETUP_CODE is off"));
    }
    let setup_code = SetupCode::of(&ctx.master_key()?, &opening).shown();
    Ok(PrintedCode { setup_code, page: settings.app_url.join("/setup") })
}

fn refuse_second(tx: &mut Tx<'_>) -> Result<(), CliError> {
    if !users::enabled_administrator_exists(tx)? {
        return Ok(());
    }
    let administrators = users::list_administrators(tx)?;
    let name = administrators.first().map_or("NAME", |(name, _)| name.as_str());
    Err(CliError::refused(format!("an administrator already exists: {name}"))
        .hint(format!("to let them sign in without a passkey: pocketid recover {name}"))
        .hint("to create another one: pocketid user add NAME --admin --login-link"))
}

/// Refuses the username of a disabled user, who can be enabled instead.
fn refuse_disabled(tx: &mut Tx<'_>, username: &Username) -> Result<(), CliError> {
    let owner = users::username_owner(tx, username)?;
    let owner = owner.map(|id| users::find(tx, id)).transpose()?.flatten();
    match owner {
        Some(user) if user.disabled => {
            let message = format!("the user {} already exists and is disabled", user.username);
            Err(CliError::refused(message)
                .hint(format!("to enable the user: pocketid user enable {}", user.username))
                .hint("or choose another username"))
        }
        _ => Ok(()),
    }
}
