//! Users, groups, memberships, custom claims, passkeys and API keys.

use std::collections::HashSet;

use super::{
    Contents, ImportFault, cell::PocketIdRow, contents::fitted, namesakes,
    settings::PocketIdSettings, tables::Tables,
};
use crate::{
    crypto::Digest,
    model::{
        ApiKey, ApiKeyId, ClaimName, ClaimOwner, CustomClaim, DirectoryId, EmailAddress, Group,
        GroupId, Passkey, PasskeyId, Timestamp, User, UserId, UserType, Username,
        passkey::CREDENTIAL_ID_BYTES, reads_as_id,
    },
};

/// The account that Pocket ID creates for `STATIC_API_KEY`.
const STATIC_API_USER: UserId = UserId(uuid::Uuid::nil());

pub(super) fn read(
    out: &mut Contents,
    tables: &Tables,
    settings: &PocketIdSettings,
    now: Timestamp,
) -> Result<(), ImportFault> {
    let is_verified = settings.get("emailsVerified") == Some("true");
    users(out, tables, is_verified, now)?;
    groups(out, tables, now)?;
    members(out, tables)?;
    claims(out, tables)?;
    passkeys(out, tables, now)?;
    api_keys(out, tables, now)
}

/// Imports the users. Where a release does not store whether an email is verified, `is_verified` counts.
fn users(
    out: &mut Contents,
    tables: &Tables,
    is_verified: bool,
    now: Timestamp,
) -> Result<(), ImportFault> {
    let (mut names, mut addresses, mut ldap_ids) = (HashSet::new(), HashSet::new(), HashSet::new());
    for row in tables.rows("users") {
        let name = row.text("username")?;
        let id: UserId = parse_id(row, "id")?;
        if id == STATIC_API_USER {
            let reason = "it represents STATIC_API_KEY; create a key: pocketid api-key create";
            out.leave_out("user", name, reason);
            continue;
        }
        let username: Username = match name.parse() {
            Ok(username) => username,
            Err(error) => {
                out.leave_out(
                    "user",
                    name,
                    format!("the username {error}; change it in Pocket ID first"),
                );
                continue;
            }
        };
        if reads_as_id(username.as_str()) {
            let reason = "the username has the form of an id; change it in Pocket ID first";
            out.leave_out("user", name, reason);
            continue;
        }
        if !names.insert(username.folded()) {
            let reason =
                "another username differs only in case; rename one of them in Pocket ID first";
            out.leave_out("user", name, reason);
            continue;
        }
        let email = email(out, row, &mut addresses)?;
        let text = |column| Ok::<_, ImportFault>(row.text_opt(column)?.unwrap_or_default());
        let created_at = row.moment("created_at")?.unwrap_or(now);
        let is_verified =
            if row.has("email_verified") { row.flag("email_verified")? } else { is_verified };
        let ldap_id = ldap_id(out, row, Linked { what: "user", name }, &mut ldap_ids)?;
        out.users.push(User {
            id,
            username,
            email_verified: email.is_some() && is_verified,
            email,
            first_name: fit(row, "first_name", fitted(text("first_name")?, 50))?,
            last_name: fit(row, "last_name", fitted(text("last_name")?, 50))?,
            display_name: fit(row, "display_name", fitted(text("display_name")?, 100))?,
            is_admin: row.flag("is_admin")?,
            disabled: row.flag("disabled")?,
            locale: row.text_opt("locale")?.filter(|tag| is_language(tag)).map(str::to_owned),
            created_at,
            updated_at: row.moment("updated_at")?.unwrap_or(created_at),
            ldap_id,
            user_type: UserType::Person,
        });
    }
    namesakes::rename(out)
}

/// A user or a group whose link to a directory is read.
#[derive(Clone, Copy)]
struct Linked<'a> {
    what: &'static str,
    name: &'a str,
}

/// Reads the id in the directory. One that cannot be used is left out: the next sync skips the entry of
/// the directory then, because its name is taken.
fn ldap_id(
    out: &mut Contents,
    row: &PocketIdRow,
    linked: Linked<'_>,
    taken: &mut HashSet<String>,
) -> Result<Option<DirectoryId>, ImportFault> {
    let Some(text) = row.text_opt("ldap_id")?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let name = format!("of {} {}", linked.what, linked.name);
    match text.parse::<DirectoryId>() {
        Ok(id) if taken.insert(id.as_str().to_owned()) => return Ok(Some(id)),
        Ok(_) => out.leave_out("LDAP link", name, "its id occurs twice"),
        Err(error) => out.leave_out("LDAP link", name, format!("its id {error}")),
    }
    Ok(None)
}

