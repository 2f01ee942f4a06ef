//! The clients that a user may use, and the clients that a user has authorized.

use crate::{
    model::{
        UserId,
        view::{AccessibleClientView, AuthorizedClientView, ClientMetaView},
    },
    operations::{Noun, Refusal},
    server::http::{ApiError, Authorised, Request, Response, account::Account, list_query},
    store::{client_lists, users},
};

/// Lists a page of the clients that the user may use.
pub(super) async fn list_own_accessible(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let (id, now) = (req.who.user.id, req.head.now);
    let page =
        req.page(move |tx, query| client_lists::page_of_accessible(tx, id, query, now)).await?;
    Ok(list_query::respond(&page, |one| {
        AccessibleClientView::of(&one.client, one.logos, one.last_used_at)
    }))
}

/// Lists a page of the clients that the user has authorized.
pub(super) async fn list_own_authorized(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let id = req.who.user.id;
    respond(&req, id).await
}

/// Lists a page of the clients that a user has authorized.
pub(super) async fn list_authorized(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = super::super::id(&user_id, || Refusal::NotFound(Noun::User).into())?;
    respond(&req, id).await
}

async fn respond<B>(req: &Authorised<Account, B>, id: UserId) -> Result<Response, ApiError> {
    let page = req.page(move |tx, query| {
        users::find(tx, id)?.ok_or(Refusal::NotFound(Noun::User))?;
        Ok::<_, Refusal>(client_lists::page_of_authorized(tx, id, query)?)
    });
    Ok(list_query::respond(&page.await?, |one| {
        let client = ClientMetaView::of(&one.client, one.logos);
        AuthorizedClientView::of(client, &one.scope, one.last_used_at)
    }))
}
