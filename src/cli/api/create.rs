//! `pocketid api create`

use super::{
    super::{context::Context, error::CliError},
    show::Shown,
};
use crate::{
    model::{Api, ApiId, ApiName, EventKind, Resource},
    store::{apis, audit_events},
};

const EXAMPLES: &str = "\
Examples:
  pocketid api create https://api.example.com --name Orders
  pocketid api permission add https://api.example.com orders:read
  pocketid api grant https://api.example.com shop --permission orders:read";

/// Register an API
///
/// Clients ask for access tokens for it with the parameter `resource`. Which clients may, `pocketid api
/// grant` says.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Create {
    /// Resource identifier: an absolute URI, which stands in the `aud` claim
    #[arg(value_name = "RESOURCE")]
    resource: Resource,
    /// Name that people see; the resource identifier unless given
    #[arg(long, value_name = "NAME")]
    name: Option<ApiName>,
    /// Do nothing when there is such an API already
    #[arg(long)]
    if_absent: bool,
}

impl Create {
    pub fn run(self, ctx: &Context) -> Result<Shown, CliError> {
        let issuer = ctx.settings()?.app_url.as_str();
        if self.resource.as_str().eq_ignore_ascii_case(issuer) {
            return Err(CliError::usage(format!("{issuer} is this provider itself"))
                .hint("give the address of the API"));
        }
        let name = match self.name {
            Some(name) => name,
            None => self.resource.as_str().parse().map_err(|error| {
                CliError::usage(format!("the name that people see {error}"))
                    .hint("give a shorter one with --name")
            })?,
        };
        let api = Api {
            id: ApiId(ctx.new_id()),
            name,
            resource: self.resource,
            is_open_to_metadata_clients: false,
            permissions: Vec::new(),
            created_at: ctx.now(),
        };
        let data = [("resource", api.resource.to_string())];
        let event = ctx.event(EventKind::ApiCreated, None, data);
        let if_absent = self.if_absent;
        let (shown, is_new) =
            ctx.store()?.write_blocking(move |tx| match apis::find(tx, &api.resource)? {
                Some(existing) if if_absent => Ok((Shown::load(tx, &existing)?, false)),
                Some(existing) => {
                    let message = format!("there is an API {} already", existing.resource);
                    Err(CliError::refused(message).hint("add --if-absent to leave it as it is"))
                }
                None => {
                    apis::insert(tx, &api)?;
                    audit_events::insert(tx, &event)?;
                    Ok((Shown::load(tx, &api)?, true))
                }
            })?;
        if !is_new {
            let resource = shown.resource();
            ctx.report().note(format!("There is an API {resource} already; nothing was changed."));
        }
        Ok(shown)
    }
}
