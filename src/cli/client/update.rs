//! `pocketid client update`

use super::{
    super::{
        context::Context,
        error::CliError,
        names::{find_client, find_groups},
    },
    changes::ChangeOptions,
    show::{Frame, ShownClient},
    urls::warn_of_insecure,
};
use crate::operations::clients;

const EXAMPLES: &str = "\
Examples:
  pocketid client update linkding --callback https://links.example.com/oidc/callback/
  pocketid client update linkding --add-callback https://links.lan/oidc/callback/
  pocketid client update linkding --group family --group friends
  pocketid client update linkding --no-group --launch-url \"\"
  pocketid client update grafana --skip-consent --access-token-ttl 10m

A given list replaces the old one. An empty value removes the present one.";

/// Change a client
///
/// Options that are not given change nothing. It holds from the next sign-in or token on. A client
/// that becomes public loses its secrets and its grants.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    override_usage = "pocketid client update [OPTIONS] <CLIENT>"
)]
pub struct Update {
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    client: String,
    #[command(flatten)]
    changes: ChangeOptions,
}

impl Update {
    pub fn run(self, ctx: &Context) -> Result<ShownClient, CliError> {
        warn_of_insecure(ctx, &self.changes.new_redirect_uris())?;
        let files = self.changes.read_files()?;
        let input = (self, files, Frame::new(ctx)?);
        let shown = ctx.act(ctx.existing_store()?, input, |act, (given, files, frame)| {
            let client = find_client(act, &given.client)?;
            let groups =
                find_groups(act, given.changes.groups())?.iter().map(|group| group.id).collect();
            given.changes.refuse_contradictions(&client)?;
            let change = given.changes.change(files, &client, groups);
            let client = clients::update(act, &client.id, &change)?;
            Ok::<_, CliError>(frame.clone().load(act, client)?)
        })?;
        if shown.has_nothing_to_prove_itself_with() {
            ctx.report().warn(format!(
                "{id} has no secret yet; to create one: pocketid client secret create {id}",
                id = shown.client().id
            ));
        }
        shown.warn_of_missing_keys(ctx);
        Ok(shown)
    }
}
