//! `pocketid signup-token create`

use serde::{Serialize, Serializer};

use super::super::{
    context::Context, error::CliError, names::find_groups, page::Page, report::Outcome, ttl::Ttl,
    typed,
};
use crate::{
    crypto::Secret,
    model::{Group, SignupToken, view::SignupTokenView},
    operations::signup_tokens::{self, SignupTokenDraft},
    settings::AppUrl,
};

const EXAMPLES: &str = "\
Examples:
  pocketid signup-token create
  pocketid signup-token create --uses 10 --ttl 14d --group family
  pocketid signup-token create -o json | jq -r .link

Off a terminal it prints three lines: the link, the token, and when they expire.";

/// Invite people to create their own accounts
///
/// Prints a link at which so many accounts can be made, each with a passkey. It works whatever the
/// setting allowUserSignups says. Administrators can see the token again in the list of the REST
/// API.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Create {
    /// How long the link works, from 1m to 31d
    #[arg(long, value_name = "TIME", default_value = "7d")]
    ttl: Ttl,
    /// How many accounts can be created with it, up to 100
    #[arg(
        long,
        value_name = "NUMBER",
        default_value = "1",
        value_parser = |text: &str| typed::number(text, 1..=SignupToken::MAX_USES)
    )]
    uses: i64,
    /// Group of the new users; may be given again
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
}

/// A new invitation with its token, which the command shows once.
#[derive(Debug)]
pub struct CreatedSignupToken {
    row: SignupToken,
    groups: Vec<Group>,
    token: Secret,
    app_url: AppUrl,
}

impl Create {
    pub fn run(self, ctx: &Context) -> Result<CreatedSignupToken, CliError> {
        let app_url = ctx.settings_for_addresses()?.app_url.clone();
        let draft = SignupTokenDraft {
            token: SignupToken::draw(ctx.rng().as_ref()),
            master_key: ctx.master_key()?,
            usage_limit: self.uses,
            seconds: self.ttl.seconds(),
            groups: Vec::new(),
        };
        let token = draft.token.clone();
        let names = self.groups;
        let made = ctx.act(ctx.existing_store()?, draft, move |act, draft| {
            let groups = find_groups(act, &names)?.iter().map(|group| group.id).collect();
            let draft = SignupTokenDraft { groups, ..draft.clone() };
            Ok::<_, CliError>(signup_tokens::create(act, &draft)?)
        })?;
        Ok(CreatedSignupToken { row: made.row, groups: made.groups, token, app_url })
    }
}

impl CreatedSignupToken {
    fn link(&self) -> String {
        self.app_url.join(&format!("/st/{}", self.token.expose()))
    }
}

impl Serialize for CreatedSignupToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct View {
            #[serde(flatten)]
            row: SignupTokenView,
            link: String,
        }
        let row = SignupTokenView::of(&self.row, &self.groups).with_token(self.token.expose());
        View { row, link: self.link() }.serialize(serializer)
    }
}

impl Outcome for CreatedSignupToken {
    fn write_text(&self, page: &mut Page) {
        let expires_at = page.moment(self.row.expires_at);
        page.remark("Open this link to create an account:\n");
        page.line(self.link());
        if !page.is_terminal() {
            page.line(self.token.expose());
            return page.line(expires_at);
        }
        let uses = match self.row.usage_limit {
            1 => "once".to_owned(),
            uses => format!("{uses} times"),
        };
        page.sentence(format!("\nIt works {uses}, until {expires_at}."));
        page.sentence("Everyone who has it can create an account: hand it over in private.");
        page.qr_code(&self.link());
    }
}
