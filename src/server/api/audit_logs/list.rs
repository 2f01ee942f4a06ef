//! `GET /api/audit-logs` and `GET /api/audit-logs/all`

use crate::{
    model::{LoggedEvent, view::AuditLogView},
    server::{
        http::{ApiError, Request, Response, list_query},
        messages::{Locale, Messages},
        pages::describe_browser,
    },
    store::audit_events,
};

/// Lists a page of the entries about the caller's own account.
pub(super) async fn list_own(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let user_id = req.who.user.id;
    let page = req.page(move |tx, query| audit_events::page_of_user(tx, user_id, query)).await?;
    Ok(list_query::respond(&page, |event| view(event).without_username()))
}

/// Lists a page of all entries.
pub(super) async fn list_all(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let page = req.page(audit_events::page).await?;
    Ok(list_query::respond(&page, view))
}

fn view(event: &LoggedEvent) -> AuditLogView<'_> {
    let agent = event.user_agent.as_deref();
    let device = agent.map(|agent| describe_browser(agent, Messages::of(Locale::En)));
    AuditLogView::of(event, device.unwrap_or_default())
}
