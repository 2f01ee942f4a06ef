//! `/scim/v2/Bulk` and `/scim/v2/Me`: parts of the standard that the server does not have.

use crate::server::http::{Request, Response, ScimError};

/// `POST /scim/v2/Bulk` (RFC 7644 §3.7)
pub(super) async fn bulk(req: Request) -> Result<Response, ScimError> {
    req.require_scim().await?;
    Err(ScimError::not_implemented())
}

/// `/scim/v2/Me` (RFC 7644 §3.11). A token belongs to a program, and to no user.
pub(super) async fn me(req: Request) -> Result<Response, ScimError> {
    req.require_scim().await?;
    Err(ScimError::not_implemented())
}
