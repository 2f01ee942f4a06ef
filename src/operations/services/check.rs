//! The rules for the credentials and clients of a service.

use std::collections::BTreeSet;

use super::Refusal;
use crate::{
    model::{
        FederatedIdentity, GrantType, ServiceIdentity,
        text::{TextError, is_protected_address, is_same_issuer},
    },
    store::{Tx, clients, services, users},
};

/// The longest issuer or subject, in bytes: longer than any that is in use.
const MAX_NAME: usize = 2_048;

/// Checks an identity that is about to be stored. A token of another issuer stands for one service, or it
/// would be ambiguous. `before` are the issuers that the service has already.
pub(super) fn check(
    tx: &mut Tx<'_>,
    before: &[FederatedIdentity],
    identity: &ServiceIdentity,
    issuer: &str,
) -> Result<(), Refusal> {
    check_issuers(tx, before, identity, issuer)?;
    if identity.clients.len() > ServiceIdentity::MAX_CLIENTS {
        return Err(too_many("clientIds", ServiceIdentity::MAX_CLIENTS));
    }
    for id in &identity.clients {
        let cause = match clients::find(tx, id)? {
            None => "does not exist",
            Some(client) if client.is_pending() => "waits for an administrator",
            Some(client) if client.id.is_url() => "describes itself by its metadata document",
            Some(client) if !client.may_use(GrantType::JwtBearer) => "may not use the grant type",
            Some(_) => continue,
        };
        let message = format!("cannot be {id}, which {cause}");
        let error = TextError { code: "invalid_value", message };
        return Err(Refusal::Field { field: "clientIds", error });
    }
    Ok(())
}

fn check_issuers(
    tx: &mut Tx<'_>,
    before: &[FederatedIdentity],
    identity: &ServiceIdentity,
    issuer: &str,
) -> Result<(), Refusal> {
    let issuers = &identity.keys.federated_identities;
    if issuers.len() > ServiceIdentity::MAX_ISSUERS {
        return Err(too_many("federatedIdentities", ServiceIdentity::MAX_ISSUERS));
    }
    let mut seen = BTreeSet::new();
    for one in issuers {
        let subject = one.subject.as_deref().unwrap_or_default();
        let is_short = one.issuer.len() <= MAX_NAME && subject.len() <= MAX_NAME;
        if subject.is_empty() {
            return Err(invalid("must each have a subject, which is the service there"));
        }
        if !is_short || !one.is_plausible() {
            return Err(invalid("must each be an issuer, a subject and an audience"));
        }
        if !is_protected_address(&one.issuer) {
            return Err(invalid("must have issuers at https, or on this machine"));
        }
        if !is_protected_address(&one.jwks_url()) {
            return Err(invalid("must have keys at https, or on this machine"));
        }
        let is_new = || !before.iter().any(|old| old.issuer == one.issuer);
        if is_same_issuer(&one.issuer, issuer) && is_new() {
            return Err(Refusal::NamesThisServer { field: "federatedIdentities" });
        }
        if !seen.insert((&one.issuer, subject)) {
            return Err(invalid("name an issuer with the same subject twice"));
        }
        let owner = services::owner_of_subject(tx, &one.issuer, subject)?;
        if let Some(owner) = owner.filter(|owner| *owner != identity.user_id)
            && let Some(owner) = users::find(tx, owner)?
        {
            return Err(Refusal::ServiceSubjectInUse(owner.username));
        }
    }
    Ok(())
}

fn invalid(message: &str) -> Refusal {
    let error = TextError { code: "invalid_value", message: message.to_owned() };
    Refusal::Field { field: "federatedIdentities", error }
}

fn too_many(field: &'static str, most: usize) -> Refusal {
    let message = format!("must have at most {most} entries");
    Refusal::Field { field, error: TextError { code: "too_long", message } }
}
