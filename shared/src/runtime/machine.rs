//! What the machine can bear: how many passwords may be hashed at once.

use std::path::Path;

/// A core each, and together at most a quarter of the memory: the rest is the
/// service's, and an instance that is killed for memory answers nobody.
pub(super) fn hashes_at_once(m_kib: u32) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    within_memory(cores, m_kib, memory_kib())
}

fn within_memory(cores: usize, m_kib: u32, memory_kib: Option<u64>) -> usize {
    let Some(memory) = memory_kib else {
        return cores;
    };
    let fitting = memory / 4 / u64::from(m_kib.max(1));
    usize::try_from(fitting).unwrap_or(cores).clamp(1, cores)
}

/// The container's limit (cgroup v2, then v1), else the machine's memory.
fn memory_kib() -> Option<u64> {
    let number = |path: &str| -> Option<u64> {
        std::fs::read_to_string(Path::new(path))
            .ok()?
            .trim()
            .parse()
            .ok()
    };
    let limits = [
        "/sys/fs/cgroup/memory.max",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    ];
    let limit = limits
        .iter()
        .find_map(|path| number(path))
        .map(|bytes| bytes / 1024);
    [limit, machine_kib()].into_iter().flatten().min()
}

fn machine_kib() -> Option<u64> {
    let info = std::fs::read_to_string("/proc/meminfo").ok()?;
    let total = info
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    total.trim().trim_end_matches(" kB").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_a5_hashes_take_a_core_each_and_a_quarter_of_the_memory() {
        let mib = 1024;
        assert_eq!(within_memory(2, 47104, Some(1024 * mib)), 2);
        assert_eq!(within_memory(8, 47104, Some(1024 * mib)), 5);
        assert_eq!(within_memory(2, 47104, Some(128 * mib)), 1);
        assert_eq!(within_memory(4, 47104, None), 4);
    }
}
