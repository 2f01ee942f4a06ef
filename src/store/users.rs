//! `users`: one row per account.

use super::{
    Row, Sound, StoreError, Tx,
    list::{MAX_LISTED, among},
    memberships::is_current,
    reopened_setup,
    value::{params, parse_column},
};
use crate::model::{
    ClientId, EmailAddress, Timestamp, User, UserId, UserType, Username, reads_as_id,
};

/// The columns of an account, as [`read`] reads them.
macro_rules! columns {
    () => {
        "u.id, u.username, u.email, u.email_verified, u.first_name, u.last_name, u.display_name,
         u.is_admin, u.disabled, u.locale, u.created_at, u.updated_at, u.ldap_id, u.user_type"
    };
}
pub(super) use columns;

/// Selects accounts.
macro_rules! select {
    ($which:literal) => {
        concat!("SELECT ", columns!(), " FROM users u ", $which)
    };
}

/// The number of columns of a whole account.
pub(super) const COLUMNS: usize = 14;

const ADMINISTRATORS: &str = "
    SELECT u.username, (SELECT COUNT(*) FROM passkeys p WHERE p.user_id = u.id)
      FROM users u
     WHERE u.is_admin = 1 AND u.disabled = 0 AND u.id <> ?1
     ORDER BY u.username_folded";

const ALL_ADMINISTRATORS: &str = select!("WHERE u.is_admin = 1 AND u.id <> ?1 ORDER BY u.id");

const COUNT_EMAILS: &str = "
    SELECT COUNT(*), COUNT(*) FILTER (WHERE email_verified = 0)
      FROM users
     WHERE email IS NOT NULL AND disabled = 0";

const FIRST_UNVERIFIED: &str = "
    SELECT username
      FROM users
     WHERE email IS NOT NULL AND disabled = 0 AND email_verified = 0
     ORDER BY username_folded
     LIMIT 1";

const FIND: &str = select!("WHERE u.id = ?1");

const FIND_BY_NAME: &str = select!("WHERE u.username_folded = ?1 OR u.email_folded = ?1");

const FIND_BY_EMAIL: &str = select!("WHERE u.email_folded = ?1");

const LIST_PART: &str = concat!(
    "SELECT ",
    columns!(),
    ", u.username_folded
       FROM users u
      WHERE u.username_folded > ?1 AND (?2 = '' OR strpos(u.search_text, ?2) > 0)
      ORDER BY u.username_folded
      LIMIT ?3"
);

const LIST_AFTER: &str =
    select!("WHERE u.username_folded > ?1 ORDER BY u.username_folded LIMIT 1000");

const NAMES_OF_GROUP: &str = concat!(
    "SELECT u.username_folded, m.expires_at
      FROM group_members m
      JOIN users u ON u.id = m.user_id
     WHERE m.group_id = ?1 AND ",
    is_current!("m", "?2"),
    " ORDER BY u.username_folded"
);

const LIST_OF_GROUP: &str = concat!(
    select!("JOIN group_members m ON m.user_id = u.id WHERE m.group_id = ?1 AND "),
    is_current!("m", "?2"),
    " ORDER BY u.username_folded"
);

const NAMES: &str = "SELECT username FROM users ORDER BY username_folded";

const ADMINISTRATOR_EXISTS: &str = "SELECT 1 FROM users WHERE is_admin = 1 AND id <> ?1 LIMIT 1";

const ENABLED_ADMINISTRATOR_EXISTS: &str =
    "SELECT 1 FROM users WHERE is_admin = 1 AND disabled = 0 AND id <> ?1 LIMIT 1";

const OTHER_ENABLED_ADMINISTRATOR_EXISTS: &str =
    "SELECT 1 FROM users WHERE is_admin = 1 AND disabled = 0 AND id <> ?1 AND id <> ?2 LIMIT 1";

const ANYBODY_EXISTS: &str = "SELECT 1 FROM users WHERE id <> ?1 LIMIT 1";

const USERNAME_OWNER: &str = "SELECT id FROM users WHERE username_folded = ?1";

const LAST_END_IN_GROUPS_OF_CLIENT: &str = concat!(
    "SELECT MAX(COALESCE(m.expires_at, 9223372036854775807))
      FROM client_groups c
      JOIN group_members m ON m.group_id = c.group_id
     WHERE c.client_id = ?1 AND m.user_id = ?2 AND ",
    is_current!("m", "?3")
);

