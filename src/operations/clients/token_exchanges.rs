//! The tokens that a client may exchange.

use super::Refusal;
use crate::{
    model::ExchangeRule,
    store::{Tx, apis},
};

/// Refuses a permission that the API of a rule does not have. Rules of before are left alone: a permission may have
/// been removed since.
pub(super) fn refuse_unknown_permissions(
    tx: &mut Tx<'_>,
    before: &[ExchangeRule],
    after: &[ExchangeRule],
) -> Result<(), Refusal> {
    for rule in after.iter().filter(|rule| !before.contains(rule)) {
        let Some(api) = apis::find(tx, &rule.target)? else { continue };
        if let Some(key) = rule.scope.iter().find(|key| api.permission(key).is_none()) {
            return Err(Refusal::NoSuchExchangePermission {
                resource: api.resource,
                key: key.clone(),
            });
        }
    }
    Ok(())
}
