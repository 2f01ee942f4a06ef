//! `pocketid service`

mod create;
mod keys;
mod list;
mod show;
mod shown;
mod update;

use super::{context::Context, error::CliError};

/// Users that are no people: CI jobs, workloads, agents
///
/// A service is a user: `pocketid user update`, `disable`, `enable`, `remove` and `claims`, and `pocketid group assign`
/// work for it, too.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    #[command(visible_alias = "add")]
    Create(create::Create),
    List(list::List),
    Show(show::Show),
    Update(update::Update),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Create(create) => ctx.report().result(&create.run(ctx)?),
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
            Self::Show(show) => ctx.report().result(&show.run(ctx)?),
            Self::Update(update) => ctx.report().result(&update.run(ctx)?),
        }
    }
}
