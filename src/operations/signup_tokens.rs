//! Invitations, which let a person sign up.

use super::{Act, Noun, Refusal};
use crate::{
    crypto::{Digest, MasterKey, SealedPlace, Secret},
    model::{EventKind, Group, GroupId, SignupToken, SignupTokenId},
    store::{groups, sealed, signup_tokens},
};

/// An invitation to create.
#[derive(Debug, Clone)]
pub struct SignupTokenDraft {
    /// The sign-up token, which the invited person presents.
    pub token: Secret,
    /// The encryption key that seals the token, so that lists can show it again.
    pub master_key: MasterKey,
    /// How many accounts can be created with it.
    pub usage_limit: i64,
    /// Its lifetime in seconds.
    pub seconds: i64,
    /// The groups of the new accounts. Groups that do not exist are ignored.
    pub groups: Vec<GroupId>,
}

/// An invitation and its groups, sorted by name.
#[derive(Debug)]
pub struct Invitation {
    /// The invitation.
    pub row: SignupToken,
    /// Its groups.
    pub groups: Vec<Group>,
}

/// Creates an invitation. Its token is stored as a digest and sealed.
pub fn create(act: &mut Act<'_, '_>, draft: &SignupTokenDraft) -> Result<Invitation, Refusal> {
    sealed::require(act, &draft.master_key)?;
    let id = SignupTokenId(act.new_id());
    let now = act.now();
    let row = SignupToken {
        id,
        usage_limit: draft.usage_limit,
        usage_count: 0,
        created_at: now,
        expires_at: now.plus(draft.seconds),
        sealed_token: Some(seal(act, id, draft)),
    };
    let mut ids = Vec::new();
    for id in &draft.groups {
        ids.extend(groups::find(act, *id)?.map(|group| group.id));
    }
    ids.sort_unstable();
    ids.dedup();
    signup_tokens::insert(act, &row, Digest::of(draft.token.expose()), &ids)?;
    let data = [
        ("signupToken", id.to_string()),
        ("usageLimit", row.usage_limit.to_string()),
        ("expiresAt", row.expires_at.to_string()),
    ];
    act.audit(EventKind::SignupTokenCreated, id, data)?;
    Ok(Invitation { groups: signup_tokens::list_groups(act, id)?, row })
}

/// Deletes an invitation. Accounts created with it stay.
pub fn delete(act: &mut Act<'_, '_>, id: SignupTokenId) -> Result<(), Refusal> {
    if !signup_tokens::delete(act, id)? {
        return Err(Refusal::NotFound(Noun::SignupToken));
    }
    let data = [("signupToken", id.to_string())];
    Ok(act.audit(EventKind::SignupTokenDeleted, id, data)?)
}

/// Decrypts the token of an invitation. `None` when it was not sealed, or sealed under another key.
pub fn open(row: &SignupToken, master_key: &MasterKey) -> Option<Secret> {
    let id = row.id.to_string();
    master_key.open_text(SealedPlace::SignupToken.of(&id), row.sealed_token.as_ref()?)
}

fn seal(act: &Act<'_, '_>, id: SignupTokenId, draft: &SignupTokenDraft) -> Vec<u8> {
    let plaintext = draft.token.expose().as_bytes();
    draft.master_key.seal(SealedPlace::SignupToken.of(&id.to_string()), plaintext, act.rng())
}
