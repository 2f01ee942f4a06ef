//! The authorisation stage of `POST /api/ssh/certificates`: an access token for that API.

use crate::{
    crypto::Secret,
    model::{Amr, GrantId, Resource, Timestamp, User, UserId},
    operations::ssh,
    server::{
        http::{ApiError, Authorised, Request, acting::Acting},
        oidc::find_token_subject,
    },
    store::{StoreError, Tx, grants::Subject},
};

/// The answer to a request without a good token (RFC 6750 §3).
const CHALLENGE: &str = "Bearer error=\"invalid_token\"";

/// A user who signed in for a certificate.
#[derive(Debug, Clone)]
pub(super) struct TokenHolder {
    pub(super) user: User,
    pub(super) grant_id: GrantId,
    token: Secret,
    resource: Resource,
}

impl Acting for TokenHolder {
    fn user_id(&self) -> Option<UserId> {
        Some(self.user.id)
    }

    fn still_stands(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
        Ok(find(tx, self.token.expose(), &self.resource, now)?.is_some())
    }
}

impl<B> Request<B> {
    /// Requires an access token of a user for the API of certificates, from a sign-in with a passkey: a
    /// stolen mailbox must not open machines.
    pub(super) async fn require_ssh_token(self) -> Result<Authorised<TokenHolder, B>, ApiError> {
        let bad = || ApiError::not_signed_in().challenge(CHALLENGE);
        let token = Secret::new(self.head.bearer().ok_or_else(bad)?);
        let app = self.app_for_authorising();
        let resource = ssh::resource(app.issuer());
        let (now, sent, api) = (self.head.now, token.clone(), resource.clone());
        let found = app.store().read(move |tx| find(tx, sent.expose(), &api, now)).await?;
        let subject = found.ok_or_else(bad)?;
        if subject.grant.amr != Amr::Passkey {
            return Err(ApiError::passkey_required());
        }
        let (user, grant_id) = (subject.user, subject.grant.id);
        self.count_for(user.id)?;
        Ok(self.authorised(TokenHolder { user, grant_id, token, resource }))
    }
}

/// The sign-in of a token for this API. A token for another API, or for none, was not given for it.
fn find(
    tx: &mut Tx<'_>,
    token: &str,
    resource: &Resource,
    now: Timestamp,
) -> Result<Option<Subject>, StoreError> {
    let found = find_token_subject(tx, token, now)?;
    Ok(found.filter(|subject| subject.grant.resource.as_ref() == Some(resource)))
}
