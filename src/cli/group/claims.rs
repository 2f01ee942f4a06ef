//! `pocketid group claims`

use super::super::{
    claims::{ClaimList, Edits},
    context::Context,
    error::CliError,
    names::find_group,
};
use crate::{model::ClaimOwner, store::custom_claims};

const EXAMPLES: &str = "\
Examples:
  pocketid group claims staff
  pocketid group claims staff role=employee 'quota={\"mail\":10}'
  pocketid group claims staff role=

Applications get them with the scope profile, of all members. A claim of the user wins over one of
that name of their groups; of two groups, the one that was made first wins.";

/// List or change the claims that tokens carry about the members of a group
///
/// All of the changes or none. The resulting claims are printed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Claims {
    /// Name or id of the group
    #[arg(value_name = "GROUP")]
    group: String,
    #[command(flatten)]
    edits: Edits,
}

impl Claims {
    pub fn run(self, ctx: &Context) -> Result<ClaimList, CliError> {
        let store = ctx.existing_store()?;
        if self.edits.is_empty() {
            return store.read_blocking(|tx| {
                let group = find_group(tx, &self.group)?;
                Ok(ClaimList(custom_claims::list(tx, ClaimOwner::Group(group.id))?))
            });
        }
        let input = (self.group, self.edits);
        let changed = ctx.act(store, input, |act, (name, edits)| {
            let group = find_group(act, name)?;
            edits.apply(act, ClaimOwner::Group(group.id))
        })?;
        if !changed.is_changed {
            ctx.report().note("Nothing was changed.");
        }
        Ok(ClaimList(changed.claims))
    }
}
