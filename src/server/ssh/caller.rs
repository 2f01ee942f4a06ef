//! The authorisation stage of `POST /api/ssh/certificates`: an access token for that API, from a
//! sign-in a moment ago.

use crate::{
    crypto::Secret,
    model::{Amr, Grant, GrantId, Resource, ScopeToken, SubjectType, Timestamp, UserId},
    operations::ssh,
    server::{
        http::{ApiError, Authorised, Request, acting::Acting},
        oidc::find_token_subject,
    },
    store::{StoreError, Tx, apis, grants::Subject},
};

/// How long after the passkey was used a certificate may be asked for. A stolen token, or one that is
/// renewed, is worth nothing afterwards.
const SIGN_IN_SECONDS: i64 = 600;

/// The answer to a request without a good token (RFC 6750 §3).
const CHALLENGE: &str = "Bearer error=\"invalid_token\"";

/// A user who signed in for a certificate.
#[derive(Debug, Clone)]
pub(super) struct TokenHolder {
    pub(super) user_id: UserId,
    pub(super) grant_id: GrantId,
    token: Secret,
    resource: Resource,
}

impl Acting for TokenHolder {
    fn user_id(&self) -> Option<UserId> {
        Some(self.user_id)
    }

    fn still_stands(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
        Ok(find(tx, self.token.expose(), &self.resource, now)?.is_some())
    }
}

impl<B> Request<B> {
    /// Requires an access token of a user for the API of certificates, from a sign-in with a passkey
    /// just now: a stolen mailbox must not open machines.
    pub(super) async fn require_ssh_token(self) -> Result<Authorised<TokenHolder, B>, ApiError> {
        let bad = || ApiError::not_signed_in().challenge(CHALLENGE);
        let token = Secret::new(self.head.bearer().ok_or_else(bad)?);
        let app = self.app_for_authorising();
        let resource = ssh::resource(app.issuer());
        let (now, sent, api) = (self.head.now, token.clone(), resource.clone());
        let found = app.store().read(move |tx| find(tx, sent.expose(), &api, now)).await?;
        let subject = found.ok_or_else(bad)?;
        if !is_from_passkey_now(&subject.grant, now) {
            return Err(ApiError::passkey_required());
        }
        let (user_id, grant_id) = (subject.user.id, subject.grant.id);
        self.count_for(user_id)?;
        Ok(self.authorised(TokenHolder { user_id, grant_id, token, resource }))
    }
}

/// Whether the user touched a passkey for it a moment ago. Offline access outlives the session, whose
/// end is to take certificates with it.
fn is_from_passkey_now(grant: &Grant, now: Timestamp) -> bool {
    grant.amr == Amr::Passkey
        && now.seconds_since(grant.auth_time) <= SIGN_IN_SECONDS
        && !grant.scope.contains(&ScopeToken::OfflineAccess)
}

/// The sign-in of a token for this API. A token for another API, or for none, was not given for it.
/// That of another client does not count: its callbacks and its questions are not those that hold here.
fn find(
    tx: &mut Tx<'_>,
    token: &str,
    resource: &Resource,
    now: Timestamp,
) -> Result<Option<Subject>, StoreError> {
    let found = find_token_subject(tx, token, now)?;
    let is_for_it = |subject: &Subject| {
        subject.grant.resource.as_ref() == Some(resource)
            && subject.grant.client_id == ssh::client_id()
    };
    let Some(subject) = found.filter(is_for_it) else { return Ok(None) };
    let access = apis::access(tx, resource, &subject.grant.client_id, SubjectType::User)?;
    Ok(access.is_some().then_some(subject))
}
