//! Settings that are missing where a function starts.

use super::platform::{environment, launch};
use crate::support::KEY;

const DATABASE: &str = "postgres://ann:pW-4711-pW@db.example.com/doorkey?sslmode=verify-full";

/// What a function says on standard error that is started without `missing`.
async fn refused(missing: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut env = environment(DATABASE);
    env.retain(|(name, _)| !missing.contains(name));
    let nowhere = folder.path().join("nowhere.sock");
    let mut signin = launch("signin", folder.path(), &nowhere, 0, &env);
    assert_eq!(signin.exit_code().await, Some(2), "{missing:?}");
    let said = signin.err.whole().await;
    for secret in [KEY, "pW-4711-pW"] {
        assert!(!said.contains(secret), "{said}");
        assert!(!signin.out.whole().await.contains(secret));
    }
    said
}

#[tokio::test]
async fn a_missing_setting_stops_the_start_and_is_named() {
    for missing in ["SECRET_KEY", "DATABASE_URL"] {
        let said = refused(&[missing]).await;
        assert!(said.contains(&format!("{missing} is not set")), "{said}");
        assert!(said.contains(&format!("for example: {missing}=")), "{said}");
    }
}

#[tokio::test]
async fn all_missing_settings_are_named_at_once() {
    let missing = [
        "SECRET_KEY",
        "DATABASE_URL",
        "VERCEL_URL",
        "VERCEL_PROJECT_PRODUCTION_URL",
    ];
    let said = refused(&missing).await;
    for name in ["SECRET_KEY", "DATABASE_URL", "PUBLIC_URL"] {
        assert!(said.contains(&format!("{name} is not set")), "{said}");
    }
}
