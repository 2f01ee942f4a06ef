//! Checks that the server answers on this machine.

use super::{Finding, Surroundings};
use crate::{
    outbound::{ProbeError, address_of},
    store::StoreError,
};

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let endpoint = address_of(around.listen);
    let Some(probed) = &around.probed else { return Ok(Vec::new()) };
    Ok(vec![match probed {
        Ok(()) => Finding::ok(format!("it answers at {endpoint}")),
        Err(ProbeError::Unreachable { .. } | ProbeError::Address(_)) => {
            Finding::warning(format!("no server answers at {endpoint}"), "start it: pocketid serve")
        }
        Err(ProbeError::Unhealthy { status, .. }) => Finding::problem(
            format!("the server at {endpoint} answers {status} and is not healthy"),
            "check the log of the server; if another program uses the port, choose another PORT",
        ),
    }])
}
