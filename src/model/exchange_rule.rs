//! Which tokens a client may exchange for which others (RFC 8693).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{ClientId, Resource, ScopeName, rules::fault_of, text::TextError};

/// The tokens that a client may exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum SubjectSource {
    /// Those for this API, whichever client they were issued to: the client stands for the API.
    SubjectApi(Resource),
    /// Those that were issued to this client, and are for no API.
    SubjectClient(ClientId),
}

/// A pair of tokens that an administrator allowed a client to exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(try_from = "Given", rename_all = "camelCase")]
pub struct ExchangeRule {
    /// The source of the tokens of users that it exchanges.
    #[serde(flatten)]
    pub source: SubjectSource,
    /// The API that the new tokens are for. The client needs access to it on behalf of users.
    pub target: Resource,
    /// Permissions of that API, separated by spaces, that the new tokens may have although the
    /// exchanged ones have no scope of that name.
    #[serde(serialize_with = "in_words")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub scope: BTreeSet<ScopeName>,
    /// Whether it checks the proofs of bound tokens itself, and so may exchange them without.
    pub accepts_bound_tokens: bool,
}

/// The most permissions of a rule.
const MAX_SCOPE: usize = 50;

/// The fields as they are given. An empty text counts as absent.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ExchangeRule"))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Given {
    /// The resource identifier of an API: tokens for it.
    #[serde(default)]
    subject_api: String,
    /// The id of a client: tokens that were issued to it, and are for no API.
    #[serde(default)]
    subject_client: String,
    /// The resource identifier of the API that the new tokens are for.
    target: String,
    /// Permissions, separated by spaces, that the new tokens may have although the exchanged ones
    /// have no scope of that name.
    #[serde(default)]
    scope: String,
    /// Whether the client checks the proofs of bound tokens itself, and so may exchange them without.
    #[serde(default)]
    accepts_bound_tokens: bool,
}

impl TryFrom<Given> for ExchangeRule {
    type Error = TextError;

    fn try_from(given: Given) -> Result<Self, TextError> {
        let source = match (&*given.subject_api, &*given.subject_client) {
            (api, "") if !api.is_empty() => SubjectSource::SubjectApi(api.parse()?),
            ("", client) if !client.is_empty() => SubjectSource::SubjectClient(
                client.parse().map_err(|_| TextError::format("is not the id of a client"))?,
            ),
            _ => return Err(TextError::format("must have one of subjectApi and subjectClient")),
        };
        let words = given.scope.split(' ').filter(|word| !word.is_empty());
        let scope: BTreeSet<ScopeName> = words.map(str::parse).collect::<Result<_, _>>()?;
        if scope.len() > MAX_SCOPE {
            return Err(TextError::format(format!("has more than {MAX_SCOPE} permissions")));
        }
        let accepts_bound_tokens = given.accepts_bound_tokens;
        Ok(Self { source, target: given.target.parse()?, scope, accepts_bound_tokens })
    }
}

fn in_words<S: serde::Serializer>(
    scope: &BTreeSet<ScopeName>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&ExchangeRule::words(scope))
}

impl ExchangeRule {
    /// Permissions as a scope on the wire.
    pub fn words(scope: &BTreeSet<ScopeName>) -> String {
        scope.iter().map(ScopeName::as_str).collect::<Vec<_>>().join(" ")
    }

    /// Whether both are about the same tokens: a client has one rule for them.
    pub fn is_about_same(&self, other: &Self) -> bool {
        (&self.source, &self.target) == (&other.source, &other.target)
    }

    /// Why these cannot be the rules of one client.
    pub fn fault_of(rules: &[Self]) -> Option<&'static str> {
        fault_of(rules, Self::is_about_same, "has two entries for the same tokens")
    }
}

impl SubjectSource {
    /// The identifier of the API or the client.
    pub fn as_str(&self) -> &str {
        match self {
            Self::SubjectApi(resource) => resource.as_str(),
            Self::SubjectClient(id) => id.as_str(),
        }
    }
}
