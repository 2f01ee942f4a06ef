//! The routes of this folder.

use super::{answer, exchange, request};
use crate::{
    model::view::UserView,
    server::{
        limiter::Policy,
        route::{Route, post},
    },
};

/// Lists the routes of this module.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        post("/api/device-login/requests", request::create)
            .for_anyone()
            .creates::<request::DeviceLoginView<'static>>(),
        post("/api/device-login/requests/{id}/exchange", exchange::exchange)
            .limited_by(Policy::DeviceLoginExchange)
            .for_anyone()
            .gives::<UserView>()
            .gives_empty(202)
            .refuses(&[401]),
        post("/api/device-login/verification", answer::show)
            .limited_by(Policy::DeviceLoginAnswer)
            .for_browsers()
            .takes::<answer::DeviceLoginCodeBody>()
            .gives::<answer::WaitingDeviceView<'static>>(),
        post("/api/device-login/verification/decision", answer::decide)
            .limited_by(Policy::DeviceLoginAnswer)
            // An approval signs the same user in once more.
            .limited_for_user(Policy::DeviceApproval)
            .for_browsers()
            .takes::<answer::Decided>(),
    ]
}
