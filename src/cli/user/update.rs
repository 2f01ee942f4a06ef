//! `pocketid user update`

use super::{
    super::{
        clearable::Clearable,
        context::Context,
        error::CliError,
        names::{find_user, refuse_taken},
    },
    last_administrator::{self, Leave},
    show::Shown,
};
use crate::{
    model::{DisplayName, EmailAddress, EventKind, PersonName, User, Username},
    server::messages::Locale,
    store::{audit_events, users},
};

const EXAMPLES: &str = "\
Examples:
  pocketid user update alice --email alice@example.org --display-name Alice
  pocketid user update alice --email \"\"
  pocketid user update alice --email-verified
  pocketid user update bob --admin

An empty value takes away what was set.";

/// Change an account
///
/// What is not given stays as it is. Another email is not verified, unless --email-verified is given or the
/// setting emailsVerified is on. That setting is for new accounts and new emails: it changes no account that
/// there is.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    group = clap::ArgGroup::new("change").required(true).multiple(true)
)]
pub struct Update {
    /// User name, e-mail address or id
    #[arg(value_name = "USER")]
    name: String,
    /// Another user name: letters, digits and any of _ . @ -
    #[arg(long, value_name = "NAME", group = "change")]
    username: Option<Username>,
    /// E-mail address
    #[arg(long, value_name = "ADDRESS", group = "change")]
    email: Option<Clearable<EmailAddress>>,
    /// Whether the email is proven to be theirs
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        group = "change"
    )]
    email_verified: Option<bool>,
    /// Given name
    #[arg(long, value_name = "NAME", group = "change")]
    first_name: Option<PersonName>,
    /// Family name
    #[arg(long, value_name = "NAME", group = "change")]
    last_name: Option<PersonName>,
    /// Name that people see
    #[arg(long, value_name = "NAME", group = "change")]
    display_name: Option<DisplayName>,
    /// Let the user administer
    #[arg(long, group = "change")]
    admin: bool,
    /// Let the user administer no more
    #[arg(long, group = "change", conflicts_with = "admin")]
    no_admin: bool,
    /// Language of the pages, such as en or zh-CN; the browser's when empty
    #[arg(long, value_name = "TAG", group = "change", value_parser = parse_locale)]
    locale: Option<Clearable<String>>,
    /// Even take away the last administrator
    #[arg(long, short)]
    yes: bool,
}

impl Update {
    pub fn run(self, ctx: &Context) -> Result<Shown, CliError> {
        let event = ctx.event(EventKind::AccountChanged, None, []);
        let (now, leave) = (ctx.now(), Leave::new(ctx, self.yes));
        let store = ctx.existing_store()?;
        let emails_verified = ctx.app_config()?.emails_verified();
        let (shown, was_last) = store.write_blocking(move |tx| {
            let mut user = find_user(tx, &self.name)?;
            let was_last = self.no_admin && last_administrator::let_go(tx, &user, &leave)?;
            let before = user.clone();
            let mut changed = self.apply(&mut user);
            refuse_taken(tx, &user, Some(&before))?;
            if user.email != before.email {
                user.email_verified = emails_verified;
            }
            self.verify_email(&mut user)?;
            if user.email_verified != before.email_verified && !changed.contains(&"email") {
                changed.push("emailVerified");
            }
            if !changed.is_empty() {
                users::update(tx, &user, now)?;
                let mut event = event.clone();
                event.user_id = Some(user.id);
                event.data.insert("changed", changed.join(" "));
                audit_events::insert(tx, &event)?;
            }
            Ok::<_, CliError>((Shown::load(tx, user)?, was_last))
        })?;
        if was_last {
            last_administrator::warn(ctx);
        }
        Ok(shown)
    }

    fn verify_email(&self, user: &mut User) -> Result<(), CliError> {
        let Some(is_verified) = self.email_verified else { return Ok(()) };
        if is_verified && user.email.is_none() {
            return Err(CliError::refused(format!("{} has no email", user.username))
                .hint("give one as well: --email ADDRESS --email-verified"));
        }
        user.email_verified = is_verified;
        Ok(())
    }

    /// Changes the account. Answers with the names of the fields that are another than before.
    fn apply(&self, user: &mut User) -> Vec<&'static str> {
        let mut changed = Vec::new();
        set(&mut changed, "username", &mut user.username, self.username.clone());
        set(&mut changed, "firstName", &mut user.first_name, self.first_name.clone());
        set(&mut changed, "lastName", &mut user.last_name, self.last_name.clone());
        set(&mut changed, "displayName", &mut user.display_name, self.display_name.clone());
        let is_admin = (self.admin || self.no_admin).then_some(self.admin);
        set(&mut changed, "isAdmin", &mut user.is_admin, is_admin);
        set(&mut changed, "locale", &mut user.locale, self.locale.clone().map(|locale| locale.0));
        set(&mut changed, "email", &mut user.email, self.email.clone().map(|email| email.0));
        changed
    }
}

/// Puts a value in its place, when it was given and is another one.
fn set<T: PartialEq>(
    changed: &mut Vec<&'static str>,
    name: &'static str,
    place: &mut T,
    value: Option<T>,
) -> bool {
    match value {
        Some(value) if value != *place => {
            *place = value;
            changed.push(name);
            true
        }
        _ => false,
    }
}

fn parse_locale(text: &str) -> Result<Clearable<String>, String> {
    if text.is_empty() {
        return Ok(Clearable(None));
    }
    let all: Vec<_> = Locale::ALL.iter().map(|locale| locale.tag()).collect();
    let locale = Locale::from_tag(text)
        .ok_or_else(|| format!("the pages do not speak it; they speak {}", all.join(" and ")))?;
    Ok(Clearable(Some(locale.tag().to_owned())))
}
