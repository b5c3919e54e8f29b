//! Where a visitor goes once they are done: `callbackURL`, if that is a trusted place.

use url::form_urlencoded;

use super::asked::Asked;
use crate::domain::origin::Origin;
use crate::domain::redirect::RedirectTarget;
use crate::http::Web;

/// Where somebody goes who names no place: the app that is guarded, if there is one.
pub(super) fn home(web: &Web) -> &'static str {
    match web.app.config.upstream.address {
        Some(_) => "/",
        None => "/account",
    }
}

/// Such a place.
pub(super) struct Next {
    named: Option<RedirectTarget>,
    home: &'static str,
}

impl Next {
    /// The one that an address names. A foreign one is none (CWE-601): whoever wrote it
    /// gets their victim no further than home.
    pub(super) fn of(web: &Web, asked: &Asked) -> Self {
        let named = asked.text("callbackURL");
        Self {
            named: named.and_then(|raw| RedirectTarget::parse(raw, &web.app.config.trusted)),
            home: home(web),
        }
    }

    /// The place itself.
    pub(super) fn place(&self) -> &str {
        self.named
            .as_ref()
            .map_or(self.home, RedirectTarget::as_str)
    }

    /// A page's address that leads on to the same place.
    pub(super) fn through(&self, path: &str) -> String {
        let Some(target) = &self.named else {
            return path.to_owned();
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        let query = query.append_pair("callbackURL", target.as_str()).finish();
        format!("{path}?{query}")
    }

    /// The other origin that it is on, if it is on one.
    pub(super) fn origin(&self) -> Option<Origin> {
        self.named
            .as_ref()
            .and_then(|target| Origin::of_url(target.as_str()))
    }
}
