//! `ssh_certificates`: certificates, until an hour after they expire,
//! and `ssh_certificate_principals`: their principals.
//!
//! Most certificates are revoked by what they depend on, which is looked at whenever the revocation
//! list is read: nothing that ends a session, a grant, an account or a membership can forget them.
//! A certificate that was once seen to be revoked stays revoked ([`note_revoked`]).

use super::{
    Row, StoreError, Tx,
    list::{List, ListPage, ListQuery},
    memberships::is_current,
    value::{params, parse_column},
};
use crate::{
    crypto::ssh::{SshCaPublicKey, SshCertificateKind},
    model::{
        SshAccountName, SshCaKeyId, SshCertificateId, SshCertificateRecord, SshPrincipal,
        Timestamp, UserId,
    },
};

macro_rules! columns {
    () => {
        "c.id, c.serial, c.ca_key_id, k.kind, c.key_id, c.fingerprint, c.user_id, c.username,
         c.grant_id, c.created_at, c.expires_at, c.revoked_at"
    };
}

macro_rules! from {
    () => {
        "ssh_certificates c JOIN ssh_ca_keys k ON k.id = c.ca_key_id"
    };
}

/// SQL condition: the certificate is revoked, by itself or by the end of what it depends on. Of a
/// user: the account under this name, the sign-in, the client, each account of hosts; and for the own
/// name, that it was not taken from the user since, nor given to a row of its own.
macro_rules! is_revoked {
    ($now:literal) => {
        concat!("(c.revoked_at IS NOT NULL OR k.removed_at IS NOT NULL
          OR (k.kind = 'user' AND (
                NOT EXISTS (SELECT 1 FROM users u
                             WHERE u.id = c.user_id AND u.disabled = 0
                               AND u.username = c.username)
             OR NOT EXISTS (SELECT 1 FROM grants g JOIN clients l ON l.id = g.client_id
                             WHERE g.id = c.grant_id AND g.revoked_at IS NULL
                               AND (l.is_group_restricted = 0
                                 OR EXISTS (SELECT 1
                                              FROM client_groups r
                                              JOIN group_members m ON m.group_id = r.group_id
                                             WHERE r.client_id = l.id AND m.user_id = c.user_id AND ",
        is_current!("m", $now),
        ")))
             OR EXISTS (
                SELECT 1 FROM ssh_certificate_principals p
                 WHERE p.certificate_id = c.id
                   AND NOT EXISTS (
                       SELECT 1 FROM ssh_accounts a
                        WHERE a.account = p.account
                          AND (a.is_for_everyone = 1
                            OR EXISTS (SELECT 1
                                         FROM ssh_account_groups s
                                         JOIN group_members m ON m.group_id = s.group_id
                                        WHERE s.ssh_account_id = a.id
                                          AND m.user_id = c.user_id AND ",
        is_current!("m", $now),
        "))))
             OR EXISTS (
                SELECT 1 FROM ssh_certificate_principals p
                 WHERE p.certificate_id = c.id AND SUBSTR(p.account, 1, 10) = '{username}'
                   AND (EXISTS (SELECT 1 FROM ssh_accounts a
                                 WHERE a.account = c.username
                                    OR SUBSTR(a.account, 1, LENGTH(c.username) + 1)
                                       = c.username || '@')
                     OR NOT EXISTS (SELECT 1 FROM ssh_users n
                                     WHERE n.user_id = c.user_id AND n.username = c.username))))))")
    };
}

/// Deletes certificates an hour after they expired: the clocks of hosts may be late.
pub const DELETE_EXPIRED: &str = "
    DELETE FROM ssh_certificates WHERE id IN (
        SELECT id FROM ssh_certificates
         WHERE expires_at <= CAST(?1 AS BIGINT) - 3600 ORDER BY expires_at LIMIT ?2)";

/// Notes certificates that are revoked, so that they stay so: a user who comes back to a group, or an
/// account that is opened again, gives none of them back.
pub const NOTE_REVOKED: &str = concat!(
    "UPDATE ssh_certificates SET revoked_at = ?1 WHERE id IN (SELECT c.id FROM ",
    from!(),
    " WHERE c.expires_at > CAST(?1 AS BIGINT) - 3600 AND c.revoked_at IS NULL AND ",
    is_revoked!("?1"),
    " LIMIT ?2)"
);

const GOOD: List = List {
    columns: columns!(),
    from: from!(),
    condition: Some(concat!("c.expires_at > ?1 AND NOT ", is_revoked!("?1"))),
    key: "c.id",
    sortable: &[
        ("keyId", "c.key_id"),
        ("createdAt", "c.created_at"),
        ("expiresAt", "c.expires_at"),
    ],
    order: "c.created_at DESC, c.id DESC",
    filterable: &[],
    searched: &["LOWER(c.key_id)"],
    changes: None,
};

const GOOD_OF_USER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM ",
    from!(),
    " WHERE c.user_id = ?1 AND c.expires_at > ?2 AND NOT ",
    is_revoked!("?2"),
    " ORDER BY c.created_at DESC, c.id DESC"
);

const FIND: &str = concat!("SELECT ", columns!(), " FROM ", from!(), " WHERE c.id = ?1");

const REVOKED: &str = concat!(
    "SELECT k.public_key, c.serial, c.revoked_at FROM ",
    from!(),
    " WHERE c.expires_at > ?1 AND ",
    is_revoked!("?2"),
    " ORDER BY k.created_at, k.id, c.serial"
);

const COUNT_GOOD_OF_USER: &str = concat!(
    "SELECT COUNT(*) FROM ",
    from!(),
    " WHERE c.user_id = ?1 AND c.expires_at > ?2 AND NOT ",
    is_revoked!("?2"),
);

const COUNT_OF_USER: &str = "
    SELECT COUNT(*) FROM ssh_certificates WHERE user_id = ?1 AND expires_at > ?2";

const COUNT: &str = "SELECT COUNT(*) FROM ssh_certificates WHERE expires_at > ?1";

const COUNT_OF_CA_KEY: &str =
    "SELECT COUNT(*) FROM ssh_certificates WHERE ca_key_id = ?1 AND expires_at > ?2";

const LIST_OF_HOSTS: &str = "
    SELECT c.key_id, c.fingerprint, c.created_at, c.expires_at
      FROM ssh_certificates c
      JOIN ssh_ca_keys k ON k.id = c.ca_key_id
     WHERE k.kind = 'host' AND k.removed_at IS NULL AND c.revoked_at IS NULL AND c.expires_at > ?1
     ORDER BY c.expires_at, c.id";

const INSERT: &str = "
    INSERT INTO ssh_certificates (id, serial, ca_key_id, key_id, fingerprint, user_id, username,
                                  grant_id, created_at, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

const INSERT_PRINCIPAL: &str = "
    INSERT INTO ssh_certificate_principals (certificate_id, principal, account) VALUES (?1, ?2, ?3)";

const PRINCIPALS: &str = "
    SELECT principal, account FROM ssh_certificate_principals
     WHERE certificate_id = ?1 ORDER BY principal";

const REVOKE: &str =
    "UPDATE ssh_certificates SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";

const REVOKE_OF_USER: &str = "
    UPDATE ssh_certificates SET revoked_at = ?2
     WHERE user_id = ?1 AND expires_at > ?2 AND revoked_at IS NULL";

/// Lists a page of the certificates that are good.
pub fn page(
    tx: &mut Tx<'_>,
    query: &ListQuery,
    now: Timestamp,
) -> Result<ListPage<SshCertificateRecord>, StoreError> {
    GOOD.page(tx, params![now], query, read)
}

/// Lists the certificates of a user that are good.
pub fn list_of_user(
    tx: &mut Tx<'_>,
    user_id: UserId,
    now: Timestamp,
) -> Result<Vec<SshCertificateRecord>, StoreError> {
    tx.query_all(GOOD_OF_USER, params![user_id, now], read)
}

/// Finds a certificate.
pub fn find(
    tx: &mut Tx<'_>,
    id: SshCertificateId,
) -> Result<Option<SshCertificateRecord>, StoreError> {
    tx.query_opt(FIND, params![id], read)
}

/// A revoked certificate.
#[derive(Debug, Clone, Copy)]
pub struct RevokedCertificate {
    /// The authority that signed it.
    pub ca: SshCaPublicKey,
    /// Its number.
    pub serial: i64,
    /// Whether that was noted.
    pub is_noted: bool,
}

/// Lists the certificates that are revoked by now and expire after a moment, in the order of the authorities.
pub fn list_revoked(
    tx: &mut Tx<'_>,
    after: Timestamp,
    now: Timestamp,
) -> Result<Vec<RevokedCertificate>, StoreError> {
    tx.query_all(REVOKED, params![after, now], |row| {
        let ca = SshCaPublicKey::from_slice(&row.get::<Vec<u8>>(0)?);
        let ca = ca.ok_or(StoreError::Corrupt { column: 0, expected: "public key" })?;
        let noted: Option<Timestamp> = row.get(2)?;
        Ok(RevokedCertificate { ca, serial: row.get(1)?, is_noted: noted.is_some() })
    })
}

/// Notes which certificates are revoked by now. Returns their number, at most `most`.
pub fn note_revoked(tx: &mut Tx<'_>, now: Timestamp, most: i64) -> Result<usize, StoreError> {
    Ok(tx.execute(NOTE_REVOKED, params![now, most])?.rows())
}

/// Counts the certificates of a user that are good.
pub fn count_good_of_user(
    tx: &mut Tx<'_>,
    user_id: UserId,
    now: Timestamp,
) -> Result<i64, StoreError> {
    Ok(tx.query_opt(COUNT_GOOD_OF_USER, params![user_id, now], |row| row.get(0))?.unwrap_or(0))
}

/// Counts the certificates of a user that have not expired, also those that are revoked.
pub fn count_of_user(tx: &mut Tx<'_>, user_id: UserId, now: Timestamp) -> Result<i64, StoreError> {
    Ok(tx.query_opt(COUNT_OF_USER, params![user_id, now], |row| row.get(0))?.unwrap_or(0))
}

/// Counts the certificates that have not expired.
pub fn count(tx: &mut Tx<'_>, now: Timestamp) -> Result<i64, StoreError> {
    Ok(tx.query_opt(COUNT, params![now], |row| row.get(0))?.unwrap_or(0))
}

/// Counts the certificates of a key that have not expired, also those that are revoked.
pub fn count_of_ca_key(tx: &mut Tx<'_>, id: SshCaKeyId, now: Timestamp) -> Result<i64, StoreError> {
    Ok(tx.query_opt(COUNT_OF_CA_KEY, params![id, now], |row| row.get(0))?.unwrap_or(0))
}

/// The certificate of a host.
#[derive(Debug, Clone)]
pub struct HostCertificate {
    /// The first name of the host.
    pub key_id: String,
    /// The fingerprint of its key.
    pub fingerprint: String,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// Lists the certificates of hosts that are good, or expired within the last hour.
pub fn list_of_hosts(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<HostCertificate>, StoreError> {
    tx.query_all(LIST_OF_HOSTS, params![now.plus(-3_600)], |row| {
        Ok(HostCertificate {
            key_id: row.get(0)?,
            fingerprint: row.get(1)?,
            created_at: row.get(2)?,
            expires_at: row.get(3)?,
        })
    })
}

/// Stores a certificate that was signed.
pub fn insert(
    tx: &mut Tx<'_>,
    certificate: &SshCertificateRecord,
    principals: &[SshPrincipal],
) -> Result<(), StoreError> {
    let row = params![
        certificate.id,
        certificate.serial,
        certificate.ca_key_id,
        certificate.key_id,
        certificate.fingerprint,
        certificate.user_id,
        certificate.username,
        certificate.grant_id,
        certificate.created_at,
        certificate.expires_at,
    ];
    tx.execute(INSERT, row)?.expect_rows(1)?;
    principals.iter().try_for_each(|SshPrincipal { principal, account }| {
        tx.execute(INSERT_PRINCIPAL, params![certificate.id, principal, account])?.expect_rows(1)
    })
}

/// Lists the principals of a certificate.
pub fn principals(tx: &mut Tx<'_>, id: SshCertificateId) -> Result<Vec<SshPrincipal>, StoreError> {
    tx.query_all(PRINCIPALS, params![id], |row| {
        let account: Option<SshAccountName> = row.get(1)?;
        Ok(SshPrincipal { principal: row.get(0)?, account })
    })
}

/// Revokes a certificate by itself. `false` when it was already revoked.
pub fn revoke(tx: &mut Tx<'_>, id: SshCertificateId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(REVOKE, params![id, now])?.rows() == 1)
}

/// Revokes the certificates of a user. Returns their number.
pub fn revoke_of_user(
    tx: &mut Tx<'_>,
    user_id: UserId,
    now: Timestamp,
) -> Result<usize, StoreError> {
    Ok(tx.execute(REVOKE_OF_USER, params![user_id, now])?.rows())
}

fn read(row: &Row<'_>) -> Result<SshCertificateRecord, StoreError> {
    let kind: String = row.get(3)?;
    Ok(SshCertificateRecord {
        id: row.get(0)?,
        serial: row.get(1)?,
        ca_key_id: row.get(2)?,
        kind: parse_column(&kind, SshCertificateKind::parse, 3, "kind of certificate")?,
        key_id: row.get(4)?,
        fingerprint: row.get(5)?,
        user_id: row.get(6)?,
        username: row.get(7)?,
        grant_id: row.get(8)?,
        created_at: row.get(9)?,
        expires_at: row.get(10)?,
        revoked_at: row.get(11)?,
    })
}
