//! `pocketid user invite`

use serde::Serialize;

use super::{
    super::{
        context::Context,
        error::CliError,
        mail::not_configured,
        names::find_groups,
        one_time_link::{NewLink, OneTimeLink},
        page::Page,
        report::Outcome,
        ttl::Ttl,
    },
    show::ShownUser,
};
use crate::{
    model::{DisplayName, EmailAddress, MailServer, PersonName, Username},
    operations::{
        Postbox,
        users::{self, UserInvitation, Welcome},
    },
};

const EXAMPLES: &str = "\
Examples:
  pocketid user invite alice@example.com
  pocketid user invite bob@example.com --group family --first-name Bob --ttl 3d";

/// Create an account and mail its owner a link
///
/// The link signs its owner in once, to add a passkey. The server sends the email as soon as it runs;
/// the link is printed as well. Without --username, the username is made of the address.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Invite {
    /// Address of the owner of the account
    #[arg(value_name = "ADDRESS")]
    email: EmailAddress,
    /// Username: letters a to z, digits and any of _ . @ -
    #[arg(long, value_name = "NAME")]
    username: Option<Username>,
    /// First name
    #[arg(long, value_name = "NAME")]
    first_name: Option<PersonName>,
    /// Last name
    #[arg(long, value_name = "NAME")]
    last_name: Option<PersonName>,
    /// Display name; first and last name unless given
    #[arg(long, value_name = "NAME")]
    display_name: Option<DisplayName>,
    /// Put the user into this group; repeat for several
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// How long the link works, from 1m to 31d
    #[arg(long, value_name = "TIME", default_value = "7d")]
    ttl: Ttl,
}

/// The new account.
#[derive(Debug, Serialize)]
pub struct InvitedUser {
    #[serde(flatten)]
    shown: ShownUser,
    #[serde(rename = "loginLink")]
    link: OneTimeLink,
    #[serde(skip)]
    email: EmailAddress,
}

impl Invite {
    pub fn run(self, ctx: &Context) -> Result<InvitedUser, CliError> {
        let config = ctx.app_config()?;
        MailServer::of(&config).map_err(not_configured)?;
        let link = NewLink::generate(ctx, self.ttl)?;
        let invitation = UserInvitation {
            email: self.email.clone(),
            username: self.username,
            email_verified: config.emails_verified(),
            first_name: self.first_name.unwrap_or_else(PersonName::empty),
            last_name: self.last_name.unwrap_or_else(PersonName::empty),
            display_name: self.display_name,
            welcome: Welcome {
                groups: config.signup_default_groups(),
                claims: config.signup_default_claims(),
            },
            code: link.code(),
            access: link.draft().clone(),
        };
        let postbox = Postbox::new(ctx.master_key()?, ctx.rng().clone());
        let (email, names) = (self.email, self.groups);
        ctx.act(ctx.store()?, invitation, move |act, invitation| {
            let now = act.now();
            let mut invitation = invitation.clone();
            if !names.is_empty() {
                let groups = find_groups(act, &names)?;
                invitation.welcome.groups = groups.iter().map(|group| group.id).collect();
            }
            let invited = users::invite(act, &invitation, &postbox)?;
            let link = link.stored(&invited.user, invited.expires_at);
            let shown = ShownUser::load(act, invited.user, now)?;
            Ok::<_, CliError>(InvitedUser { shown, link, email: email.clone() })
        })
    }
}

impl Outcome for InvitedUser {
    fn write_text(&self, page: &mut Page) {
        self.shown.write_text(page);
        page.remark(format!("\nThe server sends this link to {} by email.", self.email));
        self.link.write_text(page);
    }
}
