//! APIs, their permissions, and the clients that may use them.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    Contents, ImportFault,
    accounts::{fit, parse_id},
    cell::PocketIdRow,
    contents::fitted,
    releases::ALLOWED_APIS_SIGN,
    tables::Tables,
};
use crate::model::{Api, ApiId, ClientId, Permission, Resource, ScopeName, SubjectType, Timestamp};

pub(super) fn read(out: &mut Contents, tables: &Tables, now: Timestamp) -> Result<(), ImportFault> {
    apis(out, tables, now)?;
    let permissions = permissions(out, tables)?;
    grants(out, tables, &permissions)
}

fn apis(out: &mut Contents, tables: &Tables, now: Timestamp) -> Result<(), ImportFault> {
    let mut resources = HashSet::new();
    for row in tables.rows("apis") {
        let text = row.text("audience")?;
        let resource: Resource = match text.parse() {
            Ok(resource) => resource,
            Err(error) => {
                out.leave_out("API", text, format!("its resource {error}"));
                continue;
            }
        };
        if !resources.insert(resource.as_str().to_owned()) {
            out.leave_out("API", text, "another API differs only in slashes at its end");
            continue;
        }
        let name = fitted(row.text("name")?, 50).or_else(|| fitted(resource.as_str(), 50));
        out.apis.push(Api {
            id: parse_id(row, "id")?,
            name: fit(row, "name", name)?,
            resource,
            is_open_to_metadata_clients: row.flag(ALLOWED_APIS_SIGN)?,
            permissions: Vec::new(),
            created_at: row.moment("created_at")?.unwrap_or(now),
        });
    }
    Ok(())
}

/// Adds the permissions to their APIs. Returns the API and key of each by its id in Pocket ID.
fn permissions(
    out: &mut Contents,
    tables: &Tables,
) -> Result<HashMap<String, (ApiId, ScopeName)>, ImportFault> {
    let mut keys = HashMap::new();
    let indices = out.apis.iter().enumerate().map(|(index, api)| (api.id, index));
    let indices: HashMap<ApiId, usize> = indices.collect();
    for row in tables.rows("api_permissions") {
        let (api_id, text): (ApiId, _) = (parse_id(row, "api_id")?, row.text("key")?);
        let Some(index) = indices.get(&api_id).copied() else { continue };
        let key: ScopeName = match text.parse() {
            Ok(key) => key,
            Err(error) => {
                let name = format!("{text} of {}", out.apis[index].resource);
                out.leave_out("permission", name, format!("its key {error}"));
                continue;
            }
        };
        let permission = permission(row, key.clone())?;
        keys.insert(row.text("id")?.to_owned(), (api_id, key));
        out.apis[index].permissions.push(permission);
    }
    Ok(keys)
}

fn permission(row: &PocketIdRow, key: ScopeName) -> Result<Permission, ImportFault> {
    let name = fitted(row.text("name")?, 50).or_else(|| fitted(key.as_str(), 50));
    let description = fitted(row.text_opt("description")?.unwrap_or_default(), 200);
    Ok(Permission {
        id: parse_id(row, "id")?,
        name: fit(row, "name", name)?,
        description: fit(row, "description", description)?,
        is_open_to_metadata_clients: row.flag("allowed_for_cimd_clients")?,
        key,
    })
}

fn grants(
    out: &mut Contents,
    tables: &Tables,
    permissions: &HashMap<String, (ApiId, ScopeName)>,
) -> Result<(), ImportFault> {
    let mut grants: BTreeMap<(ApiId, ClientId, &'static str), Vec<ScopeName>> = BTreeMap::new();
    let clients = out.client_ids();
    let apis: HashSet<_> = out.apis.iter().map(|api| api.id).collect();
    // Before 2.14, a client was allowed to use the APIs of its permissions.
    let follows = !tables.rows("apis").iter().any(|row| row.has(ALLOWED_APIS_SIGN));
    for row in tables.rows("oidc_clients_allowed_apis") {
        let api = parse_id(row, "api_id")?;
        if let Some(client) = known_client(&clients, row)?
            && apis.contains(&api)
        {
            grants.entry((api, client, subject(row)?.as_str())).or_default();
        }
    }
    for row in tables.rows("oidc_clients_allowed_api_permissions") {
        let Some((api, key)) = permissions.get(row.text("api_permission_id")?) else { continue };
        let Some(client) = known_client(&clients, row)? else { continue };
        let grant = (*api, client, subject(row)?.as_str());
        let keys =
            if follows { Some(grants.entry(grant).or_default()) } else { grants.get_mut(&grant) };
        keys.into_iter().for_each(|keys| keys.push(key.clone()));
    }
    let grants = grants.into_iter().filter_map(|((api, client, subject), keys)| {
        Some((api, client, SubjectType::parse(subject)?, keys))
    });
    out.api_grants = grants.collect();
    Ok(())
}

fn known_client(
    clients: &HashMap<String, ClientId>,
    row: &PocketIdRow,
) -> Result<Option<ClientId>, ImportFault> {
    Ok(clients.get(row.text("oidc_client_id")?).cloned())
}

fn subject(row: &PocketIdRow) -> Result<SubjectType, ImportFault> {
    let column = "subject_type";
    SubjectType::parse(row.text(column)?)
        .ok_or_else(|| row.fault(column, "is neither user nor client"))
}

impl Contents {
    /// The ids of the imported clients by their texts.
    pub(super) fn client_ids(&self) -> HashMap<String, ClientId> {
        let ids = self.clients.iter().map(|client| &client.client.id);
        ids.map(|id| (id.as_str().to_owned(), id.clone())).collect()
    }
}
