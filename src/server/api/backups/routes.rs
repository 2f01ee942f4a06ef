//! The routes of this folder.

use super::{
    create, download, list, verify,
    view::{BackupView, BackupsView},
};
use crate::{
    backup::BackupContents,
    server::{
        limiter::Policy,
        route::{Route, get, post},
    },
};

pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get("/api/backups", list::list).gives::<BackupsView>().refuses(&[409, 502]),
        post("/api/backups", create::create)
            .limited_for_user(Policy::Backup)
            .creates::<BackupView>()
            .refuses(&[409, 502]),
        get("/api/backups/{name}", download::download)
            // It leaves an entry in the audit log.
            .changes_by_get()
            .limited_for_user(Policy::Backup)
            .gives_media(download::MEDIA)
            .refuses(&[409, 502]),
        post("/api/backups/{name}/verify", verify::verify)
            .limited_for_user(Policy::Backup)
            .gives::<BackupContents>()
            .refuses(&[409, 422, 502]),
    ]
}
