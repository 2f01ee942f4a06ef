//! `pocketid service create`

use super::{
    super::{
        context::Context,
        error::CliError,
        names::{find_groups, find_user_opt},
    },
    keys::ServiceOptions,
    shown::ShownService,
};
use crate::{
    crypto::JwkSet,
    model::{ClientKeys, DisplayName, FederatedIdentity, Username},
    operations::{
        Act, groups,
        services::{self, ServiceDraft},
        users::UserDraft,
    },
};

const EXAMPLES: &str = "\
Examples:
  pocketid service create ci-deploy --jwks deploy.json --client deploy
  pocketid service create ci-deploy --client deploy \\
    --federated issuer=https://token.actions.githubusercontent.com,subject=repo:acme/web:ref:refs/heads/main,\
jwks=https://token.actions.githubusercontent.com/.well-known/jwks
  pocketid service create backup --group nightly --client backup --if-absent \\
    --federated issuer=https://kubernetes.default.svc,subject=system:serviceaccount:jobs:backup,\
jwks=https://10.0.0.1:6443/openid/v1/jwks

It is a user: `pocketid user disable`, `remove` and `claims` and `pocketid group assign` work for it, too.";

/// Create a service
///
/// A service gets tokens at the token endpoint, with a JWT that it signs with its own key, or with a token of another
/// issuer, such as a CI job's or a Kubernetes workload's (RFC 7523). It cannot sign in in any other way.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Create {
    /// Username: letters a to z, digits and any of _ . @ -
    #[arg(value_name = "NAME")]
    username: Username,
    /// Display name
    #[arg(long, value_name = "NAME")]
    display_name: Option<DisplayName>,
    /// Put it into this group; repeat for several
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    #[command(flatten)]
    options: ServiceOptions,
    /// Do nothing when there is a service of this name already
    #[arg(long)]
    if_absent: bool,
}

/// What was asked for.
struct Wish {
    user: UserDraft,
    groups: Vec<String>,
    jwks: Option<JwkSet>,
    federated: Vec<FederatedIdentity>,
    options: ServiceOptions,
    if_absent: bool,
    /// The issuer URL of this provider.
    issuer: String,
}

impl Create {
    pub fn run(self, ctx: &Context) -> Result<ShownService, CliError> {
        let wish = Wish {
            jwks: self.options.jwks()?,
            federated: self.options.federated()?,
            user: UserDraft { display_name: self.display_name, ..UserDraft::new(self.username) },
            groups: self.groups,
            options: self.options,
            if_absent: self.if_absent,
            issuer: ctx.settings()?.app_url.as_str().to_owned(),
        };
        let (shown, is_new) = ctx.act(ctx.store()?, wish, |act, wish| wish.create(act))?;
        if !is_new {
            let username = shown.username();
            ctx.report().note(format!("The service {username} exists; nothing was changed."));
        }
        shown.tell_idle(ctx);
        Ok(shown)
    }
}

impl Wish {
    fn create(&self, act: &mut Act<'_, '_>) -> Result<(ShownService, bool), CliError> {
        let now = act.now();
        if self.if_absent
            && let Some(user) = find_user_opt(act, self.user.username.as_str())?
        {
            let service = services::require(act, user.id)?;
            return Ok((ShownService::load(act, service, now)?, false));
        }
        let clients = self.options.clients(act)?;
        let keys = ClientKeys {
            jwks: self.jwks.clone(),
            federated_identities: self.federated.clone(),
            ..ClientKeys::default()
        };
        let issuer = self.issuer.clone();
        let draft = ServiceDraft { user: self.user.clone(), keys, clients, issuer };
        let service = services::create(act, &draft)?;
        for group in find_groups(act, &self.groups)? {
            groups::add_member(act, &group, service.user.id)?;
        }
        Ok((ShownService::load(act, service, now)?, true))
    }
}
