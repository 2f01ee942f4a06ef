//! `/api/audit-logs`

mod filters;
mod list;

use std::collections::BTreeMap;

use crate::{
    model::{UserId, Username, view::AuditLogView},
    server::route::{Route, get},
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/audit-logs", list::list_own).for_users().lists::<AuditLogView<'static>>(),
        get("/api/audit-logs/all", list::list_all).lists::<AuditLogView<'static>>(),
        get("/api/audit-logs/filters/client-names", filters::client_names).gives::<Vec<String>>(),
        get("/api/audit-logs/filters/users", filters::users).gives::<BTreeMap<UserId, Username>>(),
    ]
}
