//! Somebody who calls the service, whatever carries the calls.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::PASSWORD;
use super::http::{Answer, Request};

/// What carries a request to the binaries and the answer back.
pub(crate) trait Platform {
    /// One request and its answer.
    async fn call(&mut self, request: Request) -> Answer;
}

/// A client with a cookie jar, on a page of the front end.
pub(crate) struct Browser {
    origin: String,
    user_agent: String,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    /// One that has never been here.
    pub(crate) fn new(origin: &str, user_agent: &str) -> Self {
        Self {
            origin: origin.into(),
            user_agent: user_agent.into(),
            cookies: BTreeMap::new(),
        }
    }

    /// `GET`.
    pub(crate) async fn get(&mut self, platform: &mut impl Platform, path: &str) -> Answer {
        self.send(platform, Request::get(path)).await
    }

    /// `POST` of JSON.
    pub(crate) async fn post(
        &mut self,
        platform: &mut impl Platform,
        path: &str,
        body: Value,
    ) -> Answer {
        self.send(platform, Request::post(path, &body)).await
    }

    /// Any request, with what a browser adds.
    pub(crate) async fn send(&mut self, platform: &mut impl Platform, request: Request) -> Answer {
        let mut request = request
            .with("origin", &self.origin)
            .with("user-agent", &self.user_agent);
        if !self.cookies.is_empty() {
            request = request.with("cookie", &self.cookie_header());
        }
        let answer = platform.call(request).await;
        self.keep(&answer);
        answer
    }

    /// The header that carries its cookies.
    pub(crate) fn cookie_header(&self) -> String {
        let pairs = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, answer: &Answer) {
        for cookie in answer.all("set-cookie") {
            let (pair, attributes) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
    }

    /// `GET get-session`'s body: an object, or null.
    pub(crate) async fn session(&mut self, platform: &mut impl Platform) -> Value {
        let answer = self.get(platform, "/api/auth/get-session").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Signs up.
    pub(crate) async fn sign_up(&mut self, platform: &mut impl Platform, email: &str) -> Answer {
        let request = sign_up(email);
        self.send(platform, request).await
    }

    /// Signs in.
    pub(crate) async fn sign_in(&mut self, platform: &mut impl Platform, email: &str) -> Answer {
        let body = json!({"email": email, "password": PASSWORD});
        self.post(platform, "/api/auth/sign-in/email", body).await
    }
}

/// A sign-up as a client that is no browser sends it.
pub(crate) fn sign_up(email: &str) -> Request {
    let body = json!({"name": "Ann Lee", "email": email, "password": PASSWORD});
    Request::post("/api/auth/sign-up/email", &body)
}
