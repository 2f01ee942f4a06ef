//! `pocketid group show`

use super::{
    super::{context::Context, error::CliError, names::find_group},
    assign::GroupMembers,
};

const EXAMPLES: &str = "\
Examples:
  pocketid group show staff
  pocketid group show staff --output json | jq -r '.users[].username'";

/// Show a group and its members
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Show {
    /// Name or id
    #[arg(value_name = "GROUP")]
    name: String,
}

impl Show {
    pub fn run(self, ctx: &Context) -> Result<GroupMembers, CliError> {
        ctx.existing_store()?.read_blocking(|tx| {
            let group = find_group(tx, &self.name)?;
            Ok(GroupMembers::load(tx, group, ctx.now())?)
        })
    }
}
