//! Looks up tokens of this server that are sent back to it.

use serde::Deserialize;

use super::token::REFRESH_PREFIX;
use crate::{
    crypto::{BearerToken, Digest, Thumbprint, jws},
    model::{ClientId, GrantId, Resource, Timestamp, User},
    oidc::{AccessTokenId, dpop::Confirmation},
    store::{
        StoreError, Tx, access_tokens, client_access_tokens, clients,
        grants::{self, Subject},
        refresh_tokens,
    },
};

/// The longest token that is accepted, in bytes.
const MAX_TOKEN: usize = 8 * 1024;

/// A token that may be from this server.
#[derive(Debug, Clone)]
pub(super) enum PresentedToken {
    /// An access token (JWT). It names its grant, or its own row if it has no grant.
    Access {
        /// The id in its `jti`.
        grant_id: GrantId,
        /// The digest, which proves that the token is genuine.
        digest: Digest,
        /// The key that it is bound to (RFC 9449 §6.1).
        jkt: Option<Thumbprint>,
    },
    /// A refresh token.
    Refresh(BearerToken),
}

/// A valid token, and its owner.
#[derive(Debug)]
pub(super) enum LiveToken {
    /// The token of a client that acts for itself.
    OfClient(ClientId),
    /// A token that a user granted.
    OfUser {
        /// The grant of the token, and its user.
        subject: Box<Subject>,
        /// The expiry of a refresh token. An access token contains its own.
        expires_at: Option<Timestamp>,
    },
}

/// Finds the user of a bearer token, and the API that it is for.
pub(in crate::server) fn find_token_user(
    tx: &mut Tx<'_>,
    token: &str,
    now: Timestamp,
) -> Result<Option<(User, Option<Resource>)>, StoreError> {
    let found = find_token_subject(tx, token, now)?;
    Ok(found.map(|subject| (subject.user, subject.grant.resource)))
}

/// Finds the grant of a bearer token, and its user.
pub(in crate::server) fn find_token_subject(
    tx: &mut Tx<'_>,
    token: &str,
    now: Timestamp,
) -> Result<Option<Subject>, StoreError> {
    let Some(token) = PresentedToken::parse_access_token(token) else { return Ok(None) };
    // RFC 9449 §7.2: a bound token proves nothing without its key.
    if token.key().is_some() {
        return Ok(None);
    }
    Ok(match token.find_live(tx, now)? {
        Some(LiveToken::OfUser { subject, .. }) => Some(*subject),
        Some(LiveToken::OfClient(_)) | None => None,
    })
}

impl LiveToken {
    /// The client that the token was issued to.
    pub(super) fn client_id(&self) -> &ClientId {
        match self {
            Self::OfClient(client_id) => client_id,
            Self::OfUser { subject, .. } => &subject.grant.client_id,
        }
    }
}

impl PresentedToken {
    /// Reads a token. `None` if it cannot be from this server.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Some(token) = BearerToken::parse(REFRESH_PREFIX, text) {
            return Some(Self::Refresh(token));
        }
        Self::parse_access_token(text)
    }

    /// Reads an access token. Its claims are used only to find its row; the digest proves it.
    pub(super) fn parse_access_token(text: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Claims {
            jti: AccessTokenId,
            cnf: Option<Confirmation>,
        }
        if text.len() > MAX_TOKEN {
            return None;
        }
        let claims = jws::peek_claims::<Claims>(text)?;
        let jkt = claims.cnf.map(|cnf| cnf.jkt);
        Some(Self::Access { grant_id: claims.jti.grant(), digest: Digest::of(text), jkt })
    }

    /// The id in an access token: that of its grant, or of its own row.
    pub(super) fn grant_id(&self) -> Option<GrantId> {
        match self {
            Self::Access { grant_id, .. } => Some(*grant_id),
            Self::Refresh(_) => None,
        }
    }

    /// The key that an access token is bound to. It must not be used without a proof.
    pub(super) fn key(&self) -> Option<&Thumbprint> {
        match self {
            Self::Access { jkt, .. } => jkt.as_ref(),
            Self::Refresh(_) => None,
        }
    }

    /// Finds the token if it is valid: known, not expired, not used, not revoked, and its user may
    /// sign in and may use the client.
    pub(super) fn find_live(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
    ) -> Result<Option<LiveToken>, StoreError> {
        let (grant_id, expires_at) = match self {
            Self::Access { grant_id, digest, .. } => {
                if !access_tokens::is_live(tx, *grant_id, *digest, now)? {
                    let client = client_access_tokens::find_client(tx, *grant_id, *digest, now)?;
                    return self.of_client(tx, client);
                }
                (*grant_id, None)
            }
            Self::Refresh(token) => match refresh_tokens::find(tx, token)? {
                Some(found) if found.consumed_at.is_none() && found.expires_at > now => {
                    (found.grant_id, Some(found.expires_at))
                }
                _ => return Ok(None),
            },
        };
        let found = grants::find(tx, grant_id)?;
        let is_unbound = matches!(self, Self::Access { jkt: None, .. });
        let is_live = |found: &Subject| {
            found.grant.revoked_at.is_none()
                && !found.user.disabled
                && found.may_use_client
                && !(is_unbound && found.must_be_bound)
        };
        Ok(found
            .filter(is_live)
            .map(|subject| LiveToken::OfUser { subject: Box::new(subject), expires_at }))
    }

    /// The token of a client that acts for itself. Unbound ones end when an administrator demands bound ones.
    fn of_client(
        &self,
        tx: &mut Tx<'_>,
        client_id: Option<ClientId>,
    ) -> Result<Option<LiveToken>, StoreError> {
        let Some(client_id) = client_id else { return Ok(None) };
        let client = clients::find(tx, &client_id)?;
        let is_good = client.is_some_and(|it| self.key().is_some() || !it.must_use_dpop());
        Ok(is_good.then_some(LiveToken::OfClient(client_id)))
    }
}
