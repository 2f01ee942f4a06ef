//! `pocketid api permission`

use super::{
    super::{context::Context, error::CliError, names::find_api},
    show::ShownApi,
};
use crate::{
    model::{ApiName, PermissionDescription, ScopeName},
    operations::{
        Change,
        apis::{self, PermissionDraft},
    },
};

/// Permissions of an API
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    #[command(visible_alias = "create")]
    Add(Add),
    #[command(visible_alias = "delete")]
    Remove(Remove),
}

const EXAMPLES: &str = "\
Examples:
  pocketid api permission add https://api.example.com orders:read --name \"Read orders\"
  pocketid api permission remove https://api.example.com orders:read";

/// Add a permission to an API
///
/// Its key is the scope that clients ask for. No client has it until `pocketid api grant` gives it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Add {
    /// Resource identifier of the API
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// Scope that stands for the permission
    #[arg(value_name = "KEY")]
    key: ScopeName,
    /// Display name; the key unless given
    #[arg(long, value_name = "NAME")]
    name: Option<ApiName>,
    /// Description, in a sentence
    #[arg(long, value_name = "TEXT", default_value = "")]
    description: PermissionDescription,
    /// Do nothing when the API has it already
    #[arg(long)]
    if_absent: bool,
}

/// Remove a permission from an API, and from every client that has it
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Remove {
    /// Resource identifier of the API
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// Scope that stands for the permission
    #[arg(value_name = "KEY")]
    key: ScopeName,
    /// Do nothing when the API does not have it
    #[arg(long)]
    if_present: bool,
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Add(add) => ctx.report().result(&add.run(ctx)?),
            Self::Remove(remove) => ctx.report().result(&remove.run(ctx)?),
        }
    }
}

impl Add {
    fn run(self, ctx: &Context) -> Result<ShownApi, CliError> {
        let name = match self.name {
            Some(name) => name,
            None => self.key.as_str().parse().map_err(|error| {
                CliError::usage(format!("the display name {error}"))
                    .hint("give a shorter one with --name")
            })?,
        };
        let draft = PermissionDraft {
            key: self.key,
            name,
            description: self.description,
            is_open_to_metadata_clients: Change::Keep,
        };
        let (resource, if_absent) = (self.resource, self.if_absent);
        ctx.act(ctx.existing_store()?, draft, move |act, draft| {
            let api = find_api(act, &resource)?;
            if !apis::add_permission(act, api.id, draft)? && !if_absent {
                let message = format!("{} already has the permission {}", api.resource, draft.key);
                return Err(CliError::refused(message).hint("add --if-absent to keep it unchanged"));
            }
            let api = find_api(act, &resource)?;
            Ok(ShownApi::load(act, &api)?)
        })
    }
}

impl Remove {
    fn run(self, ctx: &Context) -> Result<ShownApi, CliError> {
        ctx.act(ctx.existing_store()?, self, |act, asked| {
            let api = find_api(act, &asked.resource)?;
            if !apis::remove_permission(act, api.id, &asked.key)? && !asked.if_present {
                let message = format!("{} has no permission {}", api.resource, asked.key);
                return Err(CliError::refused(message)
                    .hint(format!("to list its permissions: pocketid api show {}", api.resource)));
            }
            let api = find_api(act, &asked.resource)?;
            Ok(ShownApi::load(act, &api)?)
        })
    }
}
