//! Signing in on one device with another one on which somebody is signed in (Pocket ID 2.14).

use uuid::Uuid;

use super::{Timestamp, device_code};
use crate::crypto::{CodeDigest, CodeKey, CodeKind, Rng, Secret};

/// Tells the code from others that people type.
const PREFIX: char = 'P';

/// What the device shows, as a QR code or to be typed: 35 bits, to be guessed in five minutes, a few tries a minute.
#[derive(Debug, Clone)]
pub struct DeviceLoginCode(Secret);

impl DeviceLoginCode {
    /// Makes a new code.
    pub fn generate(rng: &dyn Rng) -> Self {
        Self(device_code::draw(PREFIX, rng))
    }

    /// Reads what somebody typed. `None` when it cannot be a code.
    pub fn from_typed(typed: &str) -> Option<Self> {
        device_code::read_typed(PREFIX, typed).map(Self)
    }

    /// What is stored.
    pub fn digest(&self, key: &CodeKey) -> CodeDigest {
        key.digest(CodeKind::DeviceLogin, self.0.expose())
    }

    /// What the device shows.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// How far a request has come. The device takes its session by deleting an approved one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceLoginStatus {
    /// Somebody let the device in.
    Approved,
    /// Somebody refused.
    Denied,
    /// Nobody has answered.
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

/// The request of a device.
#[derive(Debug, Clone)]
pub struct DeviceLogin {
    /// Its id.
    pub id: Uuid,
    /// How far it has come.
    pub status: DeviceLoginStatus,
    /// The address that the device asked from, for its user to see.
    pub ip_address: String,
    /// The browser of the device, as it calls itself.
    pub user_agent: String,
    /// When the device asked.
    pub requested_at: Timestamp,
    /// When it ends.
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
