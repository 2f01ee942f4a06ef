//! Protects the last enabled administrator, and warns when they are removed.

use super::super::context::Context;
use crate::operations::users::LastAdministrator;

/// Whether the last administrator may be removed: only with --yes.
pub fn last_administrator(yes: bool) -> LastAdministrator {
    if yes { LastAdministrator::MayGo } else { LastAdministrator::Stays }
}

/// Warns that no administrator is left.
pub fn warn_of_last_administrator(ctx: &Context) {
    ctx.report().warn(
        "no enabled administrator is left: `pocketid setup` works again, and so does the page \
         /setup with the code that `pocketid setup --code` prints",
    );
}
