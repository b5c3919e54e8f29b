//! The app that this process starts and guards (`doorkey -- COMMAND`), as the init of a
//! container would: signals and exit codes are passed on, children that nobody waits
//! for are reaped, and what breaks down is started again.
//!
//! What is left out: should this process be killed outright (SIGKILL), the app lives on
//! outside of a container. Binding its life to ours takes code between fork and exec.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use rustix::process::{
    Pid, Signal, WaitOptions, WaitStatus, kill_process_group, set_child_subreaper,
    test_kill_process_group, wait,
};
use tokio::net::TcpStream;
use tokio::signal::unix::{self, SignalKind, signal};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use super::descriptors::{self, Descriptors};
use super::stop::{GRACE, Stop, Told};
use crate::config::{UpstreamAddress, names};
use crate::upstream::Readiness;

/// How often it is asked whether it listens yet.
const PROBE: Duration = Duration::from_millis(100);
/// From when on it is worth a word that it does not.
const LATE: Duration = Duration::from_secs(30);
/// Pauses before it is started again: this, then twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// So often may it break down in a row, none of the times having been up for a while.
const MOST_FAILURES: u32 = 5;
/// That while.
const STEADY: Duration = Duration::from_mins(1);

/// What is started, and where it will listen.
pub(super) struct App {
    program: OsString,
    arguments: Vec<OsString>,
    address: UpstreamAddress,
    readiness: Readiness,
    descriptors: Descriptors,
}

/// How it ended for good: the exit code to pass on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ending(u8);

impl Ending {
    /// Nobody knows.
    pub(super) const LOST: Self = Self(1);
    /// As a shell has them: there is no such program, or it cannot be run.
    const NOT_FOUND: Self = Self(127);
    const NOT_RUN: Self = Self(126);
    const DONE: Self = Self(0);

    pub(super) fn exit_code(self) -> ExitCode {
        ExitCode::from(self.0)
    }

    /// The code, or as a shell has it, 128 and the signal.
    fn of(status: WaitStatus) -> Self {
        let signal = status.terminating_signal().map(|signal| 128 + signal);
        let code = status.exit_status().or(signal);
        Self(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
    }
}

impl App {
    /// Of a command line; `None` where it is empty.
    pub(super) fn of(
        command: &[OsString],
        address: UpstreamAddress,
        readiness: Readiness,
        descriptors: Descriptors,
    ) -> Option<Self> {
        let (program, arguments) = command.split_first()?;
        Some(Self {
            program: program.clone(),
            arguments: arguments.to_vec(),
            address,
            readiness,
            descriptors,
        })
    }

