//! Somebody who calls the service: keeps cookies as a browser does, and sends
//! what a page of the front end would send, unless told otherwise.

use std::collections::BTreeMap;
use std::net::IpAddr;

use axum::Router;
use axum::body::Body;
use doorkey::http::Peer;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{PASSWORD, contract};

/// The front end's origin.
pub(crate) const ORIGIN: &str = "http://localhost:3000";

/// A client with a cookie jar.
#[derive(Clone)]
pub(crate) struct Browser {
    routes: Router,
    cookies: BTreeMap<String, String>,
    headers: Vec<(String, Vec<u8>)>,
    peer: IpAddr,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) set_cookies: Vec<String>,
}

impl Browser {
    pub(super) fn new(routes: Router) -> Self {
        Self {
            routes,
            cookies: BTreeMap::new(),
            headers: vec![("origin".into(), ORIGIN.into())],
            peer: [203, 0, 113, 1].into(),
        }
    }

    /// The same from another address.
    pub(crate) fn from(mut self, peer: &str) -> Self {
        self.peer = peer.parse().unwrap();
        self
    }

    /// The same with this header instead of what it sent under that name.
    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value.as_bytes())
    }

    /// The same with one more header.
    pub(crate) fn and(mut self, name: &str, value: &[u8]) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without that header.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self
    }

    /// The cookie's value, as the browser keeps it.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Puts a cookie into the jar, as somebody with access to it could.
    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Forgets all cookies.
    pub(crate) fn forget(&mut self) {
        self.cookies.clear();
    }

    /// `GET path`.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, Body::empty()).await
    }

    /// `POST path` with a JSON body.
    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.post_raw(path, "application/json", body.to_string())
            .await
    }

    /// `POST path` with any body.
    pub(crate) async fn post_raw(
        &mut self,
        path: &str,
        content_type: &str,
        body: impl Into<Body>,
    ) -> Answer {
        let mut sender = self.clone().with("content-type", content_type);
        let answer = sender.send("POST", path, body.into()).await;
        self.cookies = sender.cookies;
        answer
    }

    /// `POST path` without a body.
    pub(crate) async fn post_empty(&mut self, path: &str) -> Answer {
        self.send("POST", path, Body::empty()).await
    }

    /// Any request.
    pub(crate) async fn send(&mut self, method: &str, path: &str, body: Body) -> Answer {
        let mut request = http::Request::builder().method(method).uri(path);
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self
                .cookies
                .iter()
                .map(|(n, v)| format!("{n}={v}"))
                .collect();
            request = request.header("cookie", pairs.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value.as_slice());
        }
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(Peer(self.peer));
        let response = self.routes.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let answer = Answer::new(parts, body.collect().await.unwrap().to_bytes().to_vec());
        contract::check(method, path, &answer);
        self.keep(&answer);
        answer
    }

    fn keep(&mut self, answer: &Answer) {
        for cookie in &answer.set_cookies {
            let (pair, attributes) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Signs up and asserts that it worked; the user's id.
    pub(crate) async fn sign_up(&mut self, email: &str) -> String {
        let body = json!({"name": "Ann", "email": email, "password": PASSWORD});
        let answer = self.post("/api/auth/sign-up/email", body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["user"]["id"].as_str().unwrap().to_owned()
    }

    /// Tries to sign in.
    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        let body = json!({"email": email, "password": password});
        self.post("/api/auth/sign-in/email", body).await
    }

    /// `GET get-session`'s body: an object, or null.
    pub(crate) async fn session(&mut self) -> Value {
        let answer = self.get("/api/auth/get-session").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }
}

impl Answer {
    fn new(parts: http::response::Parts, body: Vec<u8>) -> Self {
        let cookies = parts.headers.get_all("set-cookie").iter();
        let set_cookies = cookies
            .map(|cookie| cookie.to_str().unwrap().to_owned())
            .collect();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
            set_cookies,
        }
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Status and error code, for short assertions.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (
            self.status,
            self.json()["code"].as_str().unwrap_or_default().to_owned(),
        )
    }
}
