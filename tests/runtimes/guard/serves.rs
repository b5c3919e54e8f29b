//! While it runs.

use super::Guard;
use crate::support::{Connection, Request, soon};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_is_started_awaited_and_guarded() {
    let mut guard = Guard::of(&["python3", "app.py", "--slow"]).await;
    let cookie = guard.ann().await;
    let page = Request::get("/")
        .with("cookie", &cookie)
        .with("accept", "text/html");
    let page = Connection::open(guard.address).await.call(&page).await;
    assert_eq!((page.status, page.header("retry-after")), (503, Some("3")));
    let answer = guard.get("/", &cookie).await;
    assert_eq!(answer.refusal(), (503, "UPSTREAM_STARTING".into()));

    let told = soon("the app is up", guard.get_when_up("/", &cookie)).await;
    assert_eq!(told.status, 200, "{told:?}");
    assert!(
        told.body.contains("x-auth-email: ann@example.com\n"),
        "{told:?}"
    );
    assert_eq!(guard.get("/", "").await.refusal().0, 401);
}

/// The app is somebody else's code: it gets its own variables and none of ours.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_a7_the_app_is_given_no_secret_of_ours() {
    let mut guard = Guard::of(&["python3", "app.py"]).await;
    let cookie = guard.ann().await;
    let told = soon("the app is up", guard.get_when_up("/", &cookie)).await;
    assert!(told.body.contains("APPS_OWN=kept\n"), "{told:?}");
    for name in ["SECRET_KEY", "DATABASE_URL", "UPSTREAM_URL", "ARGON2_M_KIB"] {
        assert!(!told.body.contains(name), "{told:?}");
    }
    // Where it is to listen, not where we do.
    assert!(!told.body.contains("PORT=0\n"), "{told:?}");
    assert!(!told.body.contains("better-auth"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_breaks_down_is_started_again() {
    let mut guard = Guard::of(&["python3", "app.py"]).await;
    let cookie = guard.ann().await;
    soon("the app is up", guard.get_when_up("/", &cookie)).await;
    for times in 1..=2 {
        assert_eq!(guard.get("/crash", &cookie).await.refusal().0, 502);
        // Signing in goes on meanwhile.
        assert_eq!(guard.get("/health", "").await.status, 200);
        let told = soon("the app is up again", guard.get_when_up("/", &cookie)).await;
        assert_eq!(told.status, 200, "{told:?}");
        assert_eq!(guard.count("app_broke_down"), times);
    }
    assert_eq!(guard.program.event("app_broke_down").await["code"], 7);
}

/// Processes that the app leaves behind become ours, and vanish when they have ended.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orphans_of_the_app_are_reaped() {
    let mut guard = Guard::of(&["python3", "app.py"]).await;
    let cookie = guard.ann().await;
    soon("the app is up", guard.get_when_up("/", &cookie)).await;
    for _ in 0..3 {
        assert_eq!(guard.get("/orphan", &cookie).await.status, 200);
    }
    let pid = guard.program.id();
    let zombies = || {
        let all = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        let stats = all.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
        let ours = stats.filter(|stat| {
            let rest = stat.rsplit(')').next().unwrap();
            let mut fields = rest.split_whitespace();
            fields.next() == Some("Z") && fields.next() == Some(pid.to_string().as_str())
        });
        ours.count()
    };
    soon("they are reaped", async {
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        while zombies() > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
}
