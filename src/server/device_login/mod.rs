//! `/api/device-login`: signs in on one device with the help of another (Pocket ID 2.14), mostly by
//! a QR code.
//!
//! The new device asks for sign-in and shows a code. A user that is signed in on another device
//! scans the code, sees which device asks, uses a passkey, and approves. The new device waits for
//! the approval, and then gets a session. Its cookie proves that it is the device that asked. The
//! approving session still has to be open at that moment.

mod answer;
mod exchange;
mod request;
mod routes;

pub(super) use routes::routes;

use hyper::StatusCode;

use super::http::ApiError;

/// The lifetime of a request, in seconds: approval and exchange have to happen within it.
const LIFETIME_SECONDS: i64 = 300;

/// The error for a code without a waiting request, or with a request of another device.
fn expired() -> ApiError {
    let message = "Device login request is invalid or expired";
    ApiError::new(StatusCode::UNAUTHORIZED, "device_login_expired", message)
}
