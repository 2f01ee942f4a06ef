//! `/api/device-login`: signing in on one device with another one (Pocket ID 2.14), mostly by a QR code.
//!
//! The new device asks and shows a code. Whoever is signed in elsewhere scans it, sees which device asks, uses a
//! passkey, and allows it. The device waits for that, and takes a session. Its cookie proves that it is the one that
//! asked; the session in which it was allowed has to be open still.

mod answer;
mod exchange;
mod request;

use hyper::StatusCode;

use super::{
    http::ApiError,
    limiter::Policy,
    route::{Route, post},
};

/// How long a device may take to be let in and to come back, in seconds.
const LIFETIME_SECONDS: i64 = 300;

/// The rows.
pub(super) fn routes() -> Vec<Route> {
    vec![
        post("/api/device-login/requests", request::create),
        post("/api/device-login/requests/{id}/exchange", exchange::exchange)
            .limited_by(Policy::DeviceLoginExchange),
        post("/api/device-login/verification", answer::show).limited_by(Policy::DeviceLoginAnswer),
        post("/api/device-login/verification/decision", answer::decide)
            .limited_by(Policy::DeviceLoginAnswer),
    ]
}

/// No request waits under this code, or not for this device.
fn expired() -> ApiError {
    let message = "Device login request is invalid or expired";
    ApiError::new(StatusCode::UNAUTHORIZED, "device_login_expired", message)
}
