//! `interactions`: authorization requests that wait for their user.
//!
//! An interaction lives until it expires after an hour, or until the answer to the client consumes
//! it.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    Row, StoreError, Tx,
    room::Room,
    value::{params, parse_column, to_json},
};
use crate::{
    crypto::{BearerToken, Digest},
    model::{Interaction, Step, Timestamp},
};

const FIND: &str = "
    SELECT client_id, parameters, user_id, steps, requested_at, reauthenticated_at, is_denied,
           interaction_digest, consumed_at, pushed_request_id
      FROM interactions
     WHERE id = ?1 AND expires_at > ?2";

const INSERT: &str = "
    INSERT INTO interactions (id, interaction_digest, client_id, parameters, user_id, steps,
                              requested_at, reauthenticated_at, is_denied, expires_at,
                              pushed_request_id)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

const UPDATE: &str = "
    UPDATE interactions
       SET user_id = ?2, steps = ?3, reauthenticated_at = ?4, is_denied = ?5
     WHERE id = ?1 AND consumed_at IS NULL";

const CONSUME: &str = "
    UPDATE interactions SET consumed_at = ?2 WHERE id = ?1 AND consumed_at IS NULL";

const CONSUME_OF_PUSHED_REQUEST: &str = "
    UPDATE interactions SET consumed_at = ?2
     WHERE pushed_request_id = ?1 AND consumed_at IS NULL
    RETURNING id";

/// The state of an interaction.
#[derive(Debug, Clone)]
pub enum FoundInteraction {
    /// It was already answered.
    Consumed,
    /// It waits for its user.
    Live(Interaction),
}

/// Finds an interaction by its bearer token. `None` when it does not exist or has expired.
pub fn find(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    now: Timestamp,
) -> Result<Option<FoundInteraction>, StoreError> {
    let found = tx.query_opt(FIND, params![token.id(), now], |row| {
        Ok((read(row)?, row.get::<Digest>(7)?, row.get::<Option<Timestamp>>(8)?))
    })?;
    Ok(found.filter(|(_, digest, _)| digest.constant_time_eq(&token.digest())).map(
        |(interaction, _, consumed_at)| match consumed_at {
            Some(_) => FoundInteraction::Consumed,
            None => FoundInteraction::Live(interaction),
        },
    ))
}

/// Stores a new interaction.
pub fn insert(
    tx: &mut Tx<'_>,
    room: &Room,
    token: &BearerToken,
    interaction: &Interaction,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let parameters = to_json(&interaction.parameters)?;
    let row = params![
        token.id(),
        token.digest(),
        interaction.client_id,
        parameters,
        interaction.user_id,
        join(&interaction.steps),
        interaction.requested_at,
        interaction.reauthenticated_at,
        interaction.is_denied,
        expires_at,
        interaction.pushed_request,
    ];
    room.store(tx, |tx| tx.execute(INSERT, row)?.expect_rows(1))
}

/// Updates the progress of a live interaction. `false` when it was answered meanwhile.
pub fn update(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    interaction: &Interaction,
) -> Result<bool, StoreError> {
    let updated = tx.execute(
        UPDATE,
        params![
            token.id(),
            interaction.user_id,
            join(&interaction.steps),
            interaction.reauthenticated_at,
            interaction.is_denied,
        ],
    )?;
    Ok(updated.rows() == 1)
}

/// Marks an interaction as answered. `false` when it was answered before.
pub fn consume(tx: &mut Tx<'_>, token: &BearerToken, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(CONSUME, params![token.id(), now])?.rows() == 1)
}

/// Marks every interaction of a pushed request as answered. Returns the ids of those that were not answered before.
pub fn consume_of_pushed_request(
    tx: &mut Tx<'_>,
    pushed_request: Uuid,
    now: Timestamp,
) -> Result<Vec<Uuid>, StoreError> {
    tx.query_all(CONSUME_OF_PUSHED_REQUEST, params![pushed_request, now], |row| row.get(0))
}

fn join(steps: &[Step]) -> String {
    steps.iter().map(|step| step.as_str()).collect::<Vec<_>>().join(" ")
}

fn read(row: &Row<'_>) -> Result<Interaction, StoreError> {
    let parameters: String = row.get(1)?;
    let steps: String = row.get(3)?;
    let parse =
        |text: &str| -> Option<BTreeMap<String, String>> { serde_json::from_str(text).ok() };
    let steps = steps
        .split(' ')
        .filter(|step| !step.is_empty())
        .map(|step| parse_column(step, Step::parse, 3, "interaction step"));
    Ok(Interaction {
        client_id: row.get(0)?,
        parameters: parse_column(&parameters, parse, 1, "parameter map")?,
        user_id: row.get(2)?,
        steps: steps.collect::<Result<_, _>>()?,
        requested_at: row.get(4)?,
        reauthenticated_at: row.get(5)?,
        is_denied: row.get(6)?,
        pushed_request: row.get(9)?,
    })
}
