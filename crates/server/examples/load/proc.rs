//! What Linux says of processes, in `/proc`.

use std::collections::BTreeMap;
use std::path::Path;

/// In how many parts the kernel counts a second of a processor towards programs, on every architecture.
const TICKS: f64 = 100.0;

/// A line of `/proc/<pid>/stat`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Stat {
    pub(crate) parent: u32,
    /// What the process and its children that ended have used of processors, in ticks.
    pub(crate) ticks: u64,
}

/// Reads such a line. The name, in parentheses, may have any character, even spaces and parentheses.
pub(crate) fn stat(line: &str) -> Option<Stat> {
    let (_, rest) = line.rsplit_once(')')?;
    // From the third field on, which is the state: proc_pid_stat(5).
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some(Stat {
        parent: u32::try_from(number(4)?).ok()?,
        ticks: number(14)? + number(15)? + number(16)? + number(17)?,
    })
}

/// A size that `/proc/<pid>/status` has in kilobytes, in bytes.
pub(crate) fn status_bytes(status: &str, name: &str) -> Option<u64> {
    let mut lines = status.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = lines.find(|(key, _)| *key == name)?;
    let value = value.trim().strip_suffix("kB")?;
    Some(value.trim().parse::<u64>().ok()? * 1024)
}

/// What these processes and all below them have used, in ticks.
pub(crate) fn ticks_of(all: &BTreeMap<u32, Stat>, roots: &[u32]) -> u64 {
    let belongs = |mut pid: u32| {
        // No chain of parents is longer than there are processes.
        for _ in 0..=all.len() {
            if roots.contains(&pid) {
                return true;
            }
            match all.get(&pid) {
                Some(stat) => pid = stat.parent,
                None => return false,
            }
        }
        false
    };
    let of_them = all.iter().filter(|(pid, _)| belongs(**pid));
    of_them.map(|(_, stat)| stat.ticks).sum()
}

/// What these processes and all below them have used of processors so far, in seconds; 0 where there is no `/proc`.
pub(crate) fn cpu_seconds(roots: &[u32]) -> f64 {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // One that has ended since is no more.
        let line = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        if let Some(stat) = stat(&line) {
            all.insert(pid, stat);
        }
    }
    seconds(ticks_of(&all, roots))
}

/// So many ticks in seconds.
fn seconds(ticks: u64) -> f64 {
    ticks as f64 / TICKS
}

/// What this process has used of processors so far, without those below it that still run, in seconds; 0 where there is no
/// `/proc`.
pub(crate) fn own_cpu_seconds() -> f64 {
    stat_of(std::process::id()).map_or(0.0, |stat| seconds(stat.ticks))
}

/// The process above this one.
pub(crate) fn parent_of(pid: u32) -> Option<u32> {
    Some(stat_of(pid)?.parent)
}

/// On which file system a place is, and whether that has a journal where it may have none; nothing where there is no `/proc`.
pub(crate) fn file_system(place: &Path) -> Option<String> {
    let place = place.canonicalize().ok()?;
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let (kind, device) = mounted(&mounts, &place)?;
    if kind != "ext4" {
        return Some(kind.to_owned());
    }
    let device = device.rsplit('/').next()?;
    let journals = std::fs::read_dir("/proc/fs/jbd2").into_iter().flatten();
    let has_journal = journals.flatten().any(|entry| {
        let name = entry.file_name();
        name.to_str()
            .and_then(|name| name.rsplit_once('-'))
            .is_some_and(|(name, _)| name == device)
    });
    let journal = if has_journal { "with" } else { "without" };
    Some(format!("{kind} {journal} a journal"))
}

/// Kind and device of the mount that a path is in, which is the last of those with the longest name: proc_pid_mountinfo(5).
fn mounted<'a>(mounts: &'a str, place: &Path) -> Option<(&'a str, &'a str)> {
    let mounts = mounts.lines().filter_map(|line| {
        let (mount, source) = line.split_once(" - ")?;
        let point = Path::new(mount.split_ascii_whitespace().nth(4)?);
        let mut source = source.split_ascii_whitespace();
        let found = (source.next()?, source.next()?);
        place
            .starts_with(point)
            .then(|| (point.components().count(), found))
    });
    mounts
        .max_by_key(|(depth, _)| *depth)
        .map(|(_, found)| found)
}

fn stat_of(pid: u32) -> Option<Stat> {
    stat(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "4242 (tokio) rt (x)) S 17 4242 4242 0 -1 4194560 900 5 0 0 1200 34 5 6 20 0 4 0 1234 1 2 3";

    #[test]
    fn a_line_is_read_behind_the_last_parenthesis_of_the_name() {
        let expected = Stat {
            parent: 17,
            ticks: 1200 + 34 + 5 + 6,
        };
        assert_eq!(stat(LINE), Some(expected));
        assert_eq!(stat("4242 (tokio S 17"), None);
        assert_eq!(stat("4242 (tokio) S 17 1 1"), None);
    }

    #[test]
    fn a_size_is_that_of_the_line_with_exactly_its_name() {
        let status = "VmRSSX:\t 1 kB\nVmHWM:\t   40000 kB\nVmRSS:\t   30125 kB\nThreads:\t4\n";
        assert_eq!(status_bytes(status, "VmRSS"), Some(30_125 * 1024));
        assert_eq!(status_bytes(status, "Threads"), None);
    }

    #[test]
    fn a_place_is_in_the_mount_with_the_longest_name() {
        let mounts = "31 22 0:25 / /tmp rw,nosuid - tmpfs tmpfs rw,size=1g\n\
            22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n\
            40 22 254:16 / /work rw - xfs /dev/vdb rw\n";
        let at = |place| mounted(mounts, Path::new(place));
        assert_eq!(at("/home/a"), Some(("ext4", "/dev/vda")));
        assert_eq!(at("/tmp/b"), Some(("tmpfs", "tmpfs")));
        assert_eq!(at("/work"), Some(("xfs", "/dev/vdb")));
        assert_eq!(at("/workshop"), Some(("ext4", "/dev/vda")));
    }

    #[test]
    fn what_is_below_a_process_counts_and_what_is_beside_does_not() {
        let process = |parent, ticks| Stat { parent, ticks };
        let all = BTreeMap::from([
            (1, process(0, 1)),
            (10, process(1, 20)),
            (11, process(10, 300)),
            (12, process(11, 4000)),
            (20, process(1, 50_000)),
        ]);
        assert_eq!(ticks_of(&all, &[10]), 4320);
        assert_eq!(ticks_of(&all, &[10, 11]), 4320);
        assert_eq!(ticks_of(&all, &[12, 20]), 54_000);
        assert_eq!(ticks_of(&all, &[99]), 0);
    }
}