/// Reads the email of a user. An invalid or duplicate email is left out.
fn email(
    out: &mut Contents,
    row: &PocketIdRow,
    taken: &mut HashSet<String>,
) -> Result<Option<EmailAddress>, ImportFault> {
    let Some(text) = row.text_opt("email")?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let name = row.text("username")?;
    match text.parse::<EmailAddress>() {
        Ok(email) if taken.insert(email.folded()) => return Ok(Some(email)),
        Ok(_) => {
            let reason = format!("another user has {text}, which differs only in case");
            out.leave_out("email", name, reason);
        }
        Err(error) => out.leave_out("email", name, format!("{text} {error}")),
    }
    Ok(None)
}

fn is_language(tag: &str) -> bool {
    tag.len() <= 35
        && !tag.is_empty()
        && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn groups(out: &mut Contents, tables: &Tables, now: Timestamp) -> Result<(), ImportFault> {
    let (mut names, mut ldap_ids) = (HashSet::new(), HashSet::new());
    for row in tables.rows("user_groups") {
        let text = row.text("name")?;
        let name: crate::model::GroupName = match text.parse() {
            Ok(name) => name,
            Err(error) => {
                out.leave_out(
                    "group",
                    text,
                    format!("its name {error}; change it in Pocket ID first"),
                );
                continue;
            }
        };
        if reads_as_id(name.as_str()) {
            let reason = "its name has the form of an id; change it in Pocket ID first";
            out.leave_out("group", text, reason);
            continue;
        }
        if !names.insert(name.as_str().to_owned()) {
            out.leave_out("group", text, "another group has the same name");
            continue;
        }
        let friendly = row.text("friendly_name")?;
        let friendly_name = fitted(friendly, 50).or_else(|| fitted(text, 50));
        let created_at = row.moment("created_at")?.unwrap_or(now);
        let ldap_id = ldap_id(out, row, Linked { what: "group", name: text }, &mut ldap_ids)?;
        out.groups.push(Group {
            id: parse_id(row, "id")?,
            name,
            friendly_name: fit(row, "friendly_name", friendly_name)?,
            created_at,
            updated_at: row.moment("updated_at")?.unwrap_or(created_at),
            ldap_id,
        });
    }
    Ok(())
}

fn members(out: &mut Contents, tables: &Tables) -> Result<(), ImportFault> {
    let (users, groups) = (out.user_ids(), out.group_ids());
    for row in tables.rows("user_groups_users") {
        let (user, group) = (parse_id(row, "user_id")?, parse_id(row, "user_group_id")?);
        // Skips memberships of users and groups that are reported as left out already.
        if users.contains(&user) && groups.contains(&group) {
            out.members.push((group, user));
        }
    }
    Ok(())
}

fn claims(out: &mut Contents, tables: &Tables) -> Result<(), ImportFault> {
    let (users, groups) = (out.user_ids(), out.group_ids());
    for row in tables.rows("custom_claims") {
        let owner = match row.text_opt("user_id")? {
            Some(_) => ClaimOwner::User(parse_id(row, "user_id")?),
            None => ClaimOwner::Group(parse_id(row, "user_group_id")?),
        };
        let is_there = match owner {
            ClaimOwner::User(id) => users.contains(&id),
            ClaimOwner::Group(id) => groups.contains(&id),
        };
        if !is_there {
            continue;
        }
        let (name, value) = (row.text("key")?, row.text("value")?);
        let claim = ClaimName::from_chosen(name)
            .and_then(|name| Ok(CustomClaim { name, value: value.parse()? }));
        match claim {
            Ok(claim) => out.claims.push((owner, claim)),
            Err(error) => {
                let owner = match owner {
                    ClaimOwner::User(id) => out.username(id),
                    ClaimOwner::Group(id) => out.group_name(id),
                };
                let owner = format!("{name} of {owner}");
                out.leave_out("claim", owner, format!("it {error}"));
            }
        }
    }
    Ok(())
}

fn passkeys(out: &mut Contents, tables: &Tables, now: Timestamp) -> Result<(), ImportFault> {
    let (users, mut ids) = (out.user_ids(), HashSet::new());
    for row in tables.rows("webauthn_credentials") {
        if row.text_opt("user_id")?.is_none() {
            continue;
        }
        let user_id = parse_id(row, "user_id")?;
        if !users.contains(&user_id) {
            continue;
        }
        let name = fitted(row.text("name")?, 50).or_else(|| fitted("Passkey", 50));
        let transports: Vec<String> = row.json("transport")?;
        let is_word = |word: &String| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        let passkey = Passkey {
            id: PasskeyId(parse_uuid(row, "id")?),
            user_id,
            name: fit(row, "name", name)?,
            credential_id: row.bytes("credential_id")?,
            public_key: row.bytes("public_key")?,
            aaguid: aaguid(out, row, user_id)?,
            transports: transports.into_iter().filter(is_word).take(8).collect(),
            sign_count: 0,
            backup_eligible: row.flag("backup_eligible")?,
            backup_state: row.flag("backup_state")?,
            created_at: row.moment("created_at")?.unwrap_or(now),
            last_used_at: None,
        };
        let reason = match passkey.is_verifiable() {
            false => "its algorithm is not supported: register the passkey again",
            true if !CREDENTIAL_ID_BYTES.contains(&passkey.credential_id.len()) => {
                "its id does not have 1 to 1023 bytes"
            }
            true if !ids.insert(passkey.credential_id.clone()) => "it occurs twice",
            true => {
                out.passkeys.push(passkey);
                continue;
            }
        };
        let name = format!("{} of {}", passkey.name, out.username(user_id));
        out.leave_out("passkey", name, reason);
    }
    Ok(())
}

/// Reads the model of the authenticator, which is only shown. An unreadable one is left out.
fn aaguid(
    out: &mut Contents,
    row: &PocketIdRow,
    user_id: UserId,
) -> Result<Option<uuid::Uuid>, ImportFault> {
    if row.text_opt("aaguid").is_ok_and(|text| text.is_none_or(str::is_empty)) {
        return Ok(None);
    }
    match parse_uuid(row, "aaguid") {
        Ok(model) => Ok((!model.is_nil()).then_some(model)),
        Err(_) => {
            let name = format!("{} of {}", row.text("name")?, out.username(user_id));
            out.leave_out("model of a passkey", name, "its AAGUID is not a UUID");
            Ok(None)
        }
    }
}

fn api_keys(out: &mut Contents, tables: &Tables, now: Timestamp) -> Result<(), ImportFault> {
    let users = out.user_ids();
    for row in tables.rows("api_keys") {
        let name = row.text("name")?;
        if row.text_opt("user_id")?.is_none() {
            out.leave_out("API key", name, "its user does not exist");
            continue;
        }
        let user_id = parse_id(row, "user_id")?;
        if !users.contains(&user_id) {
            continue;
        }
        let digest = Digest::from_hex(row.text("key")?);
        let digest =
            digest.ok_or_else(|| row.fault("key", "is not a SHA-256 digest in hexadecimal"))?;
        let key = ApiKey {
            id: ApiKeyId(parse_uuid(row, "id")?),
            user_id,
            name: fit(row, "name", fitted(name, 50).or_else(|| fitted("API key", 50)))?,
            description: row
                .text_opt("description")?
                .filter(|text| !text.is_empty())
                .and_then(|text| fitted(text, 2_000)),
            created_at: row.moment("created_at")?.unwrap_or(now),
            expires_at: row
                .moment("expires_at")?
                .ok_or_else(|| row.fault("expires_at", "is missing"))?,
            last_used_at: row.moment("last_used_at")?,
            is_expiry_told: row.flag("expiration_email_sent")?,
        };
        out.api_keys.push((key, digest));
    }
    Ok(())
}

impl Contents {
    fn username(&self, id: UserId) -> String {
        let user = self.users.iter().find(|user| user.id == id);
        user.map(|user| user.username.to_string()).unwrap_or_default()
    }

    fn group_name(&self, id: GroupId) -> String {
        let group = self.groups.iter().find(|group| group.id == id);
        group.map(|group| group.name.to_string()).unwrap_or_default()
    }

    pub(super) fn user_ids(&self) -> HashSet<UserId> {
        self.users.iter().map(|user| user.id).collect()
    }

    pub(super) fn group_ids(&self) -> HashSet<GroupId> {
        self.groups.iter().map(|group| group.id).collect()
    }
}

/// Parses an id, which is a UUID.
pub(super) fn parse_id<T: std::str::FromStr>(
    row: &PocketIdRow,
    column: &str,
) -> Result<T, ImportFault> {
    row.text(column)?.parse().map_err(|_| row.fault(column, "is not a UUID"))
}

fn parse_uuid(row: &PocketIdRow, column: &str) -> Result<uuid::Uuid, ImportFault> {
    parse_id(row, column)
}

/// Unwraps a text from [`fitted`], or reports the column as unusable.
pub(super) fn fit<T>(row: &PocketIdRow, column: &str, text: Option<T>) -> Result<T, ImportFault> {
    text.ok_or_else(|| row.fault(column, "cannot be used"))
}
