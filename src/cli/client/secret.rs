//! A client secret between being drawn and being shown.

use super::super::context::Context;
use crate::{
    crypto::{Digest, Secret, rng::ALPHANUMERIC},
    model::{ClientSecret, ClientSecretId},
};

/// How long a secret is, and how much of it is kept to tell it by (Pocket ID 2.14).
const LENGTH: usize = 32;
const PREFIX_LENGTH: usize = 4;

/// A secret that was not shown yet.
#[derive(Debug, Clone)]
pub struct NewSecret {
    secret: Secret,
    /// What is kept of it, beside its digest.
    pub row: ClientSecret,
}

impl NewSecret {
    /// Draws a secret.
    pub fn generate(ctx: &Context) -> Self {
        let secret = ctx.rng().text(ALPHANUMERIC, LENGTH);
        let row = ClientSecret {
            id: ClientSecretId(ctx.new_id()),
            prefix: secret.expose()[..PREFIX_LENGTH].to_owned(),
            created_at: ctx.now(),
            expires_at: None,
        };
        Self { secret, row }
    }

    /// What is stored.
    pub fn digest(&self) -> Digest {
        Digest::of(self.secret.expose())
    }

    /// What is shown, once.
    pub fn expose(&self) -> &str {
        self.secret.expose()
    }
}
