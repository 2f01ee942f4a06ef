//! `grants`: the results of authorizations, each the parent of its code and tokens.

use super::{
    Row, StoreError, Tx, asserted_subjects, clients,
    memberships::is_current,
    sessions::{self, OpenSession},
    users,
    value::{params, parse_column},
};
use crate::{
    crypto::Algorithm,
    model::{
        Amr, ClaimRule, ClaimSet, ClientId, DemandedBinding, Grant, GrantId, RequestedClaims,
        Scope, SessionId, SignInTimes, Timestamp, TrustedIssuer, User, UserId,
    },
};

/// The position of the first column of the user, after those of the grant.
const USER: usize = 14;
/// The positions of the columns after those of the user.
const HAS_CUSTOM_CLAIMS: usize = USER + users::COLUMNS;
const CLAIM_RULES: usize = HAS_CUSTOM_CLAIMS + 1;
const USERINFO_ALG: usize = CLAIM_RULES + 1;
const DEMANDED_BINDING: usize = USERINFO_ALG + 1;
const ADMITTED_UNTIL: usize = DEMANDED_BINDING + 3;
const MAX_SESSION_AGE: usize = ADMITTED_UNTIL + 1;

const FIND: &str = concat!(
    "SELECT g.id, g.client_id, g.user_id, g.session_id, g.scope, g.auth_time, g.amr, g.requested_at,
           g.created_at, g.expires_at, g.revoked_at, g.id_token_claims, g.userinfo_claims,
            g.resource, ",
    users::columns!(),
    ", CAST(CASE WHEN EXISTS (SELECT 1 FROM user_claims WHERE user_id = g.user_id)
                       OR EXISTS (SELECT 1 FROM group_claims) THEN 1 ELSE 0 END AS BIGINT),
           c.claim_rules, c.userinfo_signed_response_alg,
           c.requires_dpop, c.requires_mtls,
           CAST(CASE WHEN c.security_profile IS NULL THEN 0 ELSE 1 END AS BIGINT),
           CASE WHEN c.is_group_restricted = 0 THEN 9223372036854775807
                ELSE (SELECT MAX(COALESCE(m.expires_at, 9223372036854775807))
                        FROM client_groups a
                        JOIN group_members m ON m.group_id = a.group_id
                       WHERE a.client_id = g.client_id AND m.user_id = g.user_id AND ",
    is_current!("m", "?2"),
    ") END,
           c.max_session_age_seconds
      FROM grants g
      JOIN users u ON u.id = g.user_id
      JOIN clients c ON c.id = g.client_id
     WHERE g.id = ?1"
);

const INSERT: &str = "
    INSERT INTO grants (id, client_id, user_id, session_id, scope, auth_time, amr, requested_at,
                        created_at, expires_at, id_token_claims, userinfo_claims, resource)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

const EXTEND: &str = "UPDATE grants SET expires_at = ?2 WHERE id = ?1 AND expires_at < ?2";

/// SQL condition: the scope contains `offline_access` (OIDC Core §11). `_` is a wildcard unless
/// escaped, and an API may have a scope `offline-access`.
macro_rules! is_offline {
    () => {
        r"' ' || scope || ' ' LIKE '% offline\_access %' ESCAPE '\'"
    };
}

