//! How many connections a process may have. The soft limit of 1,024 is for programs that
//! use `select`; a server that keeps to it stands still at a thousand connections.

use rustix::process::{Pid, Resource, Rlimit, getrlimit, setrlimit};

/// The limit as it was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Descriptors(Option<Rlimit>);

/// Takes as many as may be had.
pub(super) fn take() -> Descriptors {
    let before = getrlimit(Resource::Nofile);
    let (current, maximum) = (before.maximum, before.maximum);
    let taken = setrlimit(Resource::Nofile, Rlimit { current, maximum });
    Descriptors(taken.is_ok().then_some(before))
}

/// Gives a child the limit back that it would have had: it may be such a program.
pub(super) fn give_back(child: Option<Pid>, before: Descriptors) {
    #[cfg(target_os = "linux")]
    if let (Some(child), Descriptors(Some(before))) = (child, before) {
        // With the higher limit most programs are as well.
        let _ = rustix::process::prlimit(Some(child), Resource::Nofile, before);
    }
}
