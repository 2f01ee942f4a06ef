//! `pocketid api create`

use super::{
    super::{context::Context, error::CliError},
    show::ShownApi,
};
use crate::{
    model::{ApiName, Resource},
    operations::apis::{self as operations, ApiDraft},
    store::apis,
};

const EXAMPLES: &str = "\
Examples:
  pocketid api create https://api.example.com --name Orders
  pocketid api permission add https://api.example.com orders:read
  pocketid api grant https://api.example.com shop --permission orders:read";

/// Register an API
///
/// Clients request access tokens for it with the parameter `resource`. `pocketid api grant` sets
/// which clients may.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Create {
    /// Resource identifier: an absolute URI, which stands in the `aud` claim
    #[arg(value_name = "RESOURCE")]
    resource: Resource,
    /// Display name; the resource identifier unless given
    #[arg(long, value_name = "NAME")]
    name: Option<ApiName>,
    /// Do nothing if the API already exists
    #[arg(long)]
    if_absent: bool,
}

impl Create {
    pub fn run(self, ctx: &Context) -> Result<ShownApi, CliError> {
        let issuer = ctx.settings()?.app_url.as_str().to_owned();
        let name = match self.name {
            Some(name) => name,
            None => self.resource.as_str().parse().map_err(|error| {
                CliError::usage(format!("the display name {error}"))
                    .hint("give a shorter one with --name")
            })?,
        };
        let draft = ApiDraft { id: None, name, resource: self.resource, issuer };
        let if_absent = self.if_absent;
        let (shown, is_new) = ctx.act(ctx.store()?, draft, move |act, draft| {
            let existing = apis::find(act, &draft.resource)?;
            match existing.filter(|_| if_absent) {
                Some(existing) => Ok((ShownApi::load(act, &existing)?, false)),
                None => {
                    let api = operations::create(act, draft)?;
                    Ok::<_, CliError>((ShownApi::load(act, &api)?, true))
                }
            }
        })?;
        if !is_new {
            let resource = shown.resource();
            ctx.report().note(format!("The API {resource} already exists; nothing was changed."));
        }
        Ok(shown)
    }
}
