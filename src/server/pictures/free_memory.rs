//! How much memory is free, of the machine and of the container.

use std::{
    fs,
    path::{Component, Path},
};

/// Where the control groups of version 2 are.
const GROUPS: &str = "sys/fs/cgroup";

/// The memory that this process may take before the kernel has to end one, in bytes: the free memory of the
/// machine, and of each control group that this process belongs to. `None` if neither is known.
///
/// `root` is the root of the file system.
pub(super) fn free_memory(root: &Path) -> Option<u64> {
    let machine = fs::read_to_string(root.join("proc/meminfo")).ok();
    let machine = machine.and_then(|text| kib_of(&text, "MemAvailable"));
    machine.into_iter().chain(free_of_groups(root)).min()
}

/// A number of a file such as `/proc/meminfo`, in bytes.
pub(super) fn kib_of(text: &str, name: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    value.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// The free memory of the control group and those around it: any of them may have a limit.
fn free_of_groups(root: &Path) -> Option<u64> {
    let own = fs::read_to_string(root.join("proc/self/cgroup")).ok()?;
    let own = own.lines().find_map(|line| line.strip_prefix("0::/"))?;
    // A process that was moved out of its namespace has a path with `..`: nothing is known there.
    let names = Path::new(own).components().map(|part| match part {
        Component::Normal(name) => Some(name),
        _ => None,
    });
    let mut group = root.join(GROUPS);
    let mut free = free_of_group(&group);
    for name in names {
        group.push(name?);
        free = free.into_iter().chain(free_of_group(&group)).min();
    }
    free
}

/// The free memory of one control group. `None` if it has no limit.
fn free_of_group(group: &Path) -> Option<u64> {
    let read = |name: &str| fs::read_to_string(group.join(name)).ok();
    let number = |name: &str| read(name)?.trim().parse::<u64>().ok();
    let (most, taken) = (number("memory.max")?, number("memory.current")?);
    // The memory in use includes cached contents of files, which make room when it is needed.
    let files = read("memory.stat").map_or(0, |text| {
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        lines
            .filter(|(name, _)| matches!(*name, "active_file" | "inactive_file"))
            .filter_map(|(_, value)| value.parse::<u64>().ok())
            .sum()
    });
    Some(most.saturating_sub(taken.saturating_sub(files)))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    /// A file system with these files.
    fn root(files: &[(&str, &str)]) -> TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn free(files: &[(&str, &str)]) -> Option<u64> {
        free_memory(root(files).path())
    }

    const MACHINE: (&str, &str) =
        ("proc/meminfo", "MemTotal:  16000 kB\nMemFree:  10 kB\nMemAvailable:    9000 kB\n");

    #[test]
    fn without_a_limit_the_memory_of_the_machine_is_free() {
        let group = ("proc/self/cgroup", "0::/pocketid.service\n");
        let unlimited = [
            MACHINE,
            group,
            ("sys/fs/cgroup/pocketid.service/memory.max", "max\n"),
            ("sys/fs/cgroup/pocketid.service/memory.current", "5000\n"),
        ];
        assert_eq!(free(&unlimited), Some(9_000 * 1_024));
        let older = [MACHINE, ("proc/self/cgroup", "4:memory:/a\n1:name=systemd:/a\n")];
        assert_eq!(free(&older), Some(9_000 * 1_024));
        assert_eq!(free(&[]), None);
    }

    #[test]
    fn a_container_has_what_its_group_has_not_taken() {
        let files = [
            MACHINE,
            ("proc/self/cgroup", "0::/\n"),
            ("sys/fs/cgroup/memory.max", "100000\n"),
            ("sys/fs/cgroup/memory.current", "90000\n"),
        ];
        assert_eq!(free(&files), Some(10_000));
        assert_eq!(free(&files[1..]), Some(10_000));
        let stat = ("sys/fs/cgroup/memory.stat", "anon 1\ninactive_file 300\nactive_file 40\n");
        assert_eq!(free(&[&files[..], &[stat]].concat()), Some(10_340));
    }

    #[test]
    fn the_smallest_of_the_groups_around_a_service_bounds_it() {
        let files = [
            MACHINE,
            ("proc/self/cgroup", "1:name=systemd:/x\n0::/system.slice/pocketid.service\n"),
            ("sys/fs/cgroup/system.slice/memory.max", "5000\n"),
            ("sys/fs/cgroup/system.slice/memory.current", "4000\n"),
            ("sys/fs/cgroup/system.slice/pocketid.service/memory.max", "3000\n"),
            ("sys/fs/cgroup/system.slice/pocketid.service/memory.current", "100\n"),
        ];
        assert_eq!(free(&files), Some(1_000));
        let elsewhere = [MACHINE, ("proc/self/cgroup", "0::/../other\n")];
        assert_eq!(free(&elsewhere), Some(9_000 * 1_024));
    }
}
