//! Functions on AWS Lambda.

mod emulator;
mod events;
mod mail;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{
    Answer, Browser, Database, KEY, Kind, PASSWORD, Platform, Program, Request, function_of,
    journey, on_both, sign_up,
};
use emulator::{Emulator, Outcome};
use events::{CLIENT, Gateway};

const ORIGIN: &str = "https://app.example.com";

/// One function and the API from which it takes its events.
struct Function {
    emulator: Emulator,
    _program: Program,
    _folder: TempDir,
}

impl Function {
    async fn start(name: &str, database: &str) -> Self {
        Self::start_with(name, database, &[]).await
    }

    /// With further settings.
    async fn start_with(name: &str, database: &str, further: &[(&str, &str)]) -> Self {
        let emulator = Emulator::start().await;
        let folder = tempfile::tempdir().unwrap();
        let env = [
            ("AWS_LAMBDA_RUNTIME_API", emulator.api.as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", name),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("DATABASE_URL", database),
            ("SECRET_KEY", KEY),
            ("FRONTEND_URL", ORIGIN),
            ("PUBLIC_URL", "https://auth.example.com"),
        ];
        let env = [&env, further].concat();
        let program = Program::start(name, folder.path(), &env);
        Self {
            emulator,
            _program: program,
            _folder: folder,
        }
    }
}

/// All functions of a deployment behind one gateway, each started when it is
/// first called.
struct Lambda<'a> {
    gateway: Gateway,
    database: &'a Database,
    running: BTreeMap<&'static str, Function>,
}

impl<'a> Lambda<'a> {
    fn new(gateway: Gateway, database: &'a Database) -> Self {
        Self {
            gateway,
            database,
            running: BTreeMap::new(),
        }
    }

    async fn invoke(&mut self, name: &'static str, event: Value) -> Outcome {
        if !self.running.contains_key(name) {
            let started = Function::start(name, &self.database.url).await;
            self.running.insert(name, started);
        }
        self.running[name].emulator.invoke(event).await
    }

    /// A request to a function, whether it serves the path or not.
    async fn call_function(&mut self, name: &'static str, request: &Request) -> Answer {
        let returned = self.invoke(name, self.gateway.event(request)).await;
        let returned = returned.unwrap_or_else(|error| panic!("the invocation failed: {error}"));
        self.gateway.answer(&returned)
    }
}

impl Platform for Lambda<'_> {
    async fn call(&mut self, request: Request) -> Answer {
        self.call_function(function_of(&request.path), &request)
            .await
    }
}

const GATEWAYS: [Gateway; 4] = [
    Gateway::Http("$default"),
    Gateway::Http("prod"),
    Gateway::FunctionUrl,
    Gateway::Rest("prod"),
];

