//! `/api/ssh-authority` and others: SSH certificates. Not part of Pocket ID.

mod accounts;
mod authority;
mod ca_keys;
mod certificates;
mod host_certificates;
mod routes;
mod users;

pub(super) use routes::routes;

use crate::{
    crypto::KeyError,
    operations::ssh::ca_keys::NewSshCaKeys,
    server::{
        App,
        guarded::{Asker, GuardedChange},
        http::{ApiError, Authorised, account::Account},
        limiter::{BucketKey, Policy},
    },
};

/// Counts a new key, whose row stays for good. Refuses first those who have not just used a passkey: with a stolen
/// session, somebody must not keep the owner from making one.
async fn count_new_key<B>(req: &Authorised<Account, B>) -> Result<(), ApiError> {
    let Asker::InPerson(who) = Asker::of(req) else {
        return Err(ApiError::key_not_allowed());
    };
    req.app.store().read(move |tx| GuardedChange::GrantSshAccess.require(tx, &who)).await?;
    let user = BucketKey::User(req.who.user.id);
    req.app.limiter().check_key(Policy::SshCaKey, user).map_err(ApiError::rate_limited)
}

/// Generates keys. Ed25519 takes some microseconds.
fn new_keys(app: &App) -> Result<NewSshCaKeys, ApiError> {
    NewSshCaKeys::generate(app.master_key().clone())
        .map_err(|error: KeyError| ApiError::internal(error))
}
