//! `/api/services`: users that are no people. Not part of Pocket ID.

mod body;
mod create;
mod list;
mod routes;
mod show;
mod update;

pub(super) use routes::routes;

use crate::{
    model::{ClaimOwner, Timestamp, UserId, view::ServiceView},
    operations::{Noun, Refusal},
    server::http::ApiError,
    store::{StoreError, Tx, custom_claims, groups, memberships, services::Service},
};

/// Parses the id in a path.
fn id(text: &str) -> Result<UserId, ApiError> {
    super::id(text, || Refusal::NotFound(Noun::User).into())
}

/// Builds the view of a service with its groups and claims.
fn view(tx: &mut Tx<'_>, service: &Service, now: Timestamp) -> Result<ServiceView, StoreError> {
    let groups = groups::list_of_user(tx, service.user.id, now)?;
    let ends = memberships::ends_of_user(tx, service.user.id, now)?;
    let claims = custom_claims::list(tx, ClaimOwner::User(service.user.id))?;
    let view = ServiceView::of(&service.user, &groups, &service.identity);
    Ok(view.with_ends_and_claims(&ends, claims))
}
