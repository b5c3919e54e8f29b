//! One request's way through the guard.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::FromRequestParts as _;
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, VARY};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, StatusCode};

use super::ask::{Asked, is_preflight, malformed};
use super::decide::Target;
use super::forward::{Failed, Forwarder, Seats};
use super::headers::{Came, Secrets, pass_on_request};
use super::ready::Readiness;
use super::refuse::{Fault, Refusal, to_sign_in};
use super::throttle::Throttle;
use super::token_cache::TokenCache;
use super::visitor::{self, Visitor, X_AUTH_JWT};
use super::watch::Watch;
use crate::config::{PublicPaths, UpstreamAddress};
use crate::domain::redirect::RedirectTarget;
use crate::http::Web;
use crate::http::api_error::ApiError;
use crate::http::around::{Line, SLOW, dress, tag};
use crate::http::page::see_other;
use crate::http::{cors, identity};
use crate::service::Client;
use crate::service::authenticate::{Authenticated, legacy_lives};
use crate::telemetry::REQUEST_ID;

/// What a trusted page of another origin may do, as far as we are asked.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/// The guard of one upstream.
pub(super) struct Gate {
    web: Arc<Web>,
    forwarder: Forwarder,
    readiness: Readiness,
    throttle: Option<Throttle>,
    tokens: Option<TokenCache>,
    watch: Arc<Watch>,
}

/// An answer, and whose it is: the upstream's is left as it is.
enum Answered {
    ByUs(Response),
    ByUpstream(Response),
}

impl Gate {
    pub(super) fn new(web: Arc<Web>, address: &UpstreamAddress, readiness: Readiness) -> Self {
        let settings = &web.app.config.upstream;
        Self {
            forwarder: Forwarder::new(&address.authority(), settings.timeout),
            throttle: settings.rate.map(Throttle::new),
            tokens: settings.jwt.then(TokenCache::default),
            readiness,
            watch: Arc::default(),
            web,
        }
    }

    pub(super) fn public_paths(&self) -> &PublicPaths {
        &self.web.app.config.upstream.public
    }

    pub(super) fn has_pages(&self) -> bool {
        self.web.app.config.pages.on
    }

    /// Never done. First it finds out, once, what requests need to know and shall not
    /// wait for.
    pub(super) async fn watch_streams(&self, period: Duration) {
        while legacy_lives(&self.web.app).await.is_err() {
            tokio::time::sleep(period).await;
        }
        loop {
            tokio::time::sleep(period).await;
            self.watch.check(&self.web.app).await;
        }
    }

    /// Answers a request that is not for our own routes.
    pub(super) async fn answer(&self, request: Request<Body>, target: Target) -> Response {
        let id = self.web.next_request_id();
        let started = self.web.app.now();
        let origin = cors::trusted_origin(request.headers(), &self.web.app.config.trusted);
        let line = Line::of(&request);
        let answered = REQUEST_ID.scope(id.clone(), async {
            let answered = self.decide(request, target, &id).await;
            // How long an upstream thinks is its own affair.
            let (response, slow) = match &answered {
                Answered::ByUs(response) => (response, SLOW),
                Answered::ByUpstream(response) => (response, Duration::MAX),
            };
            line.log(&self.web, started, response, slow);
            answered
        });
        match answered.await {
            Answered::ByUs(mut response) => {
                dress(&self.web, &id, origin, response.headers_mut());
                response
            }
            Answered::ByUpstream(mut response) => {
                tag(&id, response.headers_mut());
                response
            }
        }
    }

    async fn decide(&self, request: Request<Body>, target: Target, id: &str) -> Answered {
        let (parts, body) = request.into_parts();
        if target == Target::Ambiguous {
            let error = ApiError::bad_request("AMBIGUOUS_PATH", "The path can be read in two ways");
            return Answered::ByUs(error.into_response());
        }
        let asked = match Asked::of(&parts) {
            Ok(asked) => asked,
            Err(refusal) => return Answered::ByUs(refusal.answer(&self.web, false)),
        };
        let is_navigation = asked.is_navigation;
        let answered = if target == Target::Return {
            self.come_back(&parts).await
        } else {
            self.pass(parts, body, asked, target, id).await
        };
        answered.unwrap_or_else(|refusal| Answered::ByUs(refusal.answer(&self.web, is_navigation)))
    }