const REVOKE_OF_SESSION: &str = concat!(
    "UPDATE grants SET revoked_at = ?2
      WHERE session_id = ?1 AND revoked_at IS NULL AND NOT (",
    is_offline!(),
    ")"
);

/// `client_id || ''` disables the index on the client: the query reads the grants of the user, not
/// those of all users of the client.
const REVOKE_OF_CLIENT: &str = "
    UPDATE grants SET revoked_at = ?3
     WHERE user_id = ?1 AND client_id || '' = ?2 AND expires_at > ?3 AND revoked_at IS NULL";

const REVOKE_EVERY_OF_CLIENT: &str = "
    UPDATE grants SET revoked_at = ?2 WHERE client_id = ?1 AND revoked_at IS NULL";

/// The session of these grants is the id of their subject ([`insert_asserted`]).
const REVOKE_ASSERTED: &str = concat!(
    "UPDATE grants SET revoked_at = ?3
      WHERE session_id IN (SELECT ",
    asserted_subjects::id!(),
    " FROM asserted_subjects WHERE issuer = ?2 AND jwks_uri = ?4)
        AND client_id || '' = ?1 AND revoked_at IS NULL"
);

const REVOKE_ASSERTED_OF_USER: &str = concat!(
    "UPDATE grants SET revoked_at = ?2
      WHERE session_id IN (SELECT ",
    asserted_subjects::id!(),
    " FROM asserted_subjects WHERE user_id = ?1)
        AND revoked_at IS NULL"
);

/// By the session alone: it has few grants, and a user may have many.
const FIND_OF_SIGN_IN: &str = "
    SELECT id FROM grants
     WHERE session_id = ?1 AND client_id || '' = ?2 AND auth_time = ?3 AND requested_at = ?4
       AND expires_at > ?5 AND revoked_at IS NULL
     ORDER BY id DESC
     LIMIT 1";

const IS_LIVE_OF_CLIENT: &str = "
    SELECT 1 FROM grants
     WHERE user_id = ?1 AND client_id || '' = ?2 AND expires_at > ?3 AND revoked_at IS NULL
     LIMIT 1";

const REVOKE_EVERY: &str = "UPDATE grants SET revoked_at = ?1 WHERE revoked_at IS NULL";

const REVOKE_ALL_OF_SESSION: &str = "
    UPDATE grants SET revoked_at = ?2 WHERE session_id = ?1 AND revoked_at IS NULL";

const EVERY_LIVE_SESSION: &str = "
    SELECT DISTINCT user_id, session_id
      FROM grants
     WHERE expires_at > ?1 AND revoked_at IS NULL";

const REVOKE: &str = "UPDATE grants SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";

const REVOKE_ALL: &str =
    "UPDATE grants SET revoked_at = ?2 WHERE user_id = ?1 AND revoked_at IS NULL";

const REVOKE_WITHOUT_PASSKEY: &str = "
    UPDATE grants SET revoked_at = ?2
     WHERE user_id = ?1 AND revoked_at IS NULL AND amr <> ?3 AND session_id <> ?4";

const LIVE_SESSIONS: &str = "
    SELECT DISTINCT session_id
      FROM grants
     WHERE user_id = ?1 AND expires_at > ?2 AND revoked_at IS NULL";

/// A grant with the user that its tokens are about.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The grant.
    pub grant: Grant,
    /// The user who gave it.
    pub user: User,
    /// Whether the user or any group has custom claims. Read with the grant, so that installations
    /// without any skip a query.
    pub has_custom_claims: bool,
    /// The claim rules of the client.
    pub claim_rules: Vec<ClaimRule>,
    /// The algorithm that its UserInfo responses are signed with, if they are.
    pub userinfo_alg: Option<Algorithm>,
    /// The keys that the tokens of the client have to be bound to: other ones are of no use.
    pub demanded_binding: DemandedBinding,
    /// Whether the client is unrestricted, or the user is in a group that may use it.
    pub may_use_client: bool,
    /// When the last of the memberships ends that let the user use the client; far away unless all of them end.
    pub admitted_until: Timestamp,
    /// The longest session age of the client, in seconds.
    pub max_session_age_seconds: Option<i64>,
}

impl Subject {
    /// Whether the authentication of the user is too old for the client.
    pub fn is_too_old(&self, now: Timestamp) -> bool {
        self.session_ends_at() <= now
    }

    /// When the authentication of the user is too old for the client; far away for a client without a longest
    /// session age.
    pub fn session_ends_at(&self) -> Timestamp {
        let seconds = self.max_session_age_seconds;
        seconds.map_or(Timestamp::FAR_AWAY, |seconds| self.grant.auth_time.plus(seconds))
    }

    /// When access and ID tokens end at the latest: with the longest session age of the client, or with the
    /// membership that lets the user use it.
    pub fn tokens_end_at(&self) -> Timestamp {
        self.session_ends_at().min(self.admitted_until)
    }
}

/// Finds a grant and the user who gave it.
pub fn find(tx: &mut Tx<'_>, id: GrantId, now: Timestamp) -> Result<Option<Subject>, StoreError> {
    tx.query_opt(FIND, params![id, now], |row| {
        let admitted_until: Option<Timestamp> = row.get(ADMITTED_UNTIL)?;
        Ok(Subject {
            grant: read(row)?,
            user: users::read(row, USER)?,
            has_custom_claims: row.get(HAS_CUSTOM_CLAIMS)?,
            claim_rules: clients::read_claim_rules(row, CLAIM_RULES)?,
            userinfo_alg: clients::read_algorithm(row, USERINFO_ALG)?,
            demanded_binding: DemandedBinding {
                to_key: row.get(DEMANDED_BINDING)?,
                to_certificate: row.get(DEMANDED_BINDING + 1)?,
                to_any: row.get(DEMANDED_BINDING + 2)?,
            },
            may_use_client: admitted_until.is_some(),
            admitted_until: admitted_until.unwrap_or(now),
            max_session_age_seconds: row.get(MAX_SESSION_AGE)?,
        })
    })
}

/// Stores a new grant, made in an open session.
pub fn insert(tx: &mut Tx<'_>, grant: &Grant, session: &OpenSession) -> Result<(), StoreError> {
    store(tx, grant, session.id())
}

/// Stores a new grant that was made with an assertion, and so in no session. The id of a service, or of the subject
/// that stands for a person ([`asserted_subjects::id_of`]), takes the place of one: their tokens end together.
pub fn insert_asserted(tx: &mut Tx<'_>, grant: &Grant) -> Result<(), StoreError> {
    store(tx, grant, grant.session_id)
}

fn store(tx: &mut Tx<'_>, grant: &Grant, session: SessionId) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            grant.id,
            grant.client_id,
            grant.user_id,
            session,
            grant.scope.to_string(),
            grant.auth_time,
            grant.amr.as_str(),
            grant.requested_at,
            grant.created_at,
            grant.expires_at,
            grant.claims.id_token.to_string(),
            grant.claims.userinfo.to_string(),
            grant.resource,
        ],
    )?
    .expect_rows(1)
}