    /// Starts it, and again when it breaks down, until it ends by itself, has broken
    /// down too often, or is to stop.
    pub(super) async fn supervise(self, stop: CancellationToken) -> Ending {
        let mut stops = Stops {
            signals: Stop::listen(),
            stop,
        };
        // Before the first child: an end that comes early is not to be missed.
        let Ok(mut ended) = signal(SignalKind::child()) else {
            return Ending::LOST;
        };
        keep_to_ourselves();
        let (mut failures, mut pause) = (0, FIRST_PAUSE);
        loop {
            tokio::select! {
                is_free = self.place_is_free() => if !is_free {
                    return Ending::LOST;
                },
                _ = stops.told() => return Ending::DONE,
            }
            let group = match self.start() {
                Ok(group) => group,
                Err(ending) => return ending,
            };
            let began = Instant::now();
            let status = tokio::select! {
                status = reap_until(group, &mut ended) => status,
                told = stops.told() => return end(group, told, &mut ended).await,
                never = self.probe() => never,
            };
            self.readiness.set(false);
            // What it has started and left behind may still hold its port.
            let _ = kill_process_group(group, Signal::TERM);
            let ending = Ending::of(status);
            if ending == Ending::DONE {
                tracing::info!(event = "app_ended", code = 0);
                return ending;
            }
            if began.elapsed() >= STEADY {
                (failures, pause) = (0, FIRST_PAUSE);
            }
            failures += 1;
            tracing::error!(event = "app_broke_down", code = ending.0, failures);
            if failures >= MOST_FAILURES {
                return ending;
            }
            tokio::select! {
                () = sleep(pause) => {}
                _ = stops.told() => return ending,
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Whether nobody listens where it will: whoever does would be taken for it, and be
    /// told who is calling. One that is just ending is waited for.
    async fn place_is_free(&self) -> bool {
        let address = self.address.authority();
        let deadline = Instant::now() + GRACE;
        while TcpStream::connect(&address).await.is_ok() {
            if Instant::now() >= deadline {
                tracing::error!(
                    event = "app_not_started",
                    message = "something else listens already where it would",
                    address
                );
                return false;
            }
            sleep(PROBE).await;
        }
        true
    }

    /// In a group of its own: a signal that a terminal sends to all would reach it twice.
    fn start(&self) -> Result<Pid, Ending> {
        let mut command = Command::new(&self.program);
        for setting in names::ALL {
            command.env_remove(setting.name);
        }
        let child = command
            .args(&self.arguments)
            .env("PORT", self.address.port().to_string())
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|error| {
                tracing::error!(event = "app_not_started", %error);
                match error.kind() {
                    io::ErrorKind::NotFound => Ending::NOT_FOUND,
                    _ => Ending::NOT_RUN,
                }
            })?;
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        descriptors::give_back(group, self.descriptors);
        tracing::info!(event = "app_started", pid = child.id());
        group.ok_or(Ending::LOST)
    }

    /// Waits until it listens, says so, and is never done.
    async fn probe<T>(&self) -> T {
        let address = self.address.authority();
        let began = Instant::now();
        let mut is_late = false;
        while TcpStream::connect(&address).await.is_err() {
            if !is_late && began.elapsed() >= LATE {
                is_late = true;
                tracing::warn!(
                    event = "app_not_listening",
                    message = "it is to listen there, and PORT tells it the port: still waiting",
                    address
                );
            }
            sleep(PROBE).await;
        }
        tracing::info!(event = "app_ready");
        self.readiness.set(true);
        std::future::pending().await
    }
}

/// Everything that may say to stop.
struct Stops {
    signals: Stop,
    stop: CancellationToken,
}

impl Stops {
    async fn told(&mut self) -> Told {
        tokio::select! {
            told = self.signals.told() => told,
            () = self.stop.cancelled() => Told::Terminate,
        }
    }
}

/// Passes the signal on, and waits; not for ever. An end by the very signal is what was
/// wanted.
async fn end(group: Pid, told: Told, ended: &mut unix::Signal) -> Ending {
    let signal = match told {
        Told::Terminate => Signal::TERM,
        Told::Interrupt => Signal::INT,
    };
    let _ = kill_process_group(group, signal);
    let deadline = Instant::now() + GRACE;
    let status = if let Ok(status) = timeout_at(deadline, reap_until(group, ended)).await {
        status
    } else {
        tracing::warn!(
            event = "app_killed",
            message = "it did not stop when told to"
        );
        let _ = kill_process_group(group, Signal::KILL);
        reap_until(group, ended).await
    };
    // A shell ends at once; what it has started has been told, too, and may clean up.
    let _ = timeout_at(deadline, all_gone(group)).await;
    let _ = kill_process_group(group, Signal::KILL);
    if status.terminating_signal() == Some(signal.as_raw()) {
        return Ending::DONE;
    }
    Ending::of(status)
}

/// Waits until nobody of the group is left. Zombies count as somebody until reaped.
async fn all_gone(group: Pid) {
    loop {
        while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
        if test_kill_process_group(group).is_err() {
            return;
        }
        sleep(PROBE).await;
    }
}

/// Reaps every child that has ended, among them such as the app left to us, until it is
/// the app itself.
async fn reap_until(app: Pid, ended: &mut unix::Signal) -> WaitStatus {
    loop {
        while let Ok(Some((child, status))) = wait(WaitOptions::NOHANG) {
            if child == app {
                return status;
            }
        }
        if ended.recv().await.is_none() {
            return std::future::pending().await;
        }
    }
}

/// Orphans of the app become our children, as they do in a container. And nobody of our
/// user may read our memory or environment, where the secrets are that the app was not
/// given (`prctl(2)`: `PR_SET_DUMPABLE`).
fn keep_to_ourselves() {
    // Where the kernel will not, all else is as good.
    let _ = set_child_subreaper(Some(rustix::process::getpid()));
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
