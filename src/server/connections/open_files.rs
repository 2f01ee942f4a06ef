//! Each connection needs a file descriptor, and so does everything else. This module limits
//! connections to the available descriptors.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::super::limits;

/// File descriptors reserved for everything else: the database, its pool, backups, outgoing
/// connections.
const RESERVED: u64 = 256;
/// The minimum number of connections: with fewer the server is useless.
const FEWEST: usize = 16;

/// Raises the soft limit on open files as far as needed and allowed. Returns the number of
/// connections that fit.
pub(super) fn places() -> usize {
    let needed = limits::CONNECTIONS as u64 + RESERVED;
    let limit = getrlimit(Resource::Nofile);
    let raised = raised(limit.current, limit.maximum, needed);
    if raised != limit.current {
        // A failure only means fewer connections, which is no reason not to start.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: raised, maximum: limit.maximum });
    }
    let places = places_of(getrlimit(Resource::Nofile).current);
    if places < limits::CONNECTIONS {
        tracing::warn!(
            connections = places,
            "the limit on open files allows few connections: raise it to {needed} (ulimit -n)"
        );
    }
    places
}

/// Returns the soft limit to request; `None` means unlimited.
fn raised(current: Option<u64>, maximum: Option<u64>, needed: u64) -> Option<u64> {
    let current = current?;
    Some(current.max(maximum.map_or(needed, |maximum| maximum.min(needed))))
}

fn places_of(limit: Option<u64>) -> usize {
    let Some(limit) = limit else { return limits::CONNECTIONS };
    let places = usize::try_from(limit.saturating_sub(RESERVED)).unwrap_or(usize::MAX);
    places.clamp(FEWEST, limits::CONNECTIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_as_far_as_needed_and_never_lowered() {
        assert_eq!(raised(Some(1_024), Some(524_288), 2_304), Some(2_304));
        assert_eq!(raised(Some(1_024), Some(1_500), 2_304), Some(1_500));
        assert_eq!(raised(Some(1_024), None, 2_304), Some(2_304));
        assert_eq!(raised(Some(65_536), Some(65_536), 2_304), Some(65_536));
        assert_eq!(raised(None, None, 2_304), None);
    }

    #[test]
    fn there_are_as_many_connections_as_files_are_left() {
        assert_eq!(places_of(Some(1_024)), 768);
        assert_eq!(places_of(Some(100)), FEWEST);
        assert_eq!(places_of(Some(1_000_000)), limits::CONNECTIONS);
        assert_eq!(places_of(None), limits::CONNECTIONS);
    }
}
