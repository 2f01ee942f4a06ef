//! `GET /api/audit-logs/filters/*`: the values that entries can be filtered by.

use std::collections::BTreeMap;

use crate::{
    server::http::{ApiError, Request, Response},
    store::audit_events,
};

/// Lists the names of the clients that occur in entries.
pub(super) async fn client_names(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    Ok(Response::json(&req.read_in_line(audit_events::client_names).await?))
}

/// Lists the usernames of the accounts that occur in entries, by user id.
pub(super) async fn users(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let users = req.read_in_line(|tx| audit_events::users(tx, audit_events::MAX_USERS)).await?;
    Ok(Response::json(&BTreeMap::from_iter(users)))
}
