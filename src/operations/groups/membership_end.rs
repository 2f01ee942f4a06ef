//! When a membership ends.

use super::{Act, Refusal, changed::note};
use crate::{
    model::{Concerned, EventKind, Group, Timestamp, User},
    operations::from_directory,
    store::memberships,
};

/// The latest end, in days from now: ten years, as for keys.
const MAX_DAYS: i64 = 3_650;

/// When a membership is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MembershipEnd {
    /// At this time.
    At(Timestamp),
    /// Not at all.
    Never,
}

impl MembershipEnd {
    /// As it is stored.
    pub fn expires_at(self) -> Option<Timestamp> {
        match self {
            Self::At(end) => Some(end),
            Self::Never => None,
        }
    }
}

impl From<Option<Timestamp>> for MembershipEnd {
    fn from(end: Option<Timestamp>) -> Self {
        end.map_or(Self::Never, Self::At)
    }
}

/// Sets when the membership of a user ends. Refused when they are no member, when the time is past or too far
/// away, and for a group of a directory, which would add the user again. `false` when nothing changed.
pub fn set_end(
    act: &mut Act<'_, '_>,
    group: &Group,
    user: &User,
    end: MembershipEnd,
) -> Result<bool, Refusal> {
    let now = act.now();
    let Some(old) = memberships::find_end(act, group.id, user.id, now)? else {
        let (username, group) = (user.username.clone(), group.name.clone());
        return Err(Refusal::NotInGroup { username, group });
    };
    let expires_at = end.expires_at();
    if expires_at == old {
        return Ok(false);
    }
    check(act, expires_at)?;
    from_directory::refuse_group(act, group)?;
    memberships::set_end(act, group.id, user.id, expires_at)?;
    let concerned = Concerned::from(group.id).and_user(user.id);
    let end = expires_at.map_or_else(|| "never".to_owned(), |end| end.to_string());
    let data = [("groupName", group.name.to_string()), ("expiresAt", end)];
    act.audit(EventKind::GroupMembershipEndChanged, concerned, data)?;
    note(act, group)?;
    Ok(true)
}

fn check(act: &Act<'_, '_>, expires_at: Option<Timestamp>) -> Result<(), Refusal> {
    match expires_at {
        Some(end) if end <= act.now() => Err(Refusal::MembershipEndPast),
        Some(end) if end > act.now().plus(MAX_DAYS * 86_400) => Err(Refusal::MembershipEndTooFar),
        _ => Ok(()),
    }
}
