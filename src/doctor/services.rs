//! Finds services that can get no token.

use super::{Finding, Surroundings};
use crate::store::{
    StoreError,
    services::{self, Service},
};

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let Some(store) = around.store() else { return Ok(Vec::new()) };
    let all = store.read_blocking(services::list)?;
    let found: Vec<_> = all.iter().filter_map(of_service).collect();
    Ok(if found.is_empty() && !all.is_empty() {
        vec![Finding::ok("every enabled service has credentials and a client")]
    } else {
        found
    })
}

fn of_service(service: &Service) -> Option<Finding> {
    let Service { user, identity } = service;
    if user.disabled || !identity.is_idle() {
        return None;
    }
    let name = &user.username;
    let (lacks, give) = if identity.keys.is_empty() {
        (
            "credentials",
            format!("pocketid service update {name} --jwks FILE, or --federated ISSUER"),
        )
    } else {
        ("a client", format!("pocketid service update {name} --client CLIENT"))
    };
    Some(Finding::warning(
        format!("the service {name} can get no token, since it lacks {lacks}"),
        format!("give it {lacks}: {give}; or remove it: pocketid user remove {name}"),
    ))
}
