//! `pocketid user update`

use super::{
    super::{clearable::Clearable, context::Context, error::CliError, names::find_user},
    last_administrator::{last_administrator, warn_of_last_administrator},
    show::ShownUser,
};
use crate::{
    model::{DisplayName, EmailAddress, PersonName, Username, language_tag, text::TextError},
    operations::users::{self, UserChange},
};

const EXAMPLES: &str = "\
Examples:
  pocketid user update alice --email alice@example.org --display-name Alice
  pocketid user update alice --email \"\"
  pocketid user update alice --email-verified
  pocketid user update bob --admin

An empty value removes the present one.";

/// Change an account
///
/// Options that are not given change nothing. Another email is not verified, unless
/// --email-verified is given or the setting emailsVerified is on. That setting is for new accounts
/// and new emails: it changes no existing account.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    override_usage = "pocketid user update [OPTIONS] <USER>",
    group = clap::ArgGroup::new("change").required(true).multiple(true)
)]
pub struct Update {
    /// Username, email or id
    #[arg(value_name = "USER")]
    name: String,
    /// New username: letters a to z, digits and any of _ . @ -
    #[arg(long, value_name = "NAME", group = "change")]
    username: Option<Username>,
    /// Email
    #[arg(long, value_name = "ADDRESS", group = "change")]
    email: Option<Clearable<EmailAddress>>,
    /// Whether the email is verified
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        group = "change"
    )]
    email_verified: Option<bool>,
    /// First name
    #[arg(long, value_name = "NAME", group = "change")]
    first_name: Option<PersonName>,
    /// Last name
    #[arg(long, value_name = "NAME", group = "change")]
    last_name: Option<PersonName>,
    /// Display name
    #[arg(long, value_name = "NAME", group = "change")]
    display_name: Option<DisplayName>,
    /// Make the user an administrator
    #[arg(long, group = "change")]
    admin: bool,
    /// Make the user no administrator
    #[arg(long, group = "change", conflicts_with = "admin")]
    no_admin: bool,
    /// Language tag, such as en or zh-CN; the browser's when empty, and where the pages do not speak it
    #[arg(long, value_name = "TAG", group = "change", value_parser = parse_locale)]
    locale: Option<Clearable<String>>,
    /// Confirm for the last administrator
    #[arg(long, short)]
    yes: bool,
}

impl Update {
    pub fn run(self, ctx: &Context) -> Result<ShownUser, CliError> {
        let change = self.change(ctx)?;
        let asks_for_verified = self.email_verified == Some(true);
        let input = (self.name, change);
        let (shown, was_last) =
            ctx.act(ctx.existing_store()?, input, move |act, (name, change)| {
                let now = act.now();
                let user = find_user(act, name)?;
                let updated = users::update(act, user.id, change)?;
                if asks_for_verified && updated.user.email.is_none() {
                    return Err(CliError::refused(format!(
                        "{} has no email",
                        updated.user.username
                    ))
                    .hint("give one as well: --email ADDRESS --email-verified"));
                }
                let was_last = updated.was_last_administrator;
                Ok::<_, CliError>((ShownUser::load(act, updated.user, now)?, was_last))
            })?;
        if was_last {
            warn_of_last_administrator(ctx);
        }
        Ok(shown)
    }

    fn change(&self, ctx: &Context) -> Result<UserChange, CliError> {
        let is_admin = (self.admin || self.no_admin).then_some(self.admin);
        Ok(UserChange {
            username: self.username.clone().into(),
            email: self.email.clone().map(|email| email.0).into(),
            email_verified: self.email_verified.into(),
            is_new_email_verified: ctx.app_config()?.emails_verified(),
            first_name: self.first_name.clone().into(),
            last_name: self.last_name.clone().into(),
            display_name: self.display_name.clone().into(),
            is_admin: is_admin.into(),
            locale: self.locale.clone().map(|locale| locale.0).into(),
            last_administrator: last_administrator(self.yes),
            ..UserChange::none()
        })
    }
}

fn parse_locale(text: &str) -> Result<Clearable<String>, TextError> {
    let tag = (!text.is_empty()).then(|| language_tag::parse(text));
    tag.transpose().map(Clearable)
}
