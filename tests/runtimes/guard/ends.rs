//! How it ends.

use tokio::net::TcpListener;

use super::{Guard, start};
use crate::support::{Program, soon};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_is_passed_on_and_an_end_by_it_is_success() {
    let mut guard = Guard::of(&["python3", "app.py"]).await;
    let cookie = guard.ann().await;
    soon("the app is up", guard.get_when_up("/", &cookie)).await;
    guard.program.terminate().await;
    assert_eq!(guard.program.exit_code().await, Some(0));
    let log = guard.program.out.whole().await;
    assert!(
        !log.contains("stopped_early") && !log.contains("app_killed"),
        "{log}"
    );
}

/// Its own way to end, and its own exit code; what a shell started is told as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_cleans_up_is_waited_for() {
    let mut guard = Guard::of(&["sh", "-c", "python3 app.py --clean; exit $?"]).await;
    let cookie = guard.ann().await;
    soon("the app is up", guard.get_when_up("/", &cookie)).await;
    guard.program.terminate().await;
    guard.program.exit_code().await;
    let log = guard.program.out.whole().await;
    assert!(log.contains("APP CLEANS UP"), "{log}");

    let mut guard = Guard::of(&["python3", "app.py", "--clean"]).await;
    let cookie = guard.ann().await;
    soon("the app is up", guard.get_when_up("/", &cookie)).await;
    guard.program.terminate().await;
    assert_eq!(guard.program.exit_code().await, Some(5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_does_not_listen_to_signals_is_killed() {
    let mut guard = Guard::of(&["python3", "app.py", "--deaf"]).await;
    let cookie = guard.ann().await;
    soon("the app is up", guard.get_when_up("/", &cookie)).await;
    guard.program.terminate().await;
    assert_eq!(guard.program.exit_code().await, Some(137));
    assert!(guard.program.out.whole().await.contains("app_killed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_is_done_ends_the_server() {
    let mut guard = Guard::of(&["python3", "app.py"]).await;
    let cookie = guard.ann().await;
    soon("the app is up", guard.get_when_up("/", &cookie)).await;
    guard.get("/done", &cookie).await;
    assert_eq!(guard.program.exit_code().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_never_comes_up_is_given_up_with_its_exit_code() {
    let (mut program, _folder) = start(&["sh", "-c", "exit 3"]).await;
    assert_eq!(program.exit_code().await, Some(3));
    let log = program.out.whole().await;
    assert_eq!(log.matches("app_broke_down").count(), 5, "{log}");
}

/// Whoever listens there would be taken for the app, and be told who is calling.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_whose_place_is_taken_is_not_started() {
    let folder = tempfile::tempdir().unwrap();
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = format!("http://{}", other.local_addr().unwrap());
    let env = [("PORT", "0"), ("UPSTREAM_URL", upstream.as_str())];
    let command = ["--", "touch", "started"];
    let mut program = Program::start_with("doorkey", &command, folder.path(), &env);
    assert_eq!(program.exit_code().await, Some(1));
    let log = program.out.whole().await;
    assert!(log.contains("something else listens already"), "{log}");
    assert!(!folder.path().join("started").exists());
}

/// It would ask itself, and itself again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_on_our_own_port_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let env = [("PORT", "8000")];
    let mut program = Program::start_with("doorkey", &["--", "true"], folder.path(), &env);
    assert_eq!(program.exit_code().await, Some(1));
    let log = program.out.whole().await;
    assert!(log.contains("set UPSTREAM_URL or PORT"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_cannot_be_run_is_told_as_a_shell_does() {
    for (command, code) in [("no-such-program", 127), ("/", 126)] {
        let (mut program, _folder) = start(&[command]).await;
        assert_eq!(program.exit_code().await, Some(code), "{command}");
        assert!(program.out.whole().await.contains("app_not_started"));
    }
}
