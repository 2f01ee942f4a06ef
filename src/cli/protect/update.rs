//! `pocketid protect update`

use super::{
    super::{context::Context, error::CliError, names::find_groups},
    rules::{ProxyOptions, Rules},
    shown::{ShownHost, find, warn_of_open_host},
};
use crate::{
    forward_auth::ProxyKind,
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
#[command(
    after_long_help = EXAMPLES,
    override_usage = "pocketid protect update [OPTIONS] <PROTECTED>",
    group = clap::ArgGroup::new("change").required(true).multiple(true).args([
        "host", "groups", "everyone", "open_paths", "no_open_paths", "headers", "session", "bearer_tokens", "api_keys",
    ])
)]
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
        let (is_opened, issuer) =
            (rules.open_paths()?.is_some(), ctx.settings()?.app_url.as_str().to_owned());
        let input = (self.protected, change, self.groups, self.rules.clone(), issuer);
        let (before, host, view) =
            ctx.act(ctx.existing_store()?, input, |act, (name, change, groups, rules, issuer)| {
                let before = find(act, name)?;
                let mut change = change.clone();
                if !groups.is_empty() {
                    let ids = find_groups(act, groups)?.iter().map(|group| group.id).collect();
                    change.groups = Change::Set(ids);
                }
                if rules.has_headers() {
                    change.headers = Change::Set(rules.headers(before.headers.clone())?);
                }
                let host = operations::update(act, before.id, &change, issuer)?;
                let view = operations::shown(act, &host)?;
                Ok::<_, CliError>((before, host, view))
            })?;
        let lines = self.proxy.lines(ctx, &host)?;
        if is_opened {
            warn_of_open_host(ctx, &host);
        }
        if ProxyKind::differ(&before, &host) {
            ctx.report().warn(match lines {
                Some(_) => "the proxy still has the old lines; replace them with these".to_owned(),
                None => format!(
                    "the proxy still has the old lines; replace them: pocketid protect show {} --proxy caddy (or nginx, \
                     or traefik)",
                    host.host
                ),
            });
        }
        Ok(ShownHost { host, view, lines })
    }
}
