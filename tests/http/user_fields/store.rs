//! Changes of further fields in the database: made at the same time, all last.

use std::sync::Arc;

use doorkey::domain::ids::UserId;
use doorkey::http::Web;
use doorkey::store::user_fields::{Merged, merge};
use serde_json::{Value, json};

use super::{SIGN_UP, app_with, body};
use crate::support::{Instance, db_test, together};

/// Fields `f0` to `f11`, and `big`.
fn fields() -> String {
    let fields = (0..12).map(|n| {
        (
            format!("f{n}"),
            json!({"type": "number", "required": false}),
        )
    });
    let big = (
        "big".to_owned(),
        json!({"type": "string[]", "required": false}),
    );
    Value::Object(fields.chain([big]).collect()).to_string()
}

/// Merges a change in a transaction of its own; whether it was stored.
async fn change(web: Arc<Web>, user: UserId, sent: Value) -> bool {
    let app = &web.app;
    let patch = app
        .config
        .user_fields
        .patch(sent.as_object().unwrap().clone());
    let patch = patch.unwrap_or_else(|refused| panic!("{refused}"));
    let mut tx = app.db.begin().await.unwrap();
    let merged = merge(&mut tx, user, &patch, app.now()).await.unwrap();
    let is_stored = matches!(merged, Merged::Stored(_));
    if is_stored {
        tx.commit().await.unwrap();
    }
    is_stored
}

fn id(text: &Value) -> UserId {
    UserId::parse(text.as_str().unwrap()).unwrap()
}

fn web(app: &Instance) -> Arc<Web> {
    Arc::clone(&app.web)
}

db_test! {
    async fn changes_of_different_fields_at_the_same_moment_all_last(db) {
        let apps = [app_with(&db, &fields()).await, app_with(&db, &fields()).await];
        let mut ann = apps[0].browser();
        let answer = ann.post(SIGN_UP, body("ann@example.com", &json!({"big": ["x"]}))).await;
        let user = id(&answer.json()["user"]["id"]);
        let crowd = (0..12).map(|n| {
            let web = web(&apps[n % 2]);
            async move { change(web, user, json!({(format!("f{n}")): n})).await }
        });
        assert!(together(crowd).await.into_iter().all(|stored| stored));
        let seen = ann.session().await["user"].clone();
        for n in 0..12 {
            assert_eq!(seen[format!("f{n}")], n, "{seen}");
        }
        assert_eq!(seen["big"], json!(["x"]));
    }

    async fn a_change_notes_its_time_clears_with_null_and_keeps_fields_of_the_past(db) {
        let before = app_with(&db, r#"{"past":{"type":"string"}}"#).await;
        let mut ann = before.browser();
        let answer = ann.post(SIGN_UP, body("ann@example.com", &json!({"past": "kept"}))).await;
        let user = id(&answer.json()["user"]["id"]);
        let app = app_with(&db, &fields()).await;
        app.advance(std::time::Duration::from_mins(1));
        assert!(change(web(&app), user, json!({"f0": 1, "f1": 2})).await);
        assert!(change(web(&app), user, json!({"f0": null})).await);
        let seen = ann.session().await["user"].clone();
        assert_eq!((&seen["past"], &seen["updatedAt"]), (&json!("kept"), &json!("2026-11-24T15:01:00.000Z")));
        let stored = db.texts("SELECT fields FROM users").await;
        let stored: Value = serde_json::from_str(&stored[0]).unwrap();
        assert_eq!(stored, json!({"past": "kept", "f0": null, "f1": 2}));
    }

    async fn an_operator_sets_by_sql_what_users_may_not(db) {
        let role = r#"{"role":{"type":"string","default":"user","input":false}}"#;
        let mut ann = app_with(&db, role).await.browser();
        ann.sign_up("ann@example.com").await;
        // As docs/user-fields.md has it.
        db.execute(if db.is_postgres() {
            r#"UPDATE users SET fields = (fields::jsonb || '{"role":"admin"}')::text WHERE email = 'ann@example.com'"#
        } else {
            "UPDATE users SET fields = json_set(fields, '$.role', 'admin') WHERE email = 'ann@example.com'"
        }).await;
        assert_eq!(ann.session().await["user"]["role"], "admin");
    }

    async fn what_would_be_too_much_changes_nothing(db) {
        let app = app_with(&db, &fields()).await;
        let mut ann = app.browser();
        let full = json!({"big": vec!["x".repeat(800); 10]});
        let answer = ann.post(SIGN_UP, body("ann@example.com", &full)).await;
        let user = id(&answer.json()["user"]["id"]);
        let before = ann.session().await["user"].clone();
        assert!(!change(web(&app), user, json!({"big": vec!["x".repeat(900); 10]})).await);
        assert_eq!(ann.session().await["user"], before);
        let nobody = id(&json!("00000000-0000-4000-8000-000000000000"));
        assert!(!change(web(&app), nobody, json!({"f0": 1})).await);
    }
}
