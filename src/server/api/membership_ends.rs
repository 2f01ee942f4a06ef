//! `memberships`: when memberships end, beside the list of users or groups of Pocket ID.

use std::collections::BTreeMap;

use crate::{
    model::{Timestamp, text::TextError},
    operations::groups::MembershipEnd,
    server::http::ApiError,
};

/// The ends of a request, by id, each with its place in the list. An id that is not among those of the list beside
/// it, an id twice and a malformed time are refused.
pub(super) fn checked<'a, T>(
    field: &'static str,
    entries: impl Iterator<Item = (&'a str, Option<&'a str>)>,
    listed: impl Fn(T) -> bool,
) -> Result<BTreeMap<T, MembershipEnd>, ApiError>
where
    T: std::str::FromStr + Ord + Copy,
{
    let mut ends = BTreeMap::new();
    for (index, (id, expires_at)) in entries.enumerate() {
        let refuse = |name: &str, message: &str| {
            let message = message.to_owned();
            let error = TextError { code: "invalid_value", message };
            ApiError::field(format!("memberships[{index}].{name}"), error)
        };
        let id = id.parse().ok().filter(|id| listed(*id));
        let id = id.ok_or_else(|| refuse(field, "must be in the list beside it"))?;
        let end = expires_at.map(Timestamp::parse_rfc3339).transpose();
        let end = end.map_err(|message| refuse("expiresAt", message))?;
        if ends.insert(id, MembershipEnd::from(end)).is_some() {
            return Err(refuse(field, "must not be there twice"));
        }
    }
    Ok(ends)
}
