//! `pocketid user claims`

use super::super::{
    claims::{ClaimList, Edits},
    context::Context,
    error::CliError,
    names::find_user,
};
use crate::{model::ClaimOwner, store::custom_claims};

const EXAMPLES: &str = "\
Examples:
  pocketid user claims alice
  pocketid user claims alice department=physics 'roles=[\"admin\",\"editor\"]'
  pocketid user claims alice department=

Applications get them with the scope profile. A claim of the user wins over one of that name of
their groups.";

/// List or change the claims that tokens carry about a user, beside their profile
///
/// All of the changes or none. The resulting claims are printed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Claims {
    /// Username, email or id
    #[arg(value_name = "USER")]
    name: String,
    #[command(flatten)]
    edits: Edits,
}

impl Claims {
    pub fn run(self, ctx: &Context) -> Result<ClaimList, CliError> {
        let store = ctx.existing_store()?;
        if self.edits.is_empty() {
            return store.read_blocking(|tx| {
                let user = find_user(tx, &self.name)?;
                Ok(ClaimList(custom_claims::list(tx, ClaimOwner::User(user.id))?))
            });
        }
        let input = (self.name, self.edits);
        let changed = ctx.act(store, input, |act, (name, edits)| {
            let user = find_user(act, name)?;
            edits.apply(act, ClaimOwner::User(user.id))
        })?;
        if !changed.is_changed {
            ctx.report().note("Nothing was changed.");
        }
        Ok(ClaimList(changed.claims))
    }
}
