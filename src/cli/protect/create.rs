//! `pocketid protect create`

use super::{
    super::{context::Context, error::CliError, names::find_groups},
    rules::{ProxyOptions, Rules},
    shown::{ShownHost, warn_of_open_host},
};
use crate::{
    model::{HostAddress, IdentityHeaders, ProtectedHost},
    operations::protected_hosts::{self as operations, ProtectedHostDraft},
    store::protected_hosts,
};

const EXAMPLES: &str = "\
Examples:
  pocketid protect create wiki.example.com --group family --proxy caddy
  pocketid protect create wiki.example.com --proxy nginx --application 10.0.0.7:3000 >> wiki.conf
  pocketid protect create grafana.example.com --header user=X-WEBAUTH-USER --open-path /api/health";

/// Protect a host
///
/// For an application that cannot sign users in by itself: its proxy asks this server about each request, and tells the
/// application the user in headers. --proxy prints the lines to paste into the proxy. Without --group every
/// account is let in.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Create {
    /// Host of the application, and its port unless that is 80 or 443
    #[arg(value_name = "HOST")]
    host: HostAddress,
    /// Let in only members of this group; repeat for several
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    #[command(flatten)]
    rules: Rules,
    #[command(flatten)]
    proxy: ProxyOptions,
    /// Do nothing when the host is protected already
    #[arg(long)]
    if_absent: bool,
}

impl Create {
    pub fn run(self, ctx: &Context) -> Result<ShownHost, CliError> {
        let rules = &self.rules;
        let draft = ProtectedHostDraft {
            is_group_restricted: !self.groups.is_empty(),
            headers: rules.headers(IdentityHeaders::default())?,
            open_paths: rules.open_paths()?.unwrap_or_default(),
            session_seconds: rules.session()?.unwrap_or(ProtectedHost::USUAL_SESSION),
            accepts_bearer_tokens: rules.bearer_tokens().unwrap_or_default(),
            accepts_api_keys: rules.api_keys().unwrap_or_default(),
            ..ProtectedHostDraft::new(self.host)
        };
        let if_absent = self.if_absent;
        let issuer = ctx.settings()?.app_url.as_str().to_owned();
        let input = (draft, self.groups, issuer);
        let (host, view, is_new) =
            ctx.act(ctx.existing_store()?, input, move |act, (draft, groups, issuer)| {
                if if_absent && let Some(host) = protected_hosts::find_by_host(act, &draft.host)? {
                    let view = operations::shown(act, &host)?;
                    return Ok::<_, CliError>((host, view, false));
                }
                let groups = find_groups(act, groups)?.iter().map(|group| group.id).collect();
                let draft = ProtectedHostDraft { groups, ..draft.clone() };
                let host = operations::create(act, &draft, issuer)?;
                let view = operations::shown(act, &host)?;
                Ok((host, view, true))
            })?;
        let lines = self.proxy.lines(ctx, &host)?;
        let name = &host.host;
        if is_new {
            warn_of_open_host(ctx, &host);
        } else {
            ctx.report().note(format!("{name} is protected already; nothing was changed."));
        }
        if lines.is_none() {
            ctx.report().note(format!(
                "The lines for its proxy: pocketid protect show {name} --proxy caddy (or nginx, or traefik)"
            ));
        }
        Ok(ShownHost { host, view, lines })
    }
}
