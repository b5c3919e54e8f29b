//! `POST /api/auth/sign-up/email` and `POST /api/signup`.

use serde_json::json;

use crate::support::{PASSWORD, db_test};

const PATH: &str = "/api/auth/sign-up/email";

db_test! {
    async fn signs_up_and_in_at_once(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        let body = json!({"name": "Ann", "email": " Ann@Example.com ", "password": PASSWORD});
        let answer = ann.post(PATH, body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let user = &answer.json()["user"];
        assert_eq!(user["email"], "ann@example.com");
        assert_eq!(user["emailVerified"], false);
        assert_eq!(ann.session().await["user"]["id"], user["id"]);
    }

    async fn a_taken_address_is_422_in_every_spelling(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        for spelling in ["ann@example.com", "ANN@EXAMPLE.COM", " Ann@example.com"] {
            let body = json!({"name": "Eve", "email": spelling, "password": PASSWORD});
            let answer = app.browser().post(PATH, body).await;
            assert_eq!(answer.refusal(), (422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL".into()));
        }
    }
}
