//! `POST /api/apis`

use hyper::StatusCode;
use serde::Deserialize;

use crate::{
    model::{ApiName, Resource, view::ApiView},
    operations::apis::{self, ApiDraft},
    server::http::{ApiError, Request, Response, api_error::FieldError},
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["name", "resource"])))]
pub(super) struct NewApi {
    #[serde(default)]
    name: String,
    #[serde(default)]
    resource: String,
}

/// Creates an API.
pub(super) async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<NewApi>().await?;
    let (name, resource) = req.body.check()?;
    let issuer = req.app.settings().app_url.as_str().to_owned();
    let draft = ApiDraft { id: None, name, resource, issuer };
    let api = req.act(draft, apis::create).await?;
    Ok(Response::json(&ApiView::of(&api)).status(StatusCode::CREATED))
}

impl NewApi {
    /// Checks every field and reports all faults at once.
    fn check(&self) -> Result<(ApiName, Resource), ApiError> {
        match (self.name.parse(), self.resource.parse()) {
            (Ok(name), Ok(resource)) => Ok((name, resource)),
            (name, resource) => {
                let name = name.err().map(|error| FieldError::new("name", error));
                let resource = resource.err().map(|error| FieldError::new("resource", error));
                Err(ApiError::validation(name.into_iter().chain(resource).collect()))
            }
        }
    }
}
