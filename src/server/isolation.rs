//! How far answers are kept apart from other sites: what may open them, embed them, and what they may use.

use super::route::Route;

/// The features of a browser that pages use: passkeys, and nothing that needs a sensor or a camera.
pub(super) const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), \
    encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), \
    microphone=(), midi=(), payment=(), picture-in-picture=(), \
    publickey-credentials-create=(self), publickey-credentials-get=(self), screen-wake-lock=(), \
    serial=(), sync-xhr=(), usb=(), xr-spatial-tracking=()";

/// The isolation of one answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Isolation {
    /// `Cross-Origin-Opener-Policy`
    pub(super) opener: &'static str,
    /// `Cross-Origin-Resource-Policy`
    pub(super) resource: &'static str,
}

impl Isolation {
    /// What fits a route.
    pub(super) fn of(route: &Route) -> Self {
        Self {
            opener: match is_part_of_a_sign_in(route) {
                true => "unsafe-none",
                false => "same-origin",
            },
            resource: match is_for_other_sites(route) {
                true => "cross-origin",
                false => "same-origin",
            },
        }
    }
}

/// Applications open these in a window of their own and wait there for their callback; another policy
/// would cut that window off from them for good, redirects included.
fn is_part_of_a_sign_in(route: &Route) -> bool {
    matches!(
        route,
        Route::Authorize
            | Route::DevicePage
            | Route::EndSession
            | Route::InteractionErrorPage
            | Route::InteractionPage
            | Route::LoginPage
            | Route::LogoutPage
            | Route::MovedTo(_)
            | Route::OneTimeLinkPage(_)
            | Route::SignupLink(_)
            | Route::SignupPage
            | Route::TrailingSlash(_)
    )
}

/// Pictures are shown by applications and dashboards, `/healthz` is asked by the latter, and the protocol
/// is for everybody; nothing of it depends on a cookie.
fn is_for_other_sites(route: &Route) -> bool {
    route.is_protocol()
        || matches!(
            route,
            Route::ApplicationImage(_)
                | Route::ClientLogo(_)
                | Route::Favicon
                | Route::Health
                | Route::ProfilePicture(_)
        )
}
