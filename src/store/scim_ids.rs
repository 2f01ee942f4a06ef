//! `scim_user_ids`, `scim_group_ids`: the ids that programs gave to users and groups over SCIM
//! (`externalId`, RFC 7643 §3.1). Each program has its own; they go with its token, and with the user
//! or group.

use std::{collections::BTreeMap, marker::PhantomData};

use super::{
    StoreError, Tx,
    list::{MAX_LISTED, among},
    value::{Bind, FromColumn, params},
};
use crate::model::{GroupId, ScimTokenId, UserId};

/// The ids of one kind of resource.
#[derive(Debug)]
pub struct ExternalIds<T> {
    find: &'static str,
    list: &'static str,
    set: &'static str,
    delete: &'static str,
    kind: PhantomData<fn() -> T>,
}

/// Those of users.
pub const USERS: ExternalIds<UserId> = ExternalIds {
    find: "SELECT user_id FROM scim_user_ids WHERE token_id = ?1 AND external_id = ?2",
    list: "SELECT user_id, external_id FROM scim_user_ids WHERE user_id",
    set: "INSERT INTO scim_user_ids (token_id, user_id, external_id) VALUES (?1, ?2, ?3)
          ON CONFLICT (token_id, user_id) DO UPDATE SET external_id = excluded.external_id",
    delete: "DELETE FROM scim_user_ids WHERE token_id = ?1 AND user_id = ?2",
    kind: PhantomData,
};

/// Those of groups.
pub const GROUPS: ExternalIds<GroupId> = ExternalIds {
    find: "SELECT group_id FROM scim_group_ids WHERE token_id = ?1 AND external_id = ?2",
    list: "SELECT group_id, external_id FROM scim_group_ids WHERE group_id",
    set: "INSERT INTO scim_group_ids (token_id, group_id, external_id) VALUES (?1, ?2, ?3)
          ON CONFLICT (token_id, group_id) DO UPDATE SET external_id = excluded.external_id",
    delete: "DELETE FROM scim_group_ids WHERE token_id = ?1 AND group_id = ?2",
    kind: PhantomData,
};

impl<T: Bind + FromColumn + Copy + Ord> ExternalIds<T> {
    /// Finds the resource to which a program gave this id.
    pub fn find(
        &self,
        tx: &mut Tx<'_>,
        token: ScimTokenId,
        external_id: &str,
    ) -> Result<Option<T>, StoreError> {
        tx.query_opt(self.find, params![token, external_id], |row| row.get(0))
    }

    /// The id that a program gave to a resource.
    pub fn of(
        &self,
        tx: &mut Tx<'_>,
        token: ScimTokenId,
        id: T,
    ) -> Result<Option<String>, StoreError> {
        Ok(self.of_all(tx, token, &[id])?.remove(&id))
    }

    /// The ids that a program gave to these resources.
    pub fn of_all(
        &self,
        tx: &mut Tx<'_>,
        token: ScimTokenId,
        ids: &[T],
    ) -> Result<BTreeMap<T, String>, StoreError> {
        let mut found = BTreeMap::new();
        for ids in ids.chunks(MAX_LISTED) {
            let (among, mut bound) = among(ids);
            bound.push(&token);
            let sql = format!("{} {among} AND token_id = ?{}", self.list, bound.len());
            found.extend(tx.query_all(&sql, &bound, |row| Ok((row.get(0)?, row.get(1)?)))?);
        }
        Ok(found)
    }

    /// Sets the id that a program gives to a resource, or removes it. The caller makes sure that no
    /// other resource has it.
    pub fn set(
        &self,
        tx: &mut Tx<'_>,
        token: ScimTokenId,
        id: T,
        external_id: Option<&str>,
    ) -> Result<(), StoreError> {
        match external_id {
            Some(external_id) => {
                tx.execute(self.set, params![token, id, external_id])?.expect_rows(1)
            }
            // There may have been none.
            None => tx.execute(self.delete, params![token, id]).map(drop),
        }
    }
}
