//! Updating clients.

use super::{
    Act, Refusal, audit,
    change::ClientChange,
    claims::set_claims,
    groups::replace_groups,
    identity_assertions::{refuse_assertions_of_public, replace_identity_assertions},
    logos::replace_logos,
    require,
    ssh_client::refuse_other_settings,
    token_exchanges::refuse_unknown_permissions,
    trusted_issuers,
};
use crate::{
    model::{Client, ClientId, ClientType, EventKind},
    operations::{Change, provisioning},
    store::{client_changes, grants},
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
    let was_public = before.client_type == ClientType::Public;
    change.refuse_old_authorities(act.now())?;
    let mut changed = change.apply(&before, &mut client)?;
    if !change.is_before_apis {
        refuse_unknown_permissions(act, &before.token_exchanges, &client.token_exchanges)?;
    }
    refuse_other_settings(&client)?;
    let is_public = client.client_type == ClientType::Public;
    if is_public && client_changes::delete_secrets(act, id)? > 0 {
        changed.push("secrets");
    }
    if is_public && !was_public {
        // A refresh token that was of no use without the secret must not become good by itself.
        let now = act.now();
        grants::revoke_every_of_client(act, id, now)?;
    }
    if let Change::Set(groups) = &change.groups
        && replace_groups(act, &client, groups)?
    {
        changed.push("allowedUserGroups");
    }
    if replace_identity_assertions(act, &client, &change.identity_assertions)? {
        changed.push("identityAssertions");
    }
    if is_public && !was_public {
        refuse_assertions_of_public(act, &client)?;
    }
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
