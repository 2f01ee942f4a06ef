//! `POST /api/application-configuration/sync-ldap`

use hyper::StatusCode;

use crate::{
    model::ConfigKey,
    server::http::{ApiError, Request, Response},
};

/// Responds as Pocket ID does without LDAP: this version does not support LDAP.
pub(super) async fn sync(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    if req.app.config().flag(ConfigKey::LdapEnabled) {
        return Err(ApiError::internal("this version does not support LDAP"));
    }
    Err(ApiError::new(StatusCode::CONFLICT, "ldap_disabled", "LDAP is not enabled"))
}
