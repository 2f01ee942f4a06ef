//! Resolves typed names to users, groups, clients and APIs, with suggestions for misspelt names.

use super::error::CliError;
use crate::{
    model::{Api, Client, Group, User, near},
    store::{StoreError, Tx, apis, clients, groups, users},
};

/// Finds the items with the given id, or else with the given name. An id wins, so that a chosen
/// name can neither impersonate another item nor hide it.
pub fn meant<T>(all: &[T], is_id: impl Fn(&T) -> bool, is_name: impl Fn(&T) -> bool) -> Vec<&T> {
    match all.iter().find(|one| is_id(one)) {
        Some(one) => vec![one],
        None => all.iter().filter(|one| is_name(one)).collect(),
    }
}

/// Finds a user by id, username or email. A text in the form of an id is an id, and never a username:
/// over SCIM an account may have such a username, which must not pass for another account.
pub fn find_user(tx: &mut Tx<'_>, name: &str) -> Result<User, CliError> {
    match find_user_opt(tx, name)? {
        Some(user) => Ok(user),
        None => Err(no_user(tx, name)?),
    }
}

/// The error about a user that does not exist.
pub fn no_user(tx: &mut Tx<'_>, name: &str) -> Result<CliError, StoreError> {
    Ok(not_found("user", name, &users::names(tx)?, "pocketid user list", "pocketid user add NAME"))
}

/// Like [`find_user`], but returns `None` if there is no such user.
pub fn find_user_opt(tx: &mut Tx<'_>, name: &str) -> Result<Option<User>, CliError> {
    if let Ok(id) = name.parse() {
        return Ok(users::find(tx, id)?);
    }
    let mut found = users::find_by_name(tx, name)?;
    match found.len() {
        0 | 1 => Ok(found.pop()),
        _ => {
            found.sort_by_key(|user| user.username.folded());
            let owners = found.iter().map(|user| format!("{} ({})", user.username, user.id));
            Err(ambiguous("users", name, &owners.collect::<Vec<_>>()))
        }
    }
}

/// Finds a group by id or name. A text in the form of an id is an id, as for users.
pub fn find_group(tx: &mut Tx<'_>, name: &str) -> Result<Group, CliError> {
    match find_group_opt(tx, name)? {
        Some(group) => Ok(group),
        None => Err(no_group(tx, name)?),
    }
}

/// The error about a group that does not exist.
pub fn no_group(tx: &mut Tx<'_>, name: &str) -> Result<CliError, StoreError> {
    Ok(not_found(
        "group",
        name,
        &groups::names(tx)?,
        "pocketid group list",
        "pocketid group create NAME",
    ))
}

/// Like [`find_group`], but returns `None` if there is no such group.
pub fn find_group_opt(tx: &mut Tx<'_>, name: &str) -> Result<Option<Group>, CliError> {
    if let Ok(id) = name.parse() {
        return Ok(groups::find(tx, id)?);
    }
    Ok(match name.parse() {
        Ok(name) => groups::find_by_name(tx, &name)?,
        Err(_) => None,
    })
}

/// Finds the groups, without duplicates.
pub fn find_groups(tx: &mut Tx<'_>, names: &[String]) -> Result<Vec<Group>, CliError> {
    let mut found: Vec<Group> = Vec::new();
    for name in names {
        let group = find_group(tx, name)?;
        if found.iter().all(|other| other.id != group.id) {
            found.push(group);
        }
    }
    Ok(found)
}

/// Finds a client by id, or by name if the name is unique.
pub fn find_client(tx: &mut Tx<'_>, name: &str) -> Result<Client, CliError> {
    match find_client_opt(tx, name)? {
        Some(client) => Ok(client),
        None => Err(no_client(tx, name)?),
    }
}

/// The error about a client that does not exist.
pub fn no_client(tx: &mut Tx<'_>, name: &str) -> Result<CliError, StoreError> {
    Ok(not_found(
        "client",
        name,
        &clients::names(tx)?,
        "pocketid client list",
        "pocketid client create NAME",
    ))
}

/// Like [`find_client`], but returns `None` if there is no such client.
pub fn find_client_opt(tx: &mut Tx<'_>, name: &str) -> Result<Option<Client>, CliError> {
    if let Ok(id) = name.parse()
        && let Some(client) = clients::find(tx, &id)?
    {
        return Ok(Some(client));
    }
    find_client_by_name(tx, name)
}

/// Finds the registered client with this name; an ambiguous name is an error.
pub fn find_client_by_name(tx: &mut Tx<'_>, name: &str) -> Result<Option<Client>, CliError> {
    let mut found = clients::find_by_name(tx, name)?;
    match found.len() {
        0 | 1 => Ok(found.pop()),
        _ => {
            let ids: Vec<_> = found.iter().map(|client| client.id.to_string()).collect();
            Err(ambiguous("clients", name, &ids))
        }
    }
}

/// Finds an API by its resource identifier.
pub fn find_api(tx: &mut Tx<'_>, resource: &str) -> Result<Api, CliError> {
    match find_api_opt(tx, resource)? {
        Some(api) => Ok(api),
        None => Err(no_api(tx, resource)?),
    }
}

/// The error about an API that does not exist.
pub fn no_api(tx: &mut Tx<'_>, resource: &str) -> Result<CliError, StoreError> {
    let apis = apis::list(tx)?;
    let names: Vec<_> = apis.iter().map(|api| api.resource.to_string()).collect();
    Ok(not_found("api", resource, &names, "pocketid api list", "pocketid api create RESOURCE"))
}

/// Like [`find_api`], but returns `None` if there is no such API.
pub fn find_api_opt(tx: &mut Tx<'_>, resource: &str) -> Result<Option<Api>, StoreError> {
    match resource.parse() {
        Ok(resource) => apis::find(tx, &resource),
        Err(_) => Ok(None),
    }
}

/// An error for an ambiguous name; `matches` tells the candidates apart.
pub fn ambiguous(what: &str, name: &str, matches: &[String]) -> CliError {
    CliError::refused(format!("{} {what} match \"{name}\"", matches.len()))
        .hint(format!("give the id of the one you mean: {}", matches.join(", ")))
}

/// An error for an unknown name, with suggestions. `list` and `make` are the commands that list and create such things.
pub fn not_found(what: &str, name: &str, names: &[String], list: &str, make: &str) -> CliError {
    let near = near(name, names);
    let error = CliError::refused(format!("there is no {what} \"{name}\""));
    match (&near[..], names) {
        ([], []) => error
            .hint(format!("there are no {what}s yet; to create one: {make}"))
            .hint("if this is not the database you mean, set DB_CONNECTION_STRING"),
        ([], _) => error.hint(format!("to list them: {list}")),
        (near, _) => error.hint(format!("did you mean {}?", near.join(" or "))),
    }
}
