//! The routes of this folder.

use super::{instructions::SessionInstructions, refresh, registration};
use crate::server::{
    bound_cookie::{REFRESH_PATH, REGISTRATION_PATH},
    limiter::Policy,
    route::{Route, post},
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        post(REGISTRATION_PATH, registration::register)
            .sent_by_browsers()
            .for_browsers()
            .gives::<SessionInstructions>()
            .refuses(&[409]),
        post(REFRESH_PATH, refresh::refresh)
            .sent_by_browsers()
            .without_cookies()
            .uncounted()
            .limited_by(Policy::BoundSession)
            .tried_again()
            .quiet()
            .for_anyone()
            .gives::<SessionInstructions>()
            .refuses(&[400, 403, 404]),
    ]
}