    async fn pass(
        &self,
        mut parts: Parts,
        body: Body,
        asked: Asked,
        target: Target,
        id: &str,
    ) -> Result<Answered, Refusal> {
        let config = &self.web.app.config;
        // A browser sends no cookie with these, so the upstream would never see them.
        if target == Target::Guarded && is_preflight(&parts) {
            return Ok(Answered::ByUs(cors::options(
                &parts.headers,
                &config.trusted,
                METHODS,
            )));
        }
        let Visitor { who, cookies } = self.visitor(&parts, target).await?;
        let refused = |error: ApiError| Refusal::of(error).with(cookies.clone());
        if target == Target::Guarded && who.is_none() {
            if asked.is_navigation {
                let target = parts
                    .uri
                    .path_and_query()
                    .map_or("/", |target| target.as_str());
                return Ok(Answered::ByUs(to_sign_in(target, cookies)));
            }
            return Err(refused(ApiError::unauthorized()));
        }
        asked.check_page(&parts, config).map_err(refused)?;
        if let Some(who) = &who {
            self.count(who)
                .map_err(|error| refused(error).with_page())?;
        }
        if !self.readiness.is_ready() {
            return Err(Fault::Starting.into());
        }
        let secrets = self.secrets();
        self.write_request(&mut parts, &asked, who.as_ref(), secrets, id)
            .await?;
        let seat = || who.as_ref().map(|who| self.watch.seat(who.session.id));
        let seats = Seats {
            answer: seat(),
            body: if body.is_end_stream() { None } else { seat() },
        };
        let answer = self
            .forwarder
            .ask(parts, body, asked.is_handshake, seats, secrets);
        let mut answer = answer.await.map_err(|failed| match failed {
            Failed::Fault(fault) => fault.into(),
            Failed::SessionEnded => Refusal::of(ApiError::unauthorized()),
            Failed::NotSent => malformed("The request's body broke off"),
        })?;
        if who.is_some() {
            keep_private(answer.headers_mut(), cookies);
        }
        Ok(Answered::ByUpstream(answer))
    }

    /// Who it is. What is open to all is open while the database is away, too.
    async fn visitor(&self, parts: &Parts, target: Target) -> Result<Visitor, ApiError> {
        match visitor::find(&self.web, &parts.headers).await {
            Err(_) if target == Target::Public => Ok(Visitor::default()),
            found => found,
        }
    }

    fn count(&self, who: &Authenticated) -> Result<(), ApiError> {
        let Some(throttle) = &self.throttle else {
            return Ok(());
        };
        throttle
            .take(who.user.id, self.web.app.now())
            .map_err(|wait| {
                tracing::warn!(event = "rate_limited", action = "upstream", by = "user");
                let rate = throttle.rate();
                ApiError::rate_limited(wait, ("upstream", rate.requests, rate.window))
            })
    }

    /// What is for no upstream to see. While it is not known whether anything that was
    /// taken over lives, it may.
    fn secrets(&self) -> Secrets<'_> {
        let with_legacy = self.web.app.legacy_lives.get();
        Secrets {
            policy: &self.web.cookies,
            with_legacy: with_legacy.copied().unwrap_or(true),
        }
    }

    /// Takes out what is not for the upstream, and writes who asks: in this order, so
    /// that nothing of the request can stand where we write, or take away what we wrote.
    async fn write_request(
        &self,
        parts: &mut Parts,
        asked: &Asked,
        who: Option<&Authenticated>,
        secrets: Secrets<'_>,
        id: &str,
    ) -> Result<(), ApiError> {
        let Ok(client) = Client::from_request_parts(parts, &self.web).await;
        visitor::take_bearer(&self.web, &mut parts.headers);
        let came = Came {
            host: &asked.host,
            scheme: self.web.app.config.public_url.scheme(),
            client: client.ip.map(|ip| ip.to_string()),
        };
        pass_on_request(&mut parts.headers, secrets, &came);
        tag(id, &mut parts.headers);
        let Some(who) = who else {
            return Ok(());
        };
        identity::tell(who, &mut parts.headers);
        if let Some(tokens) = &self.tokens {
            let token = tokens.token(&self.web, who).await?;
            parts.headers.insert(X_AUTH_JWT, token);
        }
        Ok(())
    }

    /// Back from signing in: on to where they had been going. Whoever has no session now
    /// either would be sent to sign in again, and again: they are told why instead.
    async fn come_back(&self, parts: &Parts) -> Result<Answered, Refusal> {
        let Visitor { who, .. } = visitor::find(&self.web, &parts.headers).await?;
        if who.is_some() {
            return Ok(Answered::ByUs(see_other(&wanted(parts.uri.query()))));
        }
        let error = ApiError::new(
            StatusCode::UNAUTHORIZED,
            "COOKIE_NOT_KEPT",
            "Signed in, but the browser did not keep the cookie.",
        );
        Err(Refusal::of(error).leading_to(wanted(parts.uri.query())))
    }
}

/// The path in `to`; the front page where there is none, or it leads elsewhere.
fn wanted(query: Option<&str>) -> String {
    let mut pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let to = pairs.find(|(name, _)| name == "to").map(|(_, to)| to);
    to.filter(|to| to.starts_with('/'))
        .and_then(|to| {
            RedirectTarget::parse(&to, &crate::domain::origin::TrustedOrigins::default())
        })
        .map_or_else(|| "/".to_owned(), |target| target.as_str().to_owned())
}

/// An answer to somebody signed in is theirs: no shared cache keeps it unless the
/// upstream says so, and none at all keeps one with our cookies (RFC 9111 §3.5, §7.3).
fn keep_private(fields: &mut HeaderMap, cookies: HeaderMap) {
    if !cookies.is_empty() {
        fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let mut name = None;
        for (next, value) in cookies {
            name = next.or(name);
            if let Some(name) = &name {
                fields.append(name.clone(), value);
            }
        }
    }
    if !fields.contains_key(CACHE_CONTROL) {
        fields.insert(CACHE_CONTROL, HeaderValue::from_static("private"));
    }
    fields.append(VARY, HeaderValue::from_static("Cookie"));
}
