//! `pocketid protect update`

use super::{
    super::{context::Context, error::CliError, names::find_groups},
    rules::{ProxyOptions, Rules},
    shown::{ShownHost, find},
};
use crate::{
    model::{HostAddress, OpenPaths},
    operations::{
        Change,
        protected_hosts::{self as operations, ProtectedHostChange},
    },
};

const EXAMPLES: &str = "\
Examples:
  pocketid protect update wiki.example.com --group family --group friends
  pocketid protect update wiki.example.com --everyone
  pocketid protect update wiki.example.com --api-keys false --no-open-paths";

/// Change the rules of a protected host
///
/// Options that are left out stay as they are. --group and --open-path replace all groups and paths. The rules hold for
/// the next request; lines for a proxy change with headers and --api-keys.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Update {
    /// Host or id
    #[arg(value_name = "PROTECTED")]
    protected: String,
    /// New host
    #[arg(long, value_name = "HOST")]
    host: Option<HostAddress>,
    /// Let in only members of this group; repeat for several
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// Let in every account
    #[arg(long, conflicts_with = "groups")]
    everyone: bool,
    /// Open no path
    #[arg(long, conflicts_with = "open_paths")]
    no_open_paths: bool,
    #[command(flatten)]
    rules: Rules,
    #[command(flatten)]
    proxy: ProxyOptions,
}

impl Update {
    pub fn run(self, ctx: &Context) -> Result<ShownHost, CliError> {
        let rules = &self.rules;
        let restricted =
            (!self.groups.is_empty()).then_some(true).or(self.everyone.then_some(false));
        let open_paths = rules.open_paths()?.or(self.no_open_paths.then(OpenPaths::default));
        let change = ProtectedHostChange {
            host: self.host.clone().into(),
            is_group_restricted: restricted.into(),
            open_paths: open_paths.into(),
            session_seconds: rules.session()?.into(),
            accepts_bearer_tokens: rules.bearer_tokens().into(),
            accepts_api_keys: rules.api_keys().into(),
            ..ProtectedHostChange::default()
        };
        let input = (self.protected, change, self.groups, self.rules.clone());
        let (host, view) =
            ctx.act(ctx.existing_store()?, input, |act, (name, change, groups, rules)| {
                let before = find(act, name)?;
                let mut change = change.clone();
                if !groups.is_empty() {
                    let ids = find_groups(act, groups)?.iter().map(|group| group.id).collect();
                    change.groups = Change::Set(ids);
                }
                if rules.has_headers() {
                    change.headers = Change::Set(rules.headers(before.headers.clone())?);
                }
                let host = operations::update(act, before.id, &change)?;
                let view = operations::shown(act, &host)?;
                Ok::<_, CliError>((host, view))
            })?;
        let lines = self.proxy.lines(ctx, &host)?;
        Ok(ShownHost { host, view, lines })
    }
}
