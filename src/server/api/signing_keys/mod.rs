//! `/api/signing-keys`: an addition to Pocket ID.

mod list;
mod rotate;

use crate::server::route::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/api/signing-keys", list::list), post("/api/signing-keys/rotate", rotate::rotate)]
}
