//! Creating APIs.

use super::{Act, Refusal, audit};
use crate::{
    model::{Api, ApiId, ApiName, EventKind, Resource},
    store::apis,
};

/// An API to create.
#[derive(Debug, Clone)]
pub struct ApiDraft {
    /// Its id; generated when absent.
    pub id: Option<ApiId>,
    /// The name shown to people.
    pub name: ApiName,
    /// Its identifier in the protocol.
    pub resource: Resource,
    /// The issuer URL of this provider, which no API may have as its resource.
    pub issuer: String,
}

/// Creates an API without permissions. Refused when its resource is the issuer or belongs to
/// another API.
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
