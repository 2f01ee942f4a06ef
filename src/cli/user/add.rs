//! `pocketid user add`

use serde::Serialize;

use super::{
    super::{
        context::Context,
        error::CliError,
        names::find_groups,
        one_time_link::{NewLink, OneTimeLink},
        page::Page,
        report::Outcome,
        ttl::Ttl,
    },
    show::ShownUser,
};
use crate::{
    model::{DisplayName, EmailAddress, PersonName, Username},
    operations::{
        groups,
        users::{self, UserDraft},
    },
    store,
};

const EXAMPLES: &str = "\
Examples:
  pocketid user add alice --email alice@example.com --email-verified --login-link
  pocketid user add bob --first-name Bob --last-name Builder --group staff
  pocketid user add carol --admin --if-absent";

/// Create an account
///
/// The account has no passkey yet. With --login-link its owner gets a link that works once within
/// an hour, to sign in with and register one; `pocketid recover` makes such a link later.
///
/// The setting requireUserEmail is for browsers and the API: here the email may be left out, since not every account is
/// a person's. Its owner is asked for one when they next change their profile.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Add {
    /// Username: letters a to z, digits and any of _ . @ -
    #[arg(value_name = "NAME")]
    username: Username,
    /// Email
    #[arg(long, value_name = "ADDRESS")]
    email: Option<EmailAddress>,
    /// Whether the email is verified; as in the setting emailsVerified unless given
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        requires = "email"
    )]
    email_verified: Option<bool>,
    /// First name
    #[arg(long, value_name = "NAME")]
    first_name: Option<PersonName>,
    /// Last name
    #[arg(long, value_name = "NAME")]
    last_name: Option<PersonName>,
    /// Display name; first and last name unless given
    #[arg(long, value_name = "NAME")]
    display_name: Option<DisplayName>,
    /// Make the user an administrator
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

/// The new or existing account.
#[derive(Debug, Serialize)]
pub struct Added {
    #[serde(flatten)]
    shown: ShownUser,
    #[serde(skip)]
    is_new: bool,
    #[serde(rename = "loginLink", skip_serializing_if = "Option::is_none")]
    link: Option<OneTimeLink>,
}

impl Add {
    pub fn run(self, ctx: &Context) -> Result<Added, CliError> {
        let link = self.login_link.then(|| NewLink::generate(ctx, Ttl::HOUR)).transpose()?;
        let emails_verified = ctx.app_config()?.emails_verified();
        let draft = UserDraft {
            email: self.email,
            email_verified: self.email_verified.unwrap_or(emails_verified),
            first_name: self.first_name.unwrap_or_else(PersonName::empty),
            last_name: self.last_name.unwrap_or_else(PersonName::empty),
            display_name: self.display_name,
            is_admin: self.admin,
            ..UserDraft::new(self.username)
        };
        let if_absent = self.if_absent;
        let input = (draft, self.groups, link);
        let added = ctx.act(ctx.store()?, input, move |act, (draft, groups, link)| {
            let now = act.now();
            let owner = store::users::username_owner(act, &draft.username)?;
            if if_absent
                && let Some(id) = owner
                && let Some(user) = store::users::find(act, id)?
            {
                return Ok(Added {
                    shown: ShownUser::load(act, user, now)?,
                    is_new: false,
                    link: None,
                });
            }
            let created = users::create(act, draft, None);
            let user = created.map_err(|refusal| match owner {
                Some(_) => CliError::from(refusal)
                    .hint("to keep an existing account unchanged, add --if-absent"),
                None => refusal.into(),
            })?;
            for group in find_groups(act, groups)? {
                groups::add_member(act, &group, user.id)?;
            }
            let link = link.as_ref().map(|link| link.insert(act, &user)).transpose()?;
            Ok::<_, CliError>(Added { shown: ShownUser::load(act, user, now)?, is_new: true, link })
        })?;
        added.tell(ctx);
        Ok(added)
    }
}

impl Added {
    /// Reports that the account exists already.
    fn tell(&self, ctx: &Context) {
        if !self.is_new {
            let username = self.shown.username();
            ctx.report().note(format!("The user {username} already exists; nothing was changed."));
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
        let tell = || format!("\nTo let the user sign in: pocketid recover {username}");
        self.link.is_none().then(tell)
    }
}