const INSERT: &str = "
    INSERT INTO users (id, username, username_folded, email, email_folded, email_verified,
                       first_name, last_name, display_name, is_admin, disabled, locale,
                       created_at, updated_at, search_text, ldap_id, user_type)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";

const UPDATE: &str = "
    UPDATE users
       SET username = ?2, username_folded = ?3, email = ?4, email_folded = ?5,
           email_verified = ?6, first_name = ?7, last_name = ?8, display_name = ?9,
           is_admin = ?10, disabled = ?11, locale = ?12, updated_at = ?13, search_text = ?14
     WHERE id = ?1";

const DELETE: &str = "DELETE FROM users WHERE id = ?1";

/// Finds an account by its id.
pub fn find(tx: &mut Tx<'_>, id: UserId) -> Result<Option<User>, StoreError> {
    tx.query_opt(FIND, params![id], |row| read(row, 0))
}

/// Finds accounts by username or email, ignoring case.
pub fn find_by_name(tx: &mut Tx<'_>, name: &str) -> Result<Vec<User>, StoreError> {
    tx.query_all(FIND_BY_NAME, params![name.to_lowercase()], |row| read(row, 0))
}

/// Finds the account with an email, ignoring case.
pub fn find_by_email(tx: &mut Tx<'_>, email: &EmailAddress) -> Result<Option<User>, StoreError> {
    tx.query_opt(FIND_BY_EMAIL, params![email.as_str().to_lowercase()], |row| read(row, 0))
}

/// A part of the accounts, by username.
#[derive(Debug)]
pub struct UserListPart {
    /// The accounts, and the rows that could not be read.
    pub users: Sound<User>,
    /// The folded username after which the next part begins; `None` after the last part.
    pub last: Option<String>,
}

/// Lists accounts by username, after this one in its folded form. With a text, only accounts that
/// have it in a name or an email.
pub fn list_part(
    tx: &mut Tx<'_>,
    after: &str,
    search: &str,
    limit: usize,
) -> Result<UserListPart, StoreError> {
    let mut last = None;
    let mut count = 0;
    let search = search.to_lowercase();
    let bound = i64::try_from(limit).unwrap_or(i64::MAX);
    let users = tx.query_sound(LIST_PART, params![after, search, bound], |row| {
        count += 1;
        last = Some(row.get(COLUMNS)?);
        read(row, 0)
    })?;
    Ok(UserListPart { users, last: last.filter(|_| count == limit) })
}

/// Lists the members of a group by username.
pub fn list_of_group(
    tx: &mut Tx<'_>,
    id: crate::model::GroupId,
    now: Timestamp,
) -> Result<Vec<User>, StoreError> {
    tx.query_all(LIST_OF_GROUP, params![id, now], |row| read(row, 0))
}

/// Lists up to 1000 accounts by username, after this one in its folded form.
pub fn list_after(tx: &mut Tx<'_>, folded: &str) -> Result<Vec<User>, StoreError> {
    tx.query_all(LIST_AFTER, params![folded], |row| read(row, 0))
}

