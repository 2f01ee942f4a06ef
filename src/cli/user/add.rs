//! `pocketid user add`

use serde::Serialize;

use super::{
    super::{
        context::Context,
        error::CliError,
        one_time_link::{NewLink, OneTimeLink},
        page::Page,
        report::Outcome,
        ttl::Ttl,
    },
    account::NewAccount,
    show::Shown,
};
use crate::{
    model::{DisplayName, EmailAddress, PersonName, Username},
    store::users,
};

const EXAMPLES: &str = "\
Examples:
  pocketid user add alice --email alice@example.com --login-link
  pocketid user add bob --first-name Bob --last-name Builder --group staff
  pocketid user add carol --admin --if-absent";

/// Make an account
///
/// The account has no passkey yet. With --login-link its owner gets a link that works once within
/// an hour, to sign in with and register one; `pocketid recover` makes such a link later.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Add {
    /// User name: letters, digits and any of _ . @ -
    #[arg(value_name = "NAME")]
    username: Username,
    /// E-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<EmailAddress>,
    /// Given name
    #[arg(long, value_name = "NAME")]
    first_name: Option<PersonName>,
    /// Family name
    #[arg(long, value_name = "NAME")]
    last_name: Option<PersonName>,
    /// Name that people see; first and last name unless given
    #[arg(long, value_name = "NAME")]
    display_name: Option<DisplayName>,
    /// Let the user administer
    #[arg(long)]
    admin: bool,
    /// Put the user into this group; repeat for several
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// Print a link that signs the user in once within an hour
    #[arg(long)]
    login_link: bool,
    /// Do nothing when there is a user of this name already
    #[arg(long)]
    if_absent: bool,
}

/// The account, new or as it was.
#[derive(Debug, Serialize)]
pub struct Added {
    #[serde(flatten)]
    shown: Shown,
    #[serde(skip)]
    is_new: bool,
    #[serde(rename = "loginLink", skip_serializing_if = "Option::is_none")]
    link: Option<OneTimeLink>,
}

impl Add {
    pub fn run(self, ctx: &Context) -> Result<Added, CliError> {
        let link = self.login_link.then(|| NewLink::generate(ctx, Ttl::HOUR)).transpose()?;
        let if_absent = self.if_absent;
        let account = NewAccount::new(ctx, self.username)?
            .with_email(self.email)
            .with_person_names(self.first_name, self.last_name)
            .with_display_name(self.display_name)
            .with_admin(self.admin)
            .with_groups(self.groups);
        let added = ctx.store()?.write_blocking(move |tx| {
            if if_absent
                && let Some(id) = users::username_owner(tx, account.username())?
                && let Some(user) = users::find(tx, id)?
            {
                return Ok(Added { shown: Shown::load(tx, user)?, is_new: false, link: None });
            }
            let (user, _groups) = account.clone().insert(tx)?;
            let link = link.clone().map(|link| link.insert(tx, &user)).transpose()?;
            Ok::<_, CliError>(Added { shown: Shown::load(tx, user)?, is_new: true, link })
        })?;
        added.tell(ctx);
        Ok(added)
    }
}

impl Added {
    /// Tells that the account was there.
    fn tell(&self, ctx: &Context) {
        if !self.is_new {
            let username = self.shown.username();
            ctx.report().note(format!("There is a user {username} already; nothing was changed."));
        }
    }
}

impl Outcome for Added {
    fn write_text(&self, page: &mut Page) {
        self.shown.write_text(page);
        if let Some(link) = &self.link {
            page.remark("");
            link.write_text(page);
        }
    }

    fn afterword(&self) -> Option<String> {
        let username = self.shown.username();
        let tell = || format!("\nTo let them in: pocketid recover {username}");
        self.link.is_none().then(tell)
    }
}
