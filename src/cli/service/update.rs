//! `pocketid service update`

use super::{
    super::{context::Context, error::CliError},
    keys::ServiceOptions,
    shown::{ShownService, find},
};
use crate::operations::{
    Change,
    services::{self, ServiceChange},
};

const EXAMPLES: &str = "\
Examples:
  pocketid service update ci-deploy --jwks deploy.json
  pocketid service update ci-deploy --client deploy --client docs
  pocketid service update ci-deploy --no-jwks \\
    --federated issuer=https://git.example.com,subject=repo:acme/web:ref:refs/heads/main

Names and emails are changed by `pocketid user update`.";

/// Change how a service proves who it is
///
/// Options that are left out change nothing. --federated and --client replace all issuers and all clients. Its tokens
/// end when a key or an issuer is removed; those of a client, when that client is.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    override_usage = "pocketid service update [OPTIONS] <SERVICE>",
    group = clap::ArgGroup::new("change").required(true).multiple(true).args([
        "jwks", "no_jwks", "federated", "no_federated", "clients", "no_clients",
    ])
)]
pub struct Update {
    /// Username or id
    #[arg(value_name = "SERVICE")]
    name: String,
    #[command(flatten)]
    options: ServiceOptions,
    /// Remove its keys
    #[arg(long, conflicts_with = "jwks")]
    no_jwks: bool,
    /// Remove its federated issuers
    #[arg(long, conflicts_with = "federated")]
    no_federated: bool,
    /// Let it get no tokens
    #[arg(long, conflicts_with = "clients")]
    no_clients: bool,
}

impl Update {
    pub fn run(self, ctx: &Context) -> Result<ShownService, CliError> {
        let (jwks, federated) = (self.options.jwks()?, self.options.federated()?);
        let set_jwks = jwks.is_some() || self.no_jwks;
        let set_federated = !federated.is_empty() || self.no_federated;
        let change = ServiceChange {
            jwks: set_jwks.then_some(jwks).into(),
            federated_identities: set_federated.then_some(federated).into(),
            clients: Change::Keep,
            issuer: ctx.settings()?.app_url.as_str().to_owned(),
        };
        let input = (self.name, change, self.options, self.no_clients);
        let shown =
            ctx.act(ctx.existing_store()?, input, |act, (name, change, options, none)| {
                let service = find(act, name)?;
                let mut change = change.clone();
                if options.has_clients() || *none {
                    change.clients = Change::Set(options.clients(act)?);
                }
                let service = services::update(act, service.user.id, &change)?;
                let now = act.now();
                Ok::<_, CliError>(ShownService::load(act, service, now)?)
            })?;
        shown.tell_idle(ctx);
        Ok(shown)
    }
}
