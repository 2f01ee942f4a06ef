//! `pocketid webhook`

mod create;
mod delete;
mod disable;
mod enable;
mod list;
mod rotate_secret;
mod show;
mod shown;
mod switch;
mod test;
mod update;

use super::{context::Context, error::CliError};

/// Receivers of events (webhooks)
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    #[command(visible_alias = "add")]
    Create(create::Create),
    List(list::List),
    Show(show::Show),
    Update(update::Update),
    Enable(enable::Enable),
    Disable(disable::Disable),
    RotateSecret(rotate_secret::RotateSecret),
    Test(test::Test),
    #[command(visible_alias = "remove")]
    Delete(delete::Delete),
}

impl Command {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self {
            Self::Create(create) => ctx.report().result(&create.run(ctx)?),
            Self::Delete(delete) => ctx.report().result(&delete.run(ctx)?),
            Self::Disable(disable) => ctx.report().result(&disable.run(ctx)?),
            Self::Enable(enable) => ctx.report().result(&enable.run(ctx)?),
            Self::List(list) => ctx.report().result(&list.run(ctx)?),
            Self::RotateSecret(rotate) => ctx.report().result(&rotate.run(ctx)?),
            Self::Show(show) => ctx.report().result(&show.run(ctx)?),
            Self::Test(test) => ctx.report().result(&test.run(ctx)?),
            Self::Update(update) => ctx.report().result(&update.run(ctx)?),
        }
    }
}
