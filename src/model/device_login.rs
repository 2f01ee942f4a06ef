//! Signing in on one device by approving it on another signed-in device (Pocket ID 2.14).

use uuid::Uuid;

use super::{Timestamp, device_code};
use crate::crypto::{CodeDigest, CodeKey, CodeKind, Rng, Secret};

/// Distinguishes the code from other codes that people type.
const PREFIX: char = 'P';

/// The code that a device shows, as text and QR code: 35 random bits, enough for five minutes with
/// a few guesses per minute.
#[derive(Debug, Clone)]
pub struct DeviceLoginCode(Secret);

impl DeviceLoginCode {
    /// Generates a code.
    pub fn generate(rng: &dyn Rng) -> Self {
        Self(device_code::draw(PREFIX, rng))
    }

    /// Reads a typed code. `None` when it cannot be a code.
    pub fn from_typed(typed: &str) -> Option<Self> {
        device_code::read_typed(PREFIX, typed).map(Self)
    }

    /// The digest, as stored.
    pub fn digest(&self, key: &CodeKey) -> CodeDigest {
        key.digest(CodeKind::DeviceLogin, self.0.expose())
    }

    /// The plain code, for the device to show.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// The state of a request. The device gets its session by deleting an approved request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceLoginStatus {
    /// A user approved the device.
    Approved,
    /// A user refused the device.
    Denied,
    /// No user has answered yet.
    Pending,
}

impl DeviceLoginStatus {
    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Pending => "pending",
        }
    }

    /// Reads the name in the database.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Approved, Self::Denied, Self::Pending];
        all.into_iter().find(|status| status.as_str() == text)
    }
}

/// A device's request to be signed in.
#[derive(Debug, Clone)]
pub struct DeviceLogin {
    /// Its id.
    pub id: Uuid,
    /// Its state.
    pub status: DeviceLoginStatus,
    /// The address of the device, shown to the approving user.
    pub ip_address: String,
    /// The `User-Agent` of the device.
    pub user_agent: String,
    /// When the request was sent.
    pub requested_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crypto::SystemRng, model::UserCode};

    #[test]
    fn a_code_is_read_as_people_type_it_and_is_no_code_of_another_kind() {
        let code = DeviceLoginCode::generate(&SystemRng::new());
        let typed = code.expose().to_lowercase();
        assert_eq!(DeviceLoginCode::from_typed(&typed).unwrap().expose(), code.expose());
        assert!(UserCode::from_typed(code.expose()).is_none());
        let other = UserCode::generate(&SystemRng::new());
        assert!(DeviceLoginCode::from_typed(other.expose()).is_none());
    }
}
