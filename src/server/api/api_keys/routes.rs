//! The routes of this folder.

use super::{create, delete, list, renew};
use crate::server::{
    limiter::Policy,
    route::{Route, delete, get, post},
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get("/api/api-keys", list::list),
        post("/api/api-keys", create::create).limited_for_user(Policy::AccountChange),
        delete("/api/api-keys/{id}", delete::delete),
        post("/api/api-keys/{id}/renew", renew::renew).limited_for_user(Policy::AccountChange),
    ]
}
