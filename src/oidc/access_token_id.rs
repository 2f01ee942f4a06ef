//! The `jti` of access tokens (RFC 7519 §4.1.7).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::GrantId;

/// The grant of a token and a serial number. It makes the token unique and helps to look up the
/// grant, but it proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct AccessTokenId {
    grant: GrantId,
    serial: Uuid,
}

impl AccessTokenId {
    /// The id of a new token for a grant.
    pub fn new(grant: GrantId, serial: Uuid) -> Self {
        Self { grant, serial }
    }

    /// The grant of the token, provided that this server issued the token.
    pub fn grant(&self) -> GrantId {
        self.grant
    }
}

impl fmt::Display for AccessTokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.grant, self.serial)
    }
}

/// The text is not the `jti` of an access token of this server.
#[derive(Debug, thiserror::Error)]
#[error("not the id of an access token")]
pub struct NotAnAccessTokenId;

impl FromStr for AccessTokenId {
    type Err = NotAnAccessTokenId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (grant, serial) = text.split_once('.').ok_or(NotAnAccessTokenId)?;
        let parse = |part| Uuid::try_parse(part).map_err(|_| NotAnAccessTokenId);
        Ok(Self { grant: GrantId(parse(grant)?), serial: parse(serial)? })
    }
}

impl From<AccessTokenId> for String {
    fn from(id: AccessTokenId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for AccessTokenId {
    type Error = NotAnAccessTokenId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_token_id_names_its_grant() {
        let (grant, serial) = (GrantId(Uuid::from_u128(7)), Uuid::from_u128(8));
        let text = AccessTokenId::new(grant, serial).to_string();
        assert_eq!(text.parse::<AccessTokenId>().unwrap().grant(), grant);
        for text in ["", ".", "7.8", &text[1..], &format!("{text}.")] {
            assert!(text.parse::<AccessTokenId>().is_err(), "{text}");
        }
    }
}
