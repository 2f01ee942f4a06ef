//! `/api/signing-keys`: an addition to Pocket ID.

mod list;
mod rotate;

use crate::{
    model::view::SigningKeyView,
    server::route::{Route, get, post},
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/signing-keys", list::list).gives::<Vec<SigningKeyView>>(),
        post("/api/signing-keys/rotate", rotate::rotate)
            .takes::<rotate::RotationBody>()
            .gives::<Vec<SigningKeyView>>()
            .refuses(&[409]),
    ]
}
