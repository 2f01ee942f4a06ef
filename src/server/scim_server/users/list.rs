//! `GET /scim/v2/Users` and `POST /scim/v2/Users/.search` (RFC 7644 §3.4.2, §3.4.3)

use super::find;
use crate::server::{
    http::{Request, Response, ScimError},
    scim_server::list::{by_query, by_search},
};

/// Lists users.
pub(in crate::server::scim_server) async fn list(req: Request) -> Result<Response, ScimError> {
    by_query(req, find::page).await
}

/// Lists users, by a request that is not in the address.
pub(in crate::server::scim_server) async fn search(req: Request) -> Result<Response, ScimError> {
    by_search(req, find::page).await
}
