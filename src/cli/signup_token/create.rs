//! `pocketid signup-token create`

use serde::{Serialize, Serializer};

use super::super::{
    context::Context, error::CliError, names::find_groups, page::Page, qr, report::Outcome,
    ttl::Ttl,
};
use crate::{
    crypto::{Digest, Secret},
    model::{
        EventKind, Group, SignupToken, SignupTokenId, app_config::UserSignups,
        view::SignupTokenView,
    },
    settings::AppUrl,
    store::{audit_events, signup_tokens},
};

const EXAMPLES: &str = "\
Examples:
  pocketid signup-token create
  pocketid signup-token create --uses 10 --ttl 14d --group family
  pocketid signup-token create -o json | jq -r .link

Off a terminal it prints three lines: the link, the token, and when they expire.";

/// Invite people to make accounts of their own
///
/// Prints a link at which so many accounts can be made, each with a passkey. It works as long as the setting
/// allowUserSignups is withToken or open. The token is printed this once; only its digest is stored.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Create {
    /// How long the link works, from 1m to 31d
    #[arg(long, value_name = "TIME", default_value = "7d")]
    ttl: Ttl,
    /// How many accounts can be made with it, up to 100
    #[arg(
        long,
        value_name = "NUMBER",
        default_value = "1",
        value_parser = clap::value_parser!(i64).range(1..=SignupToken::MAX_USES)
    )]
    uses: i64,
    /// A group that whoever comes is put into; may be given again
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
}

/// An invitation, and for the one time that it is shown, its token.
#[derive(Debug)]
pub struct Created {
    row: SignupToken,
    groups: Vec<Group>,
    token: Secret,
    app_url: AppUrl,
}

impl Create {
    pub fn run(self, ctx: &Context) -> Result<Created, CliError> {
        let app_url = ctx.settings_for_addresses()?.app_url.clone();
        let token = SignupToken::draw(ctx.rng().as_ref());
        let row = SignupToken {
            id: SignupTokenId(ctx.new_id()),
            usage_limit: self.uses,
            usage_count: 0,
            created_at: ctx.now(),
            expires_at: ctx.now().plus(self.ttl.seconds()),
        };
        let data = [
            ("signupToken", row.id.to_string()),
            ("usageLimit", row.usage_limit.to_string()),
            ("expiresAt", row.expires_at.to_string()),
        ];
        let event = ctx.event(EventKind::SignupTokenCreated, None, data);
        let (new, digest) = (row.clone(), Digest::of(token.expose()));
        let groups = ctx.existing_store()?.write_blocking(move |tx| {
            let groups = find_groups(tx, &self.groups)?;
            let ids: Vec<_> = groups.iter().map(|group| group.id).collect();
            signup_tokens::insert(tx, &new, digest, &ids)?;
            audit_events::insert(tx, &event)?;
            Ok::<_, CliError>(groups)
        })?;
        if ctx.app_config()?.allow_user_signups() == UserSignups::Disabled {
            ctx.report().warn(
                "nobody may sign up, so the link does not work yet; to let it: pocketid config set \
                 allowUserSignups withToken",
            );
        }
        Ok(Created { row, groups, token, app_url })
    }
}

impl Created {
    fn link(&self) -> String {
        self.app_url.join(&format!("/st/{}", self.token.expose()))
    }
}

impl Serialize for Created {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct View<'a> {
            #[serde(flatten)]
            row: SignupTokenView,
            token: &'a str,
            link: String,
        }
        let row = SignupTokenView::of(&self.row, &self.groups);
        View { row, token: self.token.expose(), link: self.link() }.serialize(serializer)
    }
}

impl Outcome for Created {
    fn write_text(&self, page: &mut Page) {
        let expires_at = page.moment(self.row.expires_at);
        page.remark("Open this link to make an account:\n");
        page.line(self.link());
        if !page.is_terminal() {
            page.line(self.token.expose());
            return page.line(expires_at);
        }
        let uses = match self.row.usage_limit {
            1 => "once".to_owned(),
            uses => format!("{uses} times"),
        };
        page.line(format!("\nIt works {uses}, until {expires_at}."));
        page.line("Whoever has it can make an account: hand it over in private.");
        if let Some(drawing) = qr::draw(&self.link(), page.has_color()) {
            page.drawing(&format!("\n{}", drawing.trim_end_matches('\n')));
        }
    }
}