/// Revokes the grants of a session except those with `offline_access` (OIDC Core §11), for all
/// clients. Returns their number.
pub fn revoke_of_session(
    tx: &mut Tx<'_>,
    session_id: SessionId,
    now: Timestamp,
) -> Result<usize, StoreError> {
    Ok(tx.execute(REVOKE_OF_SESSION, params![session_id, now])?.rows())
}

/// Revokes all grants of a session, including those with `offline_access`. Returns their number.
pub fn revoke_all_of_session(
    tx: &mut Tx<'_>,
    session_id: SessionId,
    now: Timestamp,
) -> Result<usize, StoreError> {
    Ok(tx.execute(REVOKE_ALL_OF_SESSION, params![session_id, now])?.rows())
}

/// Whether a user has a live grant for a client.
pub fn is_live_of_client(
    tx: &mut Tx<'_>,
    user_id: UserId,
    client_id: &ClientId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    tx.exists(IS_LIVE_OF_CLIENT, params![user_id, client_id, now])
}

/// Finds the live grant of a sign-in to a client.
pub fn find_of_sign_in(
    tx: &mut Tx<'_>,
    session_id: SessionId,
    client_id: &ClientId,
    times: SignInTimes,
    now: Timestamp,
) -> Result<Option<GrantId>, StoreError> {
    let SignInTimes { auth_time, requested_at } = times;
    let params = params![session_id, client_id, auth_time, requested_at, now];
    tx.query_opt(FIND_OF_SIGN_IN, params, |row| row.get(0))
}

/// Revokes all live grants of a user for a client. Returns their number.
pub fn revoke_of_client(
    tx: &mut Tx<'_>,
    user_id: UserId,
    client_id: &ClientId,
    now: Timestamp,
) -> Result<usize, StoreError> {
    Ok(tx.execute(REVOKE_OF_CLIENT, params![user_id, client_id, now])?.rows())
}

