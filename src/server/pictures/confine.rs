//! The bounds that a process puts on itself before it decodes an upload.

use std::{fs, io, path::Path};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::{
    super::limits,
    free_memory::{free_memory, kib_of},
};

/// The free memory that is left to the server and other programs, in bytes.
const MARGIN: u64 = 16 * 1024 * 1024;

/// Bounds the memory, the time and the open files of this process for good.
///
/// Call it before anything of an upload is read.
pub fn confine() -> io::Result<()> {
    die_first();
    yield_to_server();
    leave_no_dump();
    for (resource, most) in [
        (Resource::As, address_space(Path::new("/"))),
        (Resource::Core, 0),
        (Resource::Cpu, limits::PICTURE_CPU_SECONDS),
        // Standard input and output, and nothing else.
        (Resource::Nofile, 3),
    ] {
        lower(resource, most)?;
    }
    Ok(())
}

/// Lowers a limit so that it cannot be raised again. One that is lower already stays.
fn lower(resource: Resource, most: u64) -> io::Result<()> {
    let limit = getrlimit(resource).maximum.map_or(most, |maximum| maximum.min(most));
    Ok(setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })?)
}

/// The address space that this process may have. Where little memory is free, an allocation fails
/// in this process, and the kernel has no reason to end a process: it may end the server with it.
fn address_space(root: &Path) -> u64 {
    match (used_address_space(root), free_memory(root)) {
        (Some(used), Some(free)) => {
            limits::PICTURE_MEMORY.min(used.saturating_add(free.saturating_sub(MARGIN)))
        }
        _ => limits::PICTURE_MEMORY,
    }
}

/// The address space that this process has now: mostly its program, which is in memory already.
fn used_address_space(root: &Path) -> Option<u64> {
    kib_of(&fs::read_to_string(root.join("proc/self/status")).ok()?, "VmSize")
}

/// Where other programs take the memory meanwhile, the kernel ends this process before the server.
fn die_first() {
    // Only Linux has this file; elsewhere the limit on memory has to be enough.
    let _ = fs::write("/proc/self/oom_score_adj", "300");
}

/// Takes a third of the time of the server, which answers requests meanwhile, where both want it.
/// With much less, an honest picture would take too long on a busy machine.
fn yield_to_server() {
    // Where it is not allowed, the limit on time has to be enough.
    let _ = rustix::process::nice(5);
}

/// A process that was ended for its memory leaves no copy of the upload, also where a program
/// collects dumps, which is started whatever the limit on them is.
fn leave_no_dump() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    /// The address space of a process that has 40 MiB of it, where so much memory is free.
    fn with_free(free: Option<u64>) -> u64 {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("proc/self")).unwrap();
        let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
        write("proc/self/status", "Name:\tpocketid\nVmSize:\t   40960 kB\n");
        if let Some(free) = free {
            write("proc/meminfo", &format!("MemAvailable:   {} kB\n", free / 1024));
        }
        address_space(root.path())
    }

    #[test]
    fn a_process_may_take_no_more_memory_than_is_free() {
        assert_eq!(with_free(Some(100 * MIB)), (40 + 100 - 16) * MIB);
        assert_eq!(with_free(Some(10 * MIB)), 40 * MIB);
        assert_eq!(with_free(Some(2_000 * MIB)), limits::PICTURE_MEMORY);
        assert_eq!(with_free(None), limits::PICTURE_MEMORY);
    }
}
