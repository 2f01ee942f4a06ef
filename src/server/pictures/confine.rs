//! The bounds that a process puts on itself before it decodes an upload.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::super::limits;

/// Bounds the memory, the time and the open files of this process for good.
///
/// Call it before anything of an upload is read.
pub fn confine() -> io::Result<()> {
    die_first();
    leave_no_dump();
    for (resource, most) in [
        (Resource::As, limits::PICTURE_MEMORY),
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

/// Where memory becomes scarce, for example in a small container, the kernel ends this process
/// before the server.
fn die_first() {
    // Only Linux has this file; elsewhere the limit on memory has to be enough.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
}

/// A process that was ended for its memory leaves no copy of the upload, also where a program
/// collects dumps, which is started whatever the limit on them is.
fn leave_no_dump() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
