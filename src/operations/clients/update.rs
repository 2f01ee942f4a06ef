//! Updating clients.

use super::{
    Act, Refusal, audit, becomes_public, change::ClientChange, claims::set_claims,
    groups::replace_groups, identity_assertions::replace_identity_assertions, logos::replace_logos,
    require, ssh_client::refuse_other_settings, token_exchanges::refuse_unknown_permissions,
    trusted_issuers,
};
use crate::{
    model::{Client, ClientId, ClientType, EventKind},
    operations::{Change, provisioning},
    store::client_changes,
};

/// Updates a client. A client that becomes public loses its secrets and its grants. Refuses fields that come from
/// a client's metadata document: the next fetch would overwrite them.
pub fn update(
    act: &mut Act<'_, '_>,
    id: &ClientId,
    change: &ClientChange,
) -> Result<Client, Refusal> {
    let before = require(act, id)?;
    let mut client = before.clone();
    if client.id.is_url() && change.sets_what_a_document_says() {
        return Err(Refusal::ClientDescribesItself(client.id));
    }
    change.refuse_old_authorities(act.now())?;
    let mut changed = change.apply(&before, &mut client)?;
    if !change.is_before_apis {
        refuse_unknown_permissions(act, &before.token_exchanges, &client.token_exchanges)?;
    }
    refuse_other_settings(&client)?;
    if client.client_type == ClientType::Public && client_changes::delete_secrets(act, id)? > 0 {
        changed.push("secrets");
    }
    becomes_public::revoke_grants(act, &before, &client)?;
    if let Change::Set(groups) = &change.groups
        && replace_groups(act, &client, groups)?
    {
        changed.push("allowedUserGroups");
    }
    if replace_identity_assertions(act, &client, &change.identity_assertions)? {
        changed.push("identityAssertions");
    }
    becomes_public::refuse_what_needs_authentication(act, &before, &client)?;
    changed.extend(replace_logos(act, id, change)?);
    if !changed.is_empty() {
        trusted_issuers::end_removed(act, &before, &client.trusted_issuers)?;
        client_changes::update(act, &client)?;
        if changed.contains(&"isGroupRestricted") {
            provisioning::note_change(act)?;
        }
        audit(act, EventKind::ClientChanged, &client, [("changed", changed.join(" "))])?;
    }
    if let Change::Set(rules) = &change.claim_rules {
        client.claim_rules = set_claims(act, &client, rules)?.rules;
    }
    Ok(client)
}
