//! APIs, with their permissions and the clients that may use them.

use serde_json::{Map, Value, json};

use super::{Tools, changed, parse};
use crate::{
    cli::{
        apply::{
            document::{Entity, Kind, sorted},
            plan::{Action, Step},
        },
        error::CliError,
    },
    model::{
        Api, ApiId, ClientId, ClientType, EventKind, Permission, Resource, ScopeName, SubjectType,
    },
    store::{StoreError, Tx, apis, clients},
};

pub fn read(tx: &mut Tx<'_>) -> Result<Vec<Entity>, StoreError> {
    let mut things = Vec::new();
    for api in apis::list(tx)? {
        let grants = apis::list_grants(tx, api.id)?.into_iter();
        let grants = grants.filter(|grant| !grant.client_id.is_url()).map(|grant| {
            let permissions = grant.permissions.iter().map(|key| key.as_str().into()).collect();
            json!({
                "clientId": grant.client_id,
                "subjectType": grant.subject_type.as_str(),
                "permissions": sorted(permissions, None),
            })
        });
        let grants = sorted(grants.collect(), Some("clientId"));
        let thing = Entity::new(Kind::Api, api.resource.as_str())
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

pub fn remove(tx: &mut Tx<'_>, tools: &Tools<'_>, step: &Step) -> Result<(), CliError> {
    apis::delete(tx, parse(step.new.text("id").unwrap_or_default())?)?;
    let data = [("resource", step.key().to_owned())];
    Ok(tools.note(tx, (EventKind::ApiDeleted, None), data)?)
}

pub fn set(tx: &mut Tx<'_>, tools: &Tools<'_>, step: &Step) -> Result<(), CliError> {
    let resource: Resource = parse(&step.new.key)?;
    let mut api = match apis::find(tx, &resource)? {
        Some(api) => api,
        None => {
            let api = fresh(tools, step, resource)?;
            apis::insert(tx, &api)?;
            api
        }
    };
    if step.action == Action::Change && step.changes("name") {
        api.name = parse(step.new.text("name").unwrap_or_default())?;
        apis::rename(tx, api.id, &api.name)?;
    }
    if step.changes("allowCimdClients") {
        let is_open = step.new.get("allowCimdClients") == Some(&true.into());
        apis::open_to_metadata_clients(tx, api.id, (is_open, &[]))?;
    }
    if step.changes("permissions") {
        set_permissions(tx, &api, step.new.list("permissions"))?;
    }
    if step.changes("clients") {
        set_grants(tx, &api, step.new.list("clients"))?;
    }
    let resource = ("resource", api.resource.to_string());
    match step.action {
        Action::Create => tools.note(tx, (EventKind::ApiCreated, None), [resource])?,
        _ => {
            let data = [resource, ("changed", changed(step))];
            tools.note(tx, (EventKind::ApiChanged, None), data)?;
        }
    }
    Ok(())
}

fn fresh(tools: &Tools<'_>, step: &Step, resource: Resource) -> Result<Api, StoreError> {
    let id = step.new.text("id").map(parse).transpose()?;
    Ok(Api {
        id: id.unwrap_or_else(|| ApiId(tools.new_id())),
        name: parse(step.new.text("name").unwrap_or_default())?,
        resource,
        is_open_to_metadata_clients: false,
        permissions: Vec::new(),
        created_at: tools.now,
    })
}

/// It allows these and nothing else. One that stays is not removed: clients have it.
fn set_permissions(tx: &mut Tx<'_>, api: &Api, wanted: &[Value]) -> Result<(), StoreError> {
    let mut permissions = Vec::new();
    for one in wanted {
        let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
        permissions.push(Permission {
            key: parse(text("key"))?,
            name: parse(text("name"))?,
            description: parse(text("description"))?,
            is_open_to_metadata_clients: one["allowedForCimdClients"] == true,
        });
    }
    for old in &api.permissions {
        if permissions.iter().all(|new| new.key != old.key) {
            apis::delete_permission(tx, api.id, &old.key)?;
        }
    }
    for new in &permissions {
        if !apis::insert_permission(tx, api.id, new)? {
            apis::update_permission(tx, api.id, new)?;
        }
    }
    Ok(())
}

/// These clients may use it, and no others but those that describe themselves.
fn set_grants(tx: &mut Tx<'_>, api: &Api, wanted: &[Value]) -> Result<(), CliError> {
    for old in apis::list_grants(tx, api.id)? {
        if !old.client_id.is_url() {
            apis::revoke(tx, api.id, &old.client_id)?;
        }
    }
    for grant in wanted {
        let id: ClientId = parse(grant["clientId"].as_str().unwrap_or_default())?;
        let subject = grant["subjectType"].as_str().and_then(SubjectType::parse);
        let subject = subject.unwrap_or(SubjectType::User);
        let client = clients::find(tx, &id)?;
        let is_public = client.is_some_and(|client| client.client_type == ClientType::Public);
        if is_public && subject == SubjectType::Client {
            return Err(CliError::refused(format!("{id} is a public client"))
                .hint("anybody can claim to be a public client, so it cannot act for itself"));
        }
        let keys = grant["permissions"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let keys: Vec<ScopeName> = keys.map(parse).collect::<Result<_, _>>()?;
        apis::grant(tx, api.id, &id, (subject, &keys))?;
    }
    Ok(())
}
