//! Settings that are wrong, that have no effect, or that are probably misspelt.

use super::{Finding, Surroundings};
use crate::{settings::Suspect, store::StoreError};

pub fn check(around: &Surroundings) -> Result<Vec<Finding>, StoreError> {
    let faults = around.faults.iter();
    let mut found: Vec<_> = faults
        .map(|fault| Finding::problem(format!("{} {}", fault.name, fault.fault), &fault.hint))
        .collect();
    found.extend(Suspect::all(&around.source).into_iter().map(suspect));
    found.extend(around.settings.ignored.iter().map(|name| {
        Finding::warning(
            format!("{name} is set, but this version does not act on it"),
            format!("remove {name}, unless another program reads it"),
        )
    }));
    found.extend(around.settings.not_in_charge.iter().map(|name| {
        Finding::warning(
            format!("{name} is set and has no effect: what is stored in the database counts"),
            "set UI_CONFIG_DISABLED to true; or use pocketid config set, and remove the variable",
        )
    }));
    found.extend(listen(around));
    if found.is_empty() {
        found.push(Finding::ok("each of them can be read"));
    }
    Ok(found)
}

fn suspect(suspect: Suspect) -> Finding {
    match suspect {
        Suspect::Former(name, now) => Finding::warning(
            format!("{name} is of an old version of Pocket ID and has no effect"),
            format!("set {now} in its place"),
        ),
        Suspect::Misspelt(name, meant) => Finding::warning(
            format!("{name} is set, which has no effect: is {meant} meant?"),
            format!("rename {name} to {meant}, unless another program reads it"),
        ),
        Suspect::Twice(name) => Finding::warning(
            format!("{name} and {name}_FILE are both set: the file is taken"),
            format!("remove one of {name} and {name}_FILE"),
        ),
    }
}

/// Two settings that say where to listen.
fn listen(around: &Surroundings) -> Option<Finding> {
    let listen = around.source.value("POCKETID_LISTEN")?;
    if listen.parse::<std::net::SocketAddr>().is_err() {
        return Some(Finding::problem(
            format!("POCKETID_LISTEN is {listen:?}, which is no address with a port"),
            "write POCKETID_LISTEN as in 127.0.0.1:1411, or remove it",
        ));
    }
    let other = ["HOST", "PORT"].into_iter().find(|name| around.source.has(name))?;
    Some(Finding::warning(
        format!("{other} is set and has no effect, since POCKETID_LISTEN is set as well"),
        format!("remove one of {other} and POCKETID_LISTEN"),
    ))
}
