//! `/api/oidc/client-requests`: clients that wait for an administrator. An addition to Pocket ID.

use serde::Deserialize;

use crate::{
    model::{ClientId, view::ClientRequestView},
    operations::{
        Noun, Refusal,
        client_requests::{self, Approval},
    },
    server::{
        http::{ApiError, Request, Response},
        route::{Route, get, post},
    },
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/oidc/client-requests", list).gives::<Vec<ClientRequestView>>(),
        post("/api/oidc/client-requests/{id}/approve", approve)
            .takes::<ApprovalBody>()
            .refuses(&[409]),
        post("/api/oidc/client-requests/{id}/refuse", refuse),
    ]
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ApprovalBody {
    /// The `revision` in the list, so that nothing else is approved than what was looked at. The
    /// address of a metadata document needs none.
    #[serde(default)]
    revision: Option<String>,
}

/// Lists the clients that wait for an administrator, the oldest first.
async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let waiting = req.read_in_line(client_requests::list).await?;
    Ok(Response::json(&waiting.iter().map(ClientRequestView::of).collect::<Vec<_>>()))
}

/// Lets a client sign people in. Refused with 409 when it changed since it was listed.
async fn approve(req: Request, client_id: String) -> Result<Response, ApiError> {
    let mut req = req.require_admin().await?.json::<ApprovalBody>().await?;
    let approval = Approval { id: id(&client_id)?, revision: req.body.revision.take() };
    req.act(approval, client_requests::approve).await?;
    Ok(Response::no_content())
}

/// Refuses a client. One that registered itself is deleted; an address is remembered as refused.
async fn refuse(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    req.act(id(&client_id)?, client_requests::refuse).await?;
    Ok(Response::no_content())
}

fn id(segment: &str) -> Result<ClientId, ApiError> {
    ClientId::from_path(segment).ok_or_else(|| Refusal::NotFound(Noun::ClientRequest).into())
}
