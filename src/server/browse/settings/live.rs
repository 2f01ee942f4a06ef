//! Pages whose scripts ask for their content, which takes a while.

use super::enter::{Visit, answer};
use crate::server::{
    browse::Page,
    http::Request,
    pages::{BackupsPage, Heading, HealthPage},
    same_site,
};

/// `GET /settings/admin/health`
pub(super) async fn health(req: Request) -> Page {
    let Visit { req, layout, frame } = Visit::of_admin(req, "/settings/admin/health").await?;
    let heading = Heading::of(&layout, "nav.health", "health.about");
    let begins = !same_site::is_foreign(&req.head);
    answer(&HealthPage { heading, begins, layout, frame })
}

/// `GET /settings/admin/backups`
pub(super) async fn backups(req: Request) -> Page {
    let Visit { layout, frame, .. } = Visit::of_admin(req, "/settings/admin/backups").await?;
    let heading = Heading::of(&layout, "nav.backups", "backups.about");
    answer(&BackupsPage { heading, layout, frame })
}
