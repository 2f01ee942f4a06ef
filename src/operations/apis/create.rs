//! Registering an API.

use super::{Act, Refusal, audit};
use crate::{
    model::{Api, ApiId, ApiName, EventKind, Resource},
    store::apis,
};

/// An API that does not exist yet.
#[derive(Debug, Clone)]
pub struct ApiDraft {
    /// The id that it has to have; a new one unless given.
    pub id: Option<ApiId>,
    /// What people see.
    pub name: ApiName,
    /// What it calls itself on the wire.
    pub resource: Resource,
    /// The address of this provider, whose own tokens no API may get.
    pub issuer: String,
}

/// Creates an API, without permissions. Refused when its resource is that of another one, or this provider.
pub fn create(act: &mut Act<'_, '_>, draft: &ApiDraft) -> Result<Api, Refusal> {
    if draft.resource.as_str().eq_ignore_ascii_case(&draft.issuer) {
        return Err(Refusal::ResourceIsIssuer(draft.resource.clone()));
    }
    if apis::find(act, &draft.resource)?.is_some() {
        return Err(Refusal::ResourceInUse(draft.resource.clone()));
    }
    let api = Api {
        id: draft.id.unwrap_or_else(|| ApiId(act.new_id())),
        name: draft.name.clone(),
        resource: draft.resource.clone(),
        is_open_to_metadata_clients: false,
        permissions: Vec::new(),
        created_at: act.now(),
    };
    apis::insert(act, &api)?;
    audit(act, EventKind::ApiCreated, &api, [])?;
    Ok(api)
}
