//! APIs, with their permissions and the clients that may use them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{tools::Tools, values::parse};
use crate::{
    configuration::{
        document::{Entity, EntityKind, sorted},
        error::Error,
        step::PlanStep,
    },
    model::{Api, ApiId, ClientId, Resource, SubjectType},
    operations::{
        Act, Change,
        apis::{self, AccessDraft, ApiChange, ApiDraft, PermissionDraft},
    },
    store::{self, StoreError, Tx, clients},
};

pub fn read(tx: &mut Tx<'_>) -> Result<Vec<Entity>, StoreError> {
    let mut things = Vec::new();
    for api in store::apis::list(tx)? {
        let mut grants = Vec::new();
        for grant in store::apis::list_grants(tx, api.id)? {
            if is_of_file(tx, &grant.client_id)? {
                grants.push(grant);
            }
        }
        let grants = grants.into_iter().map(|grant| {
            let permissions = grant.permissions.iter().map(|key| key.as_str().into()).collect();
            json!({
                "clientId": grant.client_id,
                "subjectType": grant.subject_type.as_str(),
                "permissions": sorted(permissions, None),
            })
        });
        let grants = sorted(grants.collect(), Some("clientId"));
        let thing = Entity::new(EntityKind::Api, api.resource.as_str())
            .with("resource", api.resource.as_str())
            .with("id", api.id.to_string())
            .with("name", api.name.as_str())
            .with("allowCimdClients", api.is_open_to_metadata_clients)
            .with("permissions", permissions(&api))
            .with("clients", grants);
        things.push(thing);
    }
    Ok(things)
}

fn permissions(api: &Api) -> Vec<Value> {
    let permissions = api.permissions.iter().map(|permission| {
        let mut map = Map::new();
        map.insert("key".into(), permission.key.as_str().into());
        map.insert("name".into(), permission.name.as_str().into());
        if !permission.description.as_str().is_empty() {
            map.insert("description".into(), permission.description.as_str().into());
        }
        map.insert("allowedForCimdClients".into(), permission.is_open_to_metadata_clients.into());
        Value::Object(map)
    });
    sorted(permissions.collect(), Some("key"))
}

pub fn remove(act: &mut Act<'_, '_>, step: &PlanStep) -> Result<(), Error> {
    apis::delete(act, &parse(step.new.text("id").unwrap_or_default())?)?;
    Ok(())
}

pub fn set(act: &mut Act<'_, '_>, tools: &Tools<'_>, step: &PlanStep) -> Result<(), Error> {
    let resource: Resource = parse(&step.new.key)?;
    let name = step.new.text("name").map(parse).transpose()?;
    let api = match store::apis::find(act, &resource)? {
        Some(api) => apis::update(act, api.id, &ApiChange { name: name.into() })?,
        None => {
            let id = step.new.text("id").map(parse).transpose()?;
            let name = name.map_or_else(|| parse(resource.as_str()), Ok)?;
            let issuer = tools.issuer.to_owned();
            apis::create(act, &ApiDraft { id, name, resource, issuer })?
        }
    };
    if step.changes("permissions") {
        apis::set_permissions(act, api.id, &permission_drafts(step.new.list("permissions"))?)?;
    }
    if step.changes("allowCimdClients") {
        let api = apis::require(act, api.id)?;
        let open = api.permissions.iter().filter(|one| one.is_open_to_metadata_clients);
        let open = open.map(|one| one.key.clone()).collect();
        let is_open = step.new.get("allowCimdClients") == Some(&true.into());
        apis::set_metadata_access(act, api.id, is_open, &open)?;
    }
    if step.changes("clients") {
        set_grants(act, api.id, step.new.list("clients"))?;
    }
    Ok(())
}

fn permission_drafts(wanted: &[Value]) -> Result<Vec<PermissionDraft>, StoreError> {
    let draft = |one: &Value| {
        let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
        Ok(PermissionDraft {
            key: parse(text("key"))?,
            name: parse(text("name"))?,
            description: parse(text("description"))?,
            is_open_to_metadata_clients: Change::Set(one["allowedForCimdClients"] == true),
        })
    };
    wanted.iter().map(draft).collect()
}

/// Whether a file may speak of a client: others have a metadata document, or registered themselves.
fn is_of_file(tx: &mut Tx<'_>, id: &ClientId) -> Result<bool, StoreError> {
    let client = clients::find(tx, id)?;
    Ok(!id.is_url() && !client.is_some_and(|client| client.is_self_registered()))
}

/// Gives exactly these registered clients access to the API. Clients that no administrator registered
/// keep theirs.
fn set_grants(act: &mut Act<'_, '_>, id: ApiId, wanted: &[Value]) -> Result<(), Error> {
    let mut access: BTreeMap<ClientId, AccessDraft> = BTreeMap::new();
    for old in store::apis::list_grants(act, id)? {
        if is_of_file(act, &old.client_id)? {
            access.entry(old.client_id).or_default();
        }
    }
    for grant in wanted {
        let client_id: ClientId = parse(grant["clientId"].as_str().unwrap_or_default())?;
        let subject = grant["subjectType"].as_str().and_then(SubjectType::parse);
        let keys = grant["permissions"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let keys = keys.map(parse).collect::<Result<_, _>>()?;
        let access = access.entry(client_id).or_default();
        *access.on_behalf_of(subject.unwrap_or(SubjectType::User)) = Some(keys);
    }
    for (client_id, wanted) in &access {
        if let Some(client) = clients::find(act, client_id)? {
            apis::set_access(act, id, &client, wanted)?;
        }
    }
    Ok(())
}
