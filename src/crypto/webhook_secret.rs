//! Secrets that sign the messages of webhooks (Standard Webhooks 1.0, "Signature scheme").

use base64::{Engine as _, prelude::BASE64_STANDARD};
use ring::hmac::{HMAC_SHA256, Key, sign};
use zeroize::Zeroizing;

use super::{Rng, Secret};

/// The beginning of each secret.
const PREFIX: &str = "whsec_";
/// The version of the signatures: HMAC-SHA256.
const VERSION: &str = "v1";
/// The number of random bytes; the standard wants 24 to 64.
const LENGTH: usize = 32;

/// A secret that sender and receiver of a webhook share.
#[derive(Debug, Clone)]
pub struct WebhookSecret(Secret);

impl WebhookSecret {
    /// Draws a secret.
    pub fn draw(rng: &dyn Rng) -> Self {
        let bytes = Zeroizing::new(rng.bytes::<LENGTH>());
        Self(Secret::new(format!("{PREFIX}{}", BASE64_STANDARD.encode(bytes.as_slice()))))
    }

    /// A stored secret.
    pub fn stored(text: Secret) -> Self {
        Self(text)
    }

    /// The secret in the form that receivers take.
    pub fn text(&self) -> &Secret {
        &self.0
    }

    /// Signs a message: its id, the time of the attempt in Unix seconds, and its body. `None` when the
    /// secret does not have the form of one.
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> Option<String> {
        let encoded = self.0.expose().strip_prefix(PREFIX)?;
        let bytes = Zeroizing::new(BASE64_STANDARD.decode(encoded).ok()?);
        let signed = format!("{id}.{timestamp}.{body}");
        let tag = sign(&Key::new(HMAC_SHA256, &bytes), signed.as_bytes());
        Some(format!("{VERSION},{}", BASE64_STANDARD.encode(tag.as_ref())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SystemRng;

    /// The example of the standard's reference libraries.
    #[test]
    fn a_signature_is_that_of_the_standard() {
        let secret = WebhookSecret::stored(Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        let signature =
            secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn a_secret_has_32_random_bytes_and_does_not_print() {
        let rng: &dyn Rng = &SystemRng::new();
        let (one, other) = (WebhookSecret::draw(rng), WebhookSecret::draw(rng));
        assert_ne!(one.text().expose(), other.text().expose());
        let encoded = one.text().expose().strip_prefix("whsec_").unwrap();
        assert_eq!(BASE64_STANDARD.decode(encoded).unwrap().len(), 32);
        assert!(!format!("{one:?}").contains(encoded));
        assert!(WebhookSecret::stored(Secret::new("secret")).sign("a", 1, "b").is_none());
    }
}