/// Lists the usernames of the members of a group, in their folded form, and when their memberships end.
pub fn names_of_group(
    tx: &mut Tx<'_>,
    id: crate::model::GroupId,
    now: Timestamp,
) -> Result<Vec<(String, Option<Timestamp>)>, StoreError> {
    tx.query_all(NAMES_OF_GROUP, params![id, now], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Lists every username, for suggestions.
pub fn names(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    tx.query_all(NAMES, params![], |row| row.get(0))
}

/// Lists the enabled administrators, each with the number of passkeys.
pub fn list_administrators(tx: &mut Tx<'_>) -> Result<Vec<(Username, i64)>, StoreError> {
    tx.query_all(ADMINISTRATORS, params![UserId::STATIC], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Lists the administrators, enabled or disabled, in the order of their ids.
pub fn list_all_administrators(tx: &mut Tx<'_>) -> Result<Vec<User>, StoreError> {
    tx.query_all(ALL_ADMINISTRATORS, params![UserId::STATIC], |row| read(row, 0))
}

/// Counts of the emails of enabled accounts.
#[derive(Debug)]
pub struct Emails {
    /// The number of accounts with an email.
    pub all: i64,
    /// The number of unverified emails.
    pub unverified: i64,
    /// The first username with an unverified email.
    pub first_unverified: Option<Username>,
}

/// Counts the emails of enabled accounts.
pub fn count_emails(tx: &mut Tx<'_>) -> Result<Emails, StoreError> {
    let counted = tx.query_opt(COUNT_EMAILS, params![], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (all, unverified) = counted.unwrap_or((0, 0));
    let first_unverified = tx.query_opt(FIRST_UNVERIFIED, params![], |row| row.get(0))?;
    Ok(Emails { all, unverified, first_unverified })
}

/// Whether there is an administrator, enabled or disabled.
pub fn administrator_exists(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    tx.exists(ADMINISTRATOR_EXISTS, params![UserId::STATIC])
}

/// Whether there is an enabled administrator.
pub fn enabled_administrator_exists(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    tx.exists(ENABLED_ADMINISTRATOR_EXISTS, params![UserId::STATIC])
}

/// Whether there is an enabled administrator other than this user.
pub fn other_enabled_administrator_exists(tx: &mut Tx<'_>, id: UserId) -> Result<bool, StoreError> {
    tx.exists(OTHER_ENABLED_ADMINISTRATOR_EXISTS, params![id, UserId::STATIC])
}

/// Whether there is any account except that of `STATIC_API_KEY`.
pub fn anybody_exists(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    tx.exists(ANYBODY_EXISTS, params![UserId::STATIC])
}

/// Why an account cannot have a username or an email: a lookup would be ambiguous.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenName {
    /// The email is the email of this account.
    EmailInUse(Username),
    /// The email is the username of this account.
    EmailIsUsername(Username),
    /// The username is the username of this account.
    UsernameInUse(Username),
    /// The username is the email of this account.
    UsernameIsEmail(Username),
    /// The username has the form of an id.
    UsernameReadsAsId,
}

/// Checks whether the username or the email of an account is taken. Unchanged values are not
/// checked, so that accounts from before these rules stay usable.
pub fn find_taken(
    tx: &mut Tx<'_>,
    user: &User,
    before: Option<&User>,
) -> Result<Option<TakenName>, StoreError> {
    let email = user.email.as_ref().map(EmailAddress::folded);
    let email_before = before.and_then(|user| user.email.as_ref()).map(EmailAddress::folded);
    if let Some(email) = email.filter(|email| Some(email) != email_before.as_ref())
        && let Some(owner) = find_other(tx, user.id, &email)?
    {
        return Ok(Some(if owner.username.folded() == email {
            TakenName::EmailIsUsername(owner.username)
        } else {
            TakenName::EmailInUse(owner.username)
        }));
    }
    let username = user.username.folded();
    if before.is_some_and(|before| before.username.folded() == username) {
        return Ok(None);
    }
    if let Some(owner) = find_other(tx, user.id, &username)? {
        return Ok(Some(if owner.username.folded() == username {
            TakenName::UsernameInUse(owner.username)
        } else {
            TakenName::UsernameIsEmail(owner.username)
        }));
    }
    Ok(reads_as_id(&username).then_some(TakenName::UsernameReadsAsId))
}

/// Finds another account by username or email.
fn find_other(tx: &mut Tx<'_>, id: UserId, name: &str) -> Result<Option<User>, StoreError> {
    Ok(find_by_name(tx, name)?.into_iter().find(|owner| owner.id != id))
}

/// Finds the account with a username.
pub fn username_owner(tx: &mut Tx<'_>, username: &Username) -> Result<Option<UserId>, StoreError> {
    tx.query_opt(USERNAME_OWNER, params![username.folded()], |row| row.get(0))
}

/// Finds the first of these ids that no account has.
pub fn find_unknown(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<Option<UserId>, StoreError> {
    for ids in ids.chunks(MAX_LISTED) {
        let (among, bound) = among(ids);
        let sql = format!("SELECT id FROM users WHERE id {among}");
        let known: Vec<UserId> = tx.query_all(&sql, &bound, |row| row.get(0))?;
        if let Some(unknown) = ids.iter().find(|id| !known.contains(id)) {
            return Ok(Some(*unknown));
        }
    }
    Ok(None)
}

/// When the last of the user's memberships ends that admit to a restricted client; `None` without any.
pub fn last_end_in_groups_of_client(
    tx: &mut Tx<'_>,
    user_id: UserId,
    client_id: &ClientId,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let params = params![client_id, user_id, now];
    Ok(tx.query_opt(LAST_END_IN_GROUPS_OF_CLIENT, params, |row| row.get(0))?.flatten())
}

/// Stores a new account. An enabled administrator closes a reopened set-up.
pub fn insert(tx: &mut Tx<'_>, user: &User) -> Result<(), StoreError> {
    let email_folded = user.email.as_ref().map(EmailAddress::folded);
    tx.execute(
        INSERT,
        params![
            user.id,
            user.username,
            user.username.folded(),
            user.email,
            email_folded,
            user.email_verified,
            user.first_name,
            user.last_name,
            user.display_name,
            user.is_admin,
            user.disabled,
            user.locale,
            user.created_at,
            user.updated_at,
            search_text(user),
            user.ldap_id,
            user.user_type.as_str(),
        ],
    )?
    .expect_rows(1)?;
    reopened_setup::end_by(tx, user)
}

/// Updates an account. An enabled administrator closes a reopened set-up.
pub fn update(tx: &mut Tx<'_>, user: &User, now: Timestamp) -> Result<(), StoreError> {
    let email_folded = user.email.as_ref().map(EmailAddress::folded);
    tx.execute(
        UPDATE,
        params![
            user.id,
            user.username,
            user.username.folded(),
            user.email,
            email_folded,
            user.email_verified,
            user.first_name,
            user.last_name,
            user.display_name,
            user.is_admin,
            user.disabled,
            user.locale,
            now,
            search_text(user),
        ],
    )?
    .expect_rows(1)?;
    reopened_setup::end_by(tx, user)
}

/// The searched text, one value per line. Values contain no line breaks, so no search matches
/// across two values.
fn search_text(user: &User) -> String {
    let email = user.email.as_ref().map(EmailAddress::folded).unwrap_or_default();
    let names = [user.first_name.as_str(), user.last_name.as_str(), user.display_name.as_str()];
    let names = names.map(str::to_lowercase).join("\n");
    format!("{}\n{email}\n{names}", user.username.folded())
}

/// Deletes an account, with its passkeys, sessions, grants and tokens.
pub fn delete(tx: &mut Tx<'_>, id: UserId) -> Result<(), StoreError> {
    tx.execute(DELETE, params![id])?.expect_rows(1)
}

/// Reads an account whose columns begin at `first`.
pub(super) fn read(row: &Row<'_>, first: usize) -> Result<User, StoreError> {
    Ok(User {
        id: row.get(first)?,
        username: row.get(first + 1)?,
        email: row.get(first + 2)?,
        email_verified: row.get(first + 3)?,
        first_name: row.get(first + 4)?,
        last_name: row.get(first + 5)?,
        display_name: row.get(first + 6)?,
        is_admin: row.get(first + 7)?,
        disabled: row.get(first + 8)?,
        locale: row.get(first + 9)?,
        created_at: row.get(first + 10)?,
        updated_at: row.get(first + 11)?,
        ldap_id: row.get(first + 12)?,
        user_type: parse_column(
            &row.get::<String>(first + 13)?,
            UserType::parse,
            first + 13,
            "user type",
        )?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Otherwise each start would read all accounts, perhaps a hundred thousand, several times.
    #[test]
    fn administrators_are_found_without_reading_every_account() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        let database = crate::model::Database::Sqlite(path.clone());
        drop(crate::store::Store::open(&database).unwrap());
        // Statistics from a database with one account make a full scan look free.
        let connection = rusqlite::Connection::open(&path).unwrap();
        let statistics = "
            ANALYZE sqlite_schema;
            INSERT INTO sqlite_stat1 VALUES ('users', 'users_that_administer', '0 0 0');
            INSERT INTO sqlite_stat1 VALUES ('users', 'users', '1 1');";
        connection.execute_batch(statistics).unwrap();
        drop(connection);
        let store = crate::store::Store::open(&database).unwrap();
        for sql in
            [ADMINISTRATOR_EXISTS, ENABLED_ADMINISTRATOR_EXISTS, OTHER_ENABLED_ADMINISTRATOR_EXISTS]
        {
            let sql = sql.replace("?1", "x''").replace("?2", "x''");
            let plan = store.read_blocking(|tx| {
                let explain = format!("EXPLAIN QUERY PLAN {sql}");
                tx.query_all(&explain, params![], |row| row.get::<String>(3))
            });
            let plan = plan.unwrap().join("\n");
            let is_found = ["users_that_administer", "users_by_is_admin"]
                .iter()
                .any(|index| plan.contains(index));
            assert!(is_found, "{sql}: {plan}");
        }
    }
}
