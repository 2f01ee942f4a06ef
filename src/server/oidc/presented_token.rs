//! Looks up tokens of this server that are sent back to it.

use serde::Deserialize;

use super::token::REFRESH_PREFIX;
use crate::{
    crypto::{BearerToken, Digest, jws},
    model::{Client, ClientId, Confirmation, GrantId, Resource, Timestamp, User},
    oidc::AccessTokenId,
    operations::clients::may_use,
    store::{
        StoreError, Tx, access_tokens, client_access_tokens, clients,
        exchanged_tokens::{self, ExchangeOrigin, ExchangedToken},
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
        /// The keys that it is bound to (RFC 8705 §3.1, RFC 9449 §6.1).
        keys: Confirmation,
    },
    /// A refresh token.
    Refresh(BearerToken),
}

/// A valid token, and its owner.
#[derive(Debug)]
pub(super) enum LiveToken {
    /// The token of a client that acts for itself.
    OfClient(ClientId),
    /// A token with which a client acts for a user (RFC 8693).
    Exchanged {
        /// The grant that it began with, and its user.
        subject: Box<Subject>,
        /// The tokens that it hangs on.
        origin: ExchangeOrigin,
        /// The client that it was issued to.
        client_id: ClientId,
    },
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
    // RFC 8705 §3, RFC 9449 §7.2: a bound token proves nothing without its key.
    if token.is_bound() {
        return Ok(None);
    }
    Ok(match token.find_live(tx, now)? {
        Some(LiveToken::OfUser { subject, .. }) => Some(*subject),
        Some(LiveToken::Exchanged { .. } | LiveToken::OfClient(_)) | None => None,
    })
}

impl LiveToken {
    /// The client that the token was issued to.
    pub(super) fn client_id(&self) -> &ClientId {
        match self {
            Self::Exchanged { client_id, .. } | Self::OfClient(client_id) => client_id,
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
            #[serde(default)]
            cnf: Confirmation,
        }
        if text.len() > MAX_TOKEN {
            return None;
        }
        let claims = jws::peek_claims::<Claims>(text)?;
        let (grant_id, digest) = (claims.jti.grant(), Digest::of(text));
        Some(Self::Access { grant_id, digest, keys: claims.cnf })
    }

    /// The id in an access token: that of its grant, or of its own row.
    pub(super) fn grant_id(&self) -> Option<GrantId> {
        match self {
            Self::Access { grant_id, .. } => Some(*grant_id),
            Self::Refresh(_) => None,
        }
    }

    /// The keys that an access token is bound to. It must not be used without proof of that.
    pub(super) fn keys(&self) -> Option<&Confirmation> {
        match self {
            Self::Access { keys, .. } => Some(keys),
            Self::Refresh(_) => None,
        }
    }

    /// Whether it is an access token that is bound to something.
    pub(super) fn is_bound(&self) -> bool {
        self.keys().is_some_and(|keys| !keys.is_empty())
    }

    /// Whether it is bound as the client has to bind its access tokens.
    fn is_bound_for(&self, client: &Client) -> bool {
        self.keys().is_none_or(|keys| client.demanded_binding().is_met_by(keys))
    }

    /// Finds the token if it is valid: known, not expired, not used, not revoked, and its user may
    /// sign in, may use the client, and signed in recently enough for it.
    pub(super) fn find_live(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
    ) -> Result<Option<LiveToken>, StoreError> {
        let (grant_id, expires_at) = match self {
            Self::Access { grant_id, digest, .. } => {
                if !access_tokens::is_live(tx, *grant_id, *digest, now)? {
                    let client = client_access_tokens::find_client(tx, *grant_id, *digest, now)?;
                    return match client {
                        Some(client_id) => self.of_client(tx, client_id),
                        None => self.exchanged(tx, *grant_id, *digest, now),
                    };
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
        let found = find_live_grant(tx, grant_id, now)?;
        // A refresh token is held to it where it is used.
        let is_bound =
            |found: &Subject| self.keys().is_none_or(|keys| found.demanded_binding.is_met_by(keys));
        Ok(found
            .filter(is_bound)
            .map(|subject| LiveToken::OfUser { subject: Box::new(subject), expires_at }))
    }

    /// The origin of exchanges that begin with this access token.
    pub(super) fn origin(&self) -> Option<ExchangeOrigin> {
        match self {
            Self::Access { grant_id, digest, .. } => {
                Some(ExchangeOrigin { grant_id: *grant_id, root: *digest, parent: None })
            }
            Self::Refresh(_) => None,
        }
    }

    /// A token that a client got for another one. It ends with the grant of that, when its user may not use the
    /// client any more or one in between, and, unbound, when an administrator demands bound ones.
    fn exchanged(
        &self,
        tx: &mut Tx<'_>,
        id: GrantId,
        digest: Digest,
        now: Timestamp,
    ) -> Result<Option<LiveToken>, StoreError> {
        let Some(token) = exchanged_tokens::find(tx, id, digest, now)? else { return Ok(None) };
        let ExchangedToken { origin, client_id } = token;
        let Some(subject) = find_live_grant(tx, origin.grant_id, now)? else { return Ok(None) };
        let Some(client) = find_admitting(tx, &client_id, &subject, now)? else { return Ok(None) };
        if !self.is_bound_for(&client) {
            return Ok(None);
        }
        for between in exchanged_tokens::clients_in_between(tx, id)? {
            if find_admitting(tx, &between, &subject, now)?.is_none() {
                return Ok(None);
            }
        }
        let subject = Box::new(subject);
        Ok(Some(LiveToken::Exchanged { subject, origin, client_id }))
    }

    /// The token of a client that acts for itself. Unbound ones end when an administrator demands bound ones.
    fn of_client(
        &self,
        tx: &mut Tx<'_>,
        client_id: ClientId,
    ) -> Result<Option<LiveToken>, StoreError> {
        let client = clients::find(tx, &client_id)?;
        let is_good = client.is_some_and(|client| self.is_bound_for(&client));
        Ok(is_good.then_some(LiveToken::OfClient(client_id)))
    }
}

/// Finds a client that may act for a user: it does not wait for an administrator, the user may use it, and signed
/// in recently enough for it.
fn find_admitting(
    tx: &mut Tx<'_>,
    id: &ClientId,
    subject: &Subject,
    now: Timestamp,
) -> Result<Option<Client>, StoreError> {
    let client = clients::find(tx, id)?;
    let is_recent = |client: &Client| {
        !client.is_pending() && client.session_ends_at(subject.grant.auth_time) > now
    };
    let Some(client) = client.filter(is_recent) else { return Ok(None) };
    Ok(may_use(tx, &client, subject.user.id, now)?.then_some(client))
}

/// Finds a grant that was not revoked, whose user may sign in, may use its client, and signed in recently
/// enough for it.
pub(super) fn find_live_grant(
    tx: &mut Tx<'_>,
    id: GrantId,
    now: Timestamp,
) -> Result<Option<Subject>, StoreError> {
    let is_live = |found: &Subject| {
        found.grant.revoked_at.is_none()
            && !found.user.disabled
            && found.may_use_client
            && !found.is_too_old(now)
    };
    Ok(grants::find(tx, id, now)?.filter(is_live))
}
