//! A Postgres server of a case's own, for faults that others must not feel.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;
use tokio::process::Command;

use super::Kind;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/pg");

/// A running server; stopped and deleted when it is dropped.
pub(crate) struct Cluster {
    /// Its database.
    pub(crate) url: String,
    folder: TempDir,
}

impl Cluster {
    /// One of its own. Skipped exactly where cases on Postgres are.
    pub(crate) async fn start() -> Option<Self> {
        Kind::postgres()?;
        let folder = tempfile::tempdir().unwrap();
        // Postgres does not run as root and must get into it.
        let reachable = std::fs::Permissions::from_mode(0o711);
        std::fs::set_permissions(folder.path(), reachable).unwrap();
        let said = run("start", folder.path()).await;
        let mut lines = said.lines();
        let url = lines.find_map(|line| line.strip_prefix("DOORKEY_TEST_POSTGRES='"));
        let url = url.unwrap().trim_end_matches('\'').to_owned();
        let mut conn = PgConnection::connect(&url).await.unwrap();
        // What is acknowledged must survive the process, as on a real server.
        conn.execute("ALTER ROLE doorkey SET synchronous_commit = on")
            .await
            .unwrap();
        conn.close().await.unwrap();
        Some(Self { url, folder })
    }

    /// Ends it without a goodbye to anyone.
    pub(crate) async fn crash(&self) {
        run("crash", self.folder.path()).await;
    }

    /// Starts it again, where it was.
    pub(crate) async fn restart(&self) {
        let said = run("start", self.folder.path()).await;
        assert!(said.contains(&self.url), "it is somewhere else");
    }

    /// Stops all its processes where they are.
    pub(crate) async fn freeze(&self) {
        run("freeze", self.folder.path()).await;
    }

    /// Lets them go on.
    pub(crate) async fn thaw(&self) {
        run("thaw", self.folder.path()).await;
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // A failure to stop is the folder's, too, and the script has said so.
        let _ = std::process::Command::new(SCRIPT)
            .arg("stop")
            .arg(self.folder.path())
            .status();
    }
}

async fn run(action: &str, folder: &Path) -> String {
    let done = Command::new(SCRIPT).arg(action).arg(folder).output().await;
    let done = done.unwrap();
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "scripts/pg {action}: {errors}");
    String::from_utf8(done.stdout).unwrap()
}
