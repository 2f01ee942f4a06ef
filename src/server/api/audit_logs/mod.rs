//! `/api/audit-logs`

mod filters;
mod list;

use crate::server::route::{Route, get};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/audit-logs", list::list_own),
        get("/api/audit-logs/all", list::list_all),
        get("/api/audit-logs/filters/client-names", filters::client_names),
        get("/api/audit-logs/filters/users", filters::users),
    ]
}
