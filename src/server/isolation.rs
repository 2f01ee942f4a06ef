//! The isolation of answers from other sites: which pages may open and embed them, and which
//! browser features they may use.

use super::route::Route;

/// The browser features that pages use: passkeys, but no sensors and no camera.
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
    /// The isolation for a route.
    pub(super) fn of(route: &Route) -> Self {
        Self {
            opener: if route.is_part_of_a_sign_in() { "unsafe-none" } else { "same-origin" },
            resource: if route.is_for_other_sites() { "cross-origin" } else { "same-origin" },
        }
    }
}