on_both! {
    async fn the_journey_behind_an_http_api(kind) {
        let db = kind.migrated().await;
        let mut lambda = Lambda::new(Gateway::Http("$default"), &db);
        journey(&mut lambda, ORIGIN, CLIENT).await;
    }

    async fn the_journey_behind_an_http_api_with_a_named_stage(kind) {
        let db = kind.migrated().await;
        let mut lambda = Lambda::new(Gateway::Http("prod"), &db);
        journey(&mut lambda, ORIGIN, CLIENT).await;
    }

    async fn the_journey_behind_a_function_url(kind) {
        let db = kind.migrated().await;
        let mut lambda = Lambda::new(Gateway::FunctionUrl, &db);
        journey(&mut lambda, ORIGIN, CLIENT).await;
    }

    async fn the_journey_behind_a_rest_api(kind) {
        let db = kind.migrated().await;
        let mut lambda = Lambda::new(Gateway::Rest("prod"), &db);
        journey(&mut lambda, ORIGIN, CLIENT).await;
    }

    async fn a_database_without_the_schema_is_503(kind) {
        let db = kind.empty().await;
        let mut lambda = Lambda::new(Gateway::FunctionUrl, &db);
        let answer = Browser::new(ORIGIN, "any").sign_up(&mut lambda, "ann@example.com").await;
        assert_eq!(answer.refusal(), (503, "SCHEMA_OUTDATED".into()));
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_cookie_reaches_the_browser() {
    let db = Kind::Sqlite.migrated().await;
    for (number, gateway) in GATEWAYS.into_iter().enumerate() {
        let mut lambda = Lambda::new(gateway, &db);
        let email = format!("ann{number}@example.com");
        let answer = Browser::new(ORIGIN, "any")
            .sign_up(&mut lambda, &email)
            .await;
        // The session, and that the device is known.
        assert_eq!(answer.all("set-cookie").len(), 2, "{answer:?}");
        let mut browser = Browser::new(ORIGIN, "any");
        let body = json!({"email": email, "password": PASSWORD, "rememberMe": false});
        let answer = browser
            .post(&mut lambda, "/api/auth/sign-in/email", body)
            .await;
        assert_eq!(answer.all("set-cookie").len(), 3, "{answer:?}");
        // All come back to the function: it finds the session among them.
        assert_eq!(browser.session(&mut lambda).await["user"]["email"], email);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_malformed_body_is_an_answer_and_no_failure() {
    let db = Kind::Sqlite.migrated().await;
    for gateway in GATEWAYS {
        let mut lambda = Lambda::new(gateway, &db);
        for (body, code) in [
            ("{\"email\":", "BAD_REQUEST"),
            ("\u{0}\u{1}", "BAD_REQUEST"),
            ("", "VALIDATION_ERROR"),
            ("[]", "VALIDATION_ERROR"),
            ("{}", "VALIDATION_ERROR"),
        ] {
            let answer = lambda.call(Request::post("/api/signin", &body)).await;
            assert_eq!(answer.refusal(), (400, code.into()), "{gateway:?} {body:?}");
            let content_type = answer.header("content-type").unwrap();
            assert!(
                content_type.starts_with("application/json"),
                "{content_type}"
            );
        }
        let large = Request::post("/api/signin", &" ".repeat(64 * 1024 + 1));
        let answer = lambda.call(large).await;
        assert_eq!(answer.refusal(), (413, "PAYLOAD_TOO_LARGE".into()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_function_does_not_serve_is_404() {
    let db = Kind::Sqlite.migrated().await;
    for gateway in GATEWAYS {
        let mut lambda = Lambda::new(gateway, &db);
        for path in [
            "/",
            "/prod",
            "/api/auth/sign-out",
            "/prod/prod/api/verify",
            "/api/verify/",
        ] {
            let answer = lambda.call_function("verify", &Request::get(path)).await;
            assert_eq!(answer.status, 404, "{gateway:?} {path}");
        }
        let query = Request::get("/api/auth/get-session?disableRefresh=true&a=b");
        let answer = lambda.call_function("verify", &query).await;
        assert_eq!(
            (answer.status, answer.json()),
            (200, Value::Null),
            "{gateway:?}"
        );
        let answer = lambda
            .call_function("verify", &Request::new("DELETE", "/api/verify"))
            .await;
        assert_eq!(answer.status, 405, "{gateway:?}");
    }
}

/// An HTTP API decodes the path before it puts it into the event.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_path_that_was_decoded_is_404_and_no_failure() {
    let db = Kind::Sqlite.migrated().await;
    for gateway in GATEWAYS {
        let mut lambda = Lambda::new(gateway, &db);
        for path in [
            "/a b",
            "/käse",
            "/a\"b<c>",
            "/a%zz",
            "//evil.example/api/verify",
            "/api/auth/get-session ",
            "/x y/../api/auth/get-session",
        ] {
            let answer = lambda.call_function("verify", &Request::get(path)).await;
            assert_eq!(answer.status, 404, "{gateway:?} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_of_any_characters_is_no_failure() {
    let db = Kind::Sqlite.migrated().await;
    for gateway in GATEWAYS {
        let mut lambda = Lambda::new(gateway, &db);
        for query in ["a=%zz", "a=\"<>|{}^`\\", "a=käse", "&&=&", "a=[]&a=b"] {
            let request = Request::get(&format!("/api/auth/get-session?{query}"));
            let answer = lambda.call_function("verify", &request).await;
            assert_eq!(answer.status, 200, "{gateway:?} {query}");
        }
    }
}

/// Local stand-ins for the gateway send an empty list where AWS sends none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_list_of_cookies_is_no_cookie() {
    let db = Kind::Sqlite.migrated().await;
    let mut lambda = Lambda::new(Gateway::FunctionUrl, &db);
    let mut event = Gateway::FunctionUrl.event(&sign_up("ann@example.com"));
    event["cookies"] = json!([]);
    let returned = lambda.invoke("signup", event).await.unwrap();
    assert_eq!(returned["statusCode"], 200, "{returned}");
}
