//! The services that get tokens through a client.

use std::collections::BTreeSet;

use super::{
    Act, Refusal, require,
    update::{ServiceChange, update},
};
use crate::{
    model::{ClientId, UserId},
    operations::Change,
    store::services,
};

/// Makes these the services that get tokens through a client. Refused when one of them is a person.
pub fn set_of_client(
    act: &mut Act<'_, '_>,
    client: &ClientId,
    wanted: &BTreeSet<UserId>,
) -> Result<(), Refusal> {
    let now = services::list_of_client(act, client)?;
    let now: BTreeSet<UserId> = now.iter().map(|user| user.id).collect();
    for id in now.symmetric_difference(wanted) {
        let mut clients = require(act, *id)?.identity.clients;
        if wanted.contains(id) {
            clients.push(client.clone());
        } else {
            clients.retain(|other| other != client);
        }
        let change = ServiceChange { clients: Change::Set(clients), ..ServiceChange::default() };
        update(act, *id, &change)?;
    }
    Ok(())
}
