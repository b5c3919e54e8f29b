//! Where a visitor goes once they are done: `callbackURL`, if that is a trusted place.

use url::form_urlencoded;

use super::asked::Asked;
use crate::domain::origin::Origin;
use crate::domain::redirect::RedirectTarget;
use crate::http::Web;

/// Where somebody goes who names no place.
pub(super) const HOME: &str = "/account";

/// Such a place.
pub(super) struct Next(Option<RedirectTarget>);

impl Next {
    /// The one that an address names. A foreign one is none (CWE-601): whoever wrote it
    /// gets their victim no further than home.
    pub(super) fn of(web: &Web, asked: &Asked) -> Self {
        let named = asked.text("callbackURL");
        Self(named.and_then(|raw| RedirectTarget::parse(raw, &web.app.config.trusted)))
    }

    /// The place itself.
    pub(super) fn place(&self) -> &str {
        self.0.as_ref().map_or(HOME, RedirectTarget::as_str)
    }

    /// A page's address that leads on to the same place.
    pub(super) fn through(&self, path: &str) -> String {
        let Some(target) = &self.0 else {
            return path.to_owned();
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        let query = query.append_pair("callbackURL", target.as_str()).finish();
        format!("{path}?{query}")
    }

    /// The other origin that it is on, if it is on one.
    pub(super) fn origin(&self) -> Option<Origin> {
        self.0
            .as_ref()
            .and_then(|target| Origin::of_url(target.as_str()))
    }
}
