//! Removing a subject that stands for a user.

use super::{Act, Noun, Refusal};
use crate::{
    model::{AssertedSubject, AssertedSubjectId, EventKind, UserId},
    operations::users,
    store::{asserted_subjects, grants},
};

/// Forgets that a subject stands for a user, and ends the tokens that clients got with it. The next assertion about
/// the user is their first one again, with this or another subject.
pub fn remove(
    act: &mut Act<'_, '_>,
    user_id: UserId,
    id: AssertedSubjectId,
) -> Result<AssertedSubject, Refusal> {
    users::require(act, user_id)?;
    let missing = Refusal::NotFound(Noun::AssertedSubject);
    let subject = asserted_subjects::find_of_user(act, user_id, id)?.ok_or(missing)?;
    let now = act.now();
    grants::revoke_all_of_session(act, id.as_session(), now)?;
    asserted_subjects::delete(act, user_id, id)?;
    act.audit(EventKind::AssertedSubjectRemoved, user_id, subject.audited())?;
    Ok(subject)
}
