//! `GET /api/services`

use crate::{
    model::{Group, view::ServiceView},
    server::http::{ApiError, Request, Response, list_query},
    store::{
        StoreError, groups,
        list::ListPage,
        services::{self, Service},
    },
};

/// Lists a page of services, with their credentials and clients.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let now = req.head.now;
    let page = req.page(move |tx, query| {
        let ListPage { items, total, page, limit } = services::page(tx, query)?;
        let ids: Vec<_> = items.iter().map(|service| service.user.id).collect();
        let mut groups = groups::list_of_users(tx, &ids, now)?;
        let with_groups = |service: Service| {
            let groups = groups.remove(&service.user.id).unwrap_or_default();
            (service, groups)
        };
        let items = items.into_iter().map(with_groups).collect();
        Ok::<_, StoreError>(ListPage { items, total, page, limit })
    });
    let view = |(service, groups): &(Service, Vec<Group>)| {
        ServiceView::of(&service.user, groups, &service.identity)
    };
    Ok(list_query::respond(&page.await?, view))
}
