//! The keys that a token is bound to: the claim `cnf` (RFC 7800 §3.1).

use serde::{Deserialize, Serialize};

use crate::crypto::Thumbprint;

/// The keys that a token is bound to. It works only together with each of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Confirmation {
    /// The thumbprint of the key of its proofs (RFC 9449 §6.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jkt: Option<Thumbprint>,
    /// The thumbprint of the TLS certificate of the client (RFC 8705 §3.1).
    #[serde(rename = "x5t#S256", default, skip_serializing_if = "Option::is_none")]
    pub x5t: Option<Thumbprint>,
}

/// What the tokens of a client have to be bound to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DemandedBinding {
    /// The key of its proofs.
    pub to_key: bool,
    /// Its TLS certificate.
    pub to_certificate: bool,
    /// Either of them.
    pub to_any: bool,
}

impl DemandedBinding {
    /// Whether tokens with these keys are bound as demanded.
    pub fn is_met_by(self, keys: &Confirmation) -> bool {
        (!self.to_key || keys.jkt.is_some())
            && (!self.to_certificate || keys.x5t.is_some())
            && (!self.to_any || !keys.is_empty())
    }
}

impl Confirmation {
    /// Whether it names neither.
    pub fn is_empty(&self) -> bool {
        self.jkt.is_none() && self.x5t.is_none()
    }

    /// The value of `token_type` in a token response (RFC 9449 §5, RFC 8705 §3).
    pub fn token_type(&self) -> &'static str {
        if self.jkt.is_some() { "DPoP" } else { "bearer" }
    }

    /// The claim, unless it would name neither.
    pub fn claim(self) -> Option<Self> {
        if self.is_empty() { None } else { Some(self) }
    }
}