/// Revokes every grant of every user.
pub fn revoke_every(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(REVOKE_EVERY, params![now]).map(|_| ())
}

/// Extends a grant, since its tokens live longer. Never shortens it: `false` when it already
/// expires later.
pub fn extend(tx: &mut Tx<'_>, id: GrantId, expires_at: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(EXTEND, params![id, expires_at])?.rows() == 1)
}

/// Revokes a grant, which invalidates its tokens. `false` when it was already revoked.
pub fn revoke(tx: &mut Tx<'_>, id: GrantId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(REVOKE, params![id, now])?.rows() == 1)
}

/// Revokes all grants of a user. Returns their number.
pub fn revoke_all(tx: &mut Tx<'_>, user_id: UserId, now: Timestamp) -> Result<usize, StoreError> {
    Ok(tx.execute(REVOKE_ALL, params![user_id, now])?.rows())
}

/// Revokes the grants of a user that were not made with a passkey, except those of one session: also those of
/// sessions that have ended.
pub fn revoke_without_passkey(
    tx: &mut Tx<'_>,
    user_id: UserId,
    kept: Option<SessionId>,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let (passkey, kept) = (Amr::Passkey.as_str(), sessions::id_or_none(kept));
    Ok(tx.execute(REVOKE_WITHOUT_PASSKEY, params![user_id, now, passkey, kept])?.rows())
}

/// Revokes the grants for a client that were made with identity assertions of an issuer.
pub fn revoke_asserted(
    tx: &mut Tx<'_>,
    client_id: &ClientId,
    issuer: &TrustedIssuer,
    now: Timestamp,
) -> Result<(), StoreError> {
    // Any number of rows.
    let row = params![client_id, issuer.issuer, now, issuer.jwks_url()];
    tx.execute(REVOKE_ASSERTED, row).map(drop)
}

/// Revokes the grants about a user that were made with identity assertions.
pub fn revoke_asserted_of_user(
    tx: &mut Tx<'_>,
    user_id: UserId,
    now: Timestamp,
) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(REVOKE_ASSERTED_OF_USER, params![user_id, now]).map(drop)
}

/// Revokes the grants of all users for a client.
pub fn revoke_every_of_client(
    tx: &mut Tx<'_>,
    client_id: &ClientId,
    now: Timestamp,
) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(REVOKE_EVERY_OF_CLIENT, params![client_id, now]).map(drop)
}

/// Lists the sessions of a user with live grants, including ended sessions.
pub fn list_live_sessions(
    tx: &mut Tx<'_>,
    user_id: UserId,
    now: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    tx.query_all(LIVE_SESSIONS, params![user_id, now], |row| row.get(0))
}

/// Lists the sessions of all users with live grants.
pub fn list_every_live_session(
    tx: &mut Tx<'_>,
    now: Timestamp,
) -> Result<Vec<(UserId, SessionId)>, StoreError> {
    tx.query_all(EVERY_LIVE_SESSION, params![now], |row| Ok((row.get(0)?, row.get(1)?)))
}

fn read(row: &Row<'_>) -> Result<Grant, StoreError> {
    let scope: String = row.get(4)?;
    let amr: String = row.get(6)?;
    Ok(Grant {
        id: row.get(0)?,
        client_id: row.get(1)?,
        user_id: row.get(2)?,
        session_id: row.get(3)?,
        scope: Scope::parse(&scope),
        resource: row.get(13)?,
        claims: RequestedClaims {
            id_token: ClaimSet::parse(&row.get::<String>(11)?),
            userinfo: ClaimSet::parse(&row.get::<String>(12)?),
        },
        auth_time: row.get(5)?,
        amr: parse_column(&amr, Amr::parse, 6, "authentication method")?,
        requested_at: row.get(7)?,
        created_at: row.get(8)?,
        expires_at: row.get(9)?,
        revoked_at: row.get(10)?,
    })
}
