//! `ssh_users`: the knowledge of administrators about users for SSH: the name that they gave them, whether
//! a stranger may have come in with a one-time code, and whether they may have certificates at all.

use std::collections::BTreeSet;

use super::{
    Row, StoreError, Tx,
    list::{FilterKind, List, ListPage, ListQuery},
    memberships::is_current,
    value::{params, parse_column},
};
use crate::model::{SshUser, SshUserState, Timestamp, UserId, UserType, Username};

/// SQL: the state of a user.
macro_rules! state {
    () => {
        "CASE WHEN s.withdrawn_at IS NOT NULL THEN 'withdrawn'
              WHEN s.held_at IS NOT NULL THEN 'held'
              WHEN s.username = u.username THEN 'confirmed'
              ELSE 'waiting' END"
    };
}

macro_rules! columns {
    () => {
        concat!(
            "u.id, u.username, s.held_at, s.withdrawn_at, ",
            state!(),
            ", u.disabled, u.user_type"
        )
    };
}

macro_rules! from {
    () => {
        "users u LEFT JOIN ssh_users s ON s.user_id = u.id"
    };
}

/// Everyone who may enter an account of hosts, and those to whom it was forbidden. Services have no passkey.
const PAGES: List = List {
    columns: columns!(),
    from: from!(),
    condition: Some(concat!(
        "u.disabled = 0 AND u.user_type = 'person'
         AND (s.held_at IS NOT NULL OR s.withdrawn_at IS NOT NULL
           OR EXISTS (SELECT 1 FROM ssh_accounts a WHERE a.is_for_everyone = 1)
           OR EXISTS (SELECT 1
                        FROM group_members m
                        JOIN ssh_account_groups g ON g.group_id = m.group_id
                       WHERE m.user_id = u.id AND ",
        is_current!("m", "?1"),
        "))"
    )),
    key: "u.id",
    sortable: &[
        ("username", "u.username_folded"),
        ("state", state!()),
        ("heldAt", "COALESCE(s.held_at, 0)"),
    ],
    order: "u.username_folded, u.id",
    filterable: &[("state", state!(), FilterKind::Text)],
    searched: &["u.search_text"],
    changes: None,
};

const SHOWN: &str = concat!("SELECT ", columns!(), " FROM ", from!(), " WHERE u.id = ?1");

/// Those whom `{username}` would let in, and those with a passkey that nobody looked at.
const WAITING: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM ",
    from!(),
    " WHERE u.disabled = 0 AND u.user_type = 'person' AND s.withdrawn_at IS NULL
        AND (s.held_at IS NOT NULL
          OR s.username IS NULL OR s.username <> u.username)
        AND (EXISTS (SELECT 1 FROM ssh_accounts a
                      WHERE a.is_for_everyone = 1
                        AND (s.held_at IS NOT NULL OR SUBSTR(a.account, 1, 10) = '{username}'))
          OR EXISTS (SELECT 1
                       FROM group_members m
                       JOIN ssh_account_groups g ON g.group_id = m.group_id
                       JOIN ssh_accounts a ON a.id = g.ssh_account_id
                      WHERE m.user_id = u.id
                        AND (s.held_at IS NOT NULL OR SUBSTR(a.account, 1, 10) = '{username}')
                        AND ",
    is_current!("m", "?1"),
    ")) ORDER BY u.username_folded LIMIT ?2"
);

const FIND: &str = "SELECT username, held_at, withdrawn_at FROM ssh_users WHERE user_id = ?1";

const NAMED_BY_DIRECTORY: &str = "
    SELECT s.user_id
      FROM ssh_users s
      JOIN users u ON u.id = s.user_id
     WHERE u.ldap_id IS NOT NULL AND s.username = u.username";

const NAME: &str = "
    INSERT INTO ssh_users (user_id, username) VALUES (?1, ?2)
    ON CONFLICT (user_id) DO UPDATE SET username = excluded.username";

const HOLD: &str = "
    INSERT INTO ssh_users (user_id, held_at) VALUES (?1, ?2)
    ON CONFLICT (user_id) DO UPDATE SET held_at = excluded.held_at";

const CONFIRM: &str = "
    INSERT INTO ssh_users (user_id, username) VALUES (?1, ?2)
    ON CONFLICT (user_id) DO UPDATE
       SET username = excluded.username, held_at = NULL, withdrawn_at = NULL";

const WITHDRAW: &str = "
    INSERT INTO ssh_users (user_id, withdrawn_at) VALUES (?1, ?2)
    ON CONFLICT (user_id) DO UPDATE SET withdrawn_at = excluded.withdrawn_at";

/// The knowledge of administrators about a user.
#[derive(Debug, Clone, Default)]
pub struct SshKnowledge {
    /// The username that an administrator or a directory gave them.
    pub username: Option<Username>,
    /// Since when they get no certificates, because of a passkey that was added with a one-time code.
    pub held_at: Option<Timestamp>,
    /// Since when they get no certificates, because an administrator took that back.
    pub withdrawn_at: Option<Timestamp>,
}

/// Finds the knowledge about a user; nothing unless there is a row.
pub fn find(tx: &mut Tx<'_>, user_id: UserId) -> Result<SshKnowledge, StoreError> {
    let known = tx.query_opt(FIND, params![user_id], |row| {
        Ok(SshKnowledge { username: row.get(0)?, held_at: row.get(1)?, withdrawn_at: row.get(2)? })
    });
    Ok(known?.unwrap_or_default())
}

/// Finds a user as administrators see them.
pub fn show(tx: &mut Tx<'_>, user_id: UserId) -> Result<Option<SshUser>, StoreError> {
    tx.query_opt(SHOWN, params![user_id], read)
}

/// Lists a page of the users who may enter accounts of hosts.
pub fn page(
    tx: &mut Tx<'_>,
    query: &ListQuery,
    now: Timestamp,
) -> Result<ListPage<SshUser>, StoreError> {
    PAGES.page(tx, params![now], query, read)
}

/// Lists users who wait for an administrator, at most `most`.
pub fn list_waiting(
    tx: &mut Tx<'_>,
    now: Timestamp,
    most: i64,
) -> Result<Vec<SshUser>, StoreError> {
    tx.query_all(WAITING, params![now, most], read)
}

/// The users of a directory whose present username is noted as given.
pub fn list_named_by_directory(tx: &mut Tx<'_>) -> Result<BTreeSet<UserId>, StoreError> {
    let ids = tx.query_all(NAMED_BY_DIRECTORY, params![], |row| row.get(0))?;
    Ok(ids.into_iter().collect())
}

/// Notes the username that an administrator or a directory gave a user.
pub fn note_name(tx: &mut Tx<'_>, user_id: UserId, username: &Username) -> Result<(), StoreError> {
    tx.execute(NAME, params![user_id, username])?.expect_rows(1)
}

/// Gives a user no certificates until an administrator confirms them.
pub fn hold(tx: &mut Tx<'_>, user_id: UserId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(HOLD, params![user_id, now])?.expect_rows(1)
}

/// Notes that an administrator looked at the username and the passkeys of a user.
pub fn confirm(tx: &mut Tx<'_>, user_id: UserId, username: &Username) -> Result<(), StoreError> {
    tx.execute(CONFIRM, params![user_id, username])?.expect_rows(1)
}

/// Notes that an administrator gives a user no certificates any more.
pub fn withdraw(tx: &mut Tx<'_>, user_id: UserId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(WITHDRAW, params![user_id, now])?.expect_rows(1)
}

fn read(row: &Row<'_>) -> Result<SshUser, StoreError> {
    let (state, is_disabled): (String, bool) = (row.get(4)?, row.get(5)?);
    let user_type: String = row.get(6)?;
    let user_type = parse_column(&user_type, UserType::parse, 6, "type of a user")?;
    Ok(SshUser {
        id: row.get(0)?,
        username: row.get(1)?,
        held_at: row.get(2)?,
        withdrawn_at: row.get(3)?,
        state: parse_column(&state, SshUserState::parse, 4, "state of a user")?,
        can_sign_in: !is_disabled && user_type == UserType::Person,
    })
}
