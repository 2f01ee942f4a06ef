//! SCIM tokens: how other programs manage accounts and groups here (RFC 7644).

use super::{ScimTokenId, Timestamp, text::text_type};
use crate::crypto::{BearerToken, Rng};

text_type!(
    /// The name of a SCIM token: usually that of the program that has it.
    ScimTokenName, 2, 50
);

/// A SCIM token without its secret. It manages all accounts and groups, except administrators.
#[derive(Debug, Clone)]
pub struct ScimToken {
    /// Its id. It stays when the token is rotated.
    pub id: ScimTokenId,
    /// Its unique name.
    pub name: ScimTokenName,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires; never when absent.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the hour.
    pub last_used_at: Option<Timestamp>,
}

impl ScimToken {
    /// The most tokens, including expired ones.
    pub const MAX: usize = 100;

    /// Shows the kind of a leaked token.
    const PREFIX: &'static str = "pocket_id_scim_";

    /// Generates a bearer value. Only its digest is stored.
    pub fn draw(id: ScimTokenId, rng: &dyn Rng) -> BearerToken {
        BearerToken::generate(Self::PREFIX, id.0, rng)
    }

    /// Reads a presented bearer value; `None` when it cannot be one of ours.
    pub fn parse(text: &str) -> Option<BearerToken> {
        BearerToken::parse(Self::PREFIX, text)
    }

    /// Whether it has not expired.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| end > now)
    }
}
