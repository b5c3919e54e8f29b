//! What is checked: where it is, and for the pages of which origin.

use std::path::Path;

use doorkey::domain::origin::{Origin, same_site};
use url::Url;

use super::client::{Answer, Ask, Client};
use super::no_answer::NoAnswer;

/// A deployment, seen from outside.
#[derive(Clone)]
pub(crate) struct Deployment {
    pub(super) client: Client,
    /// Where it is.
    pub(crate) origin: Origin,
    /// The origin of the pages that call it.
    pub(crate) page: Origin,
}

impl Deployment {
    /// Reads what was asked for; what is wrong with it otherwise.
    pub(crate) fn new(url: &str, page: Option<&str>, ca: Option<&Path>) -> Result<Self, String> {
        let origin = root(url).ok_or_else(|| {
            "the URL must be an origin, such as https://app.example.com, without a path".to_owned()
        })?;
        let page = match page {
            None => origin.clone(),
            Some(page) => root(page).ok_or_else(|| {
                "--origin must be an origin, such as https://app.example.com, without a path"
                    .to_owned()
            })?,
        };
        let client = Client::new(ca)?;
        Ok(Self {
            client,
            origin,
            page,
        })
    }

    /// The same deployment on https, where it sent us.
    pub(super) fn move_to(&mut self, origin: Origin) {
        if self.page == self.origin {
            self.page = origin.clone();
        }
        self.origin = origin;
    }

    pub(super) async fn ask(&self, ask: Ask) -> Result<Answer, NoAnswer> {
        self.client.ask(self.origin.as_str(), ask).await
    }

    pub(super) fn is_same_origin(&self) -> bool {
        self.page == self.origin
    }

    pub(super) fn is_same_site(&self) -> bool {
        same_site(&self.page, &self.origin)
    }

    /// What a browser on a page of that origin adds.
    pub(super) fn as_page(&self, ask: Ask, page: &Origin) -> Ask {
        let relation = if *page == self.origin {
            "same-origin"
        } else if same_site(page, &self.origin) {
            "same-site"
        } else {
            "cross-site"
        };
        ask.with("origin", page.as_str())
            .with("sec-fetch-site", relation)
            .with("sec-fetch-mode", "cors")
            .with("sec-fetch-dest", "empty")
    }
}

/// The origin of a URL that has nothing else. What follows `/api/auth` is in the
/// client's `baseURL`, and is taken from there.
fn root(text: &str) -> Option<Origin> {
    let url = Url::parse(text).ok()?;
    let path = url.path().trim_end_matches('/');
    let is_root = matches!(path, "" | "/api/auth") && url.query().is_none();
    Origin::of_url(text).filter(|_| is_root && url.fragment().is_none())
}

#[cfg(test)]
mod tests {
    use super::root;

    #[test]
    fn an_origin_is_taken_as_people_write_it_and_nothing_else() {
        for text in [
            "https://a.example",
            "https://A.example/",
            "https://a.example:443/api/auth",
        ] {
            let found = root(text).map(|origin| origin.to_string());
            assert_eq!(found.as_deref(), Some("https://a.example"), "{text}");
        }
        for text in [
            "a.example",
            "https://a.example/x",
            "https://a.example/?x",
            "https://me@a.example",
            "ftp://a.example",
            "",
        ] {
            assert_eq!(root(text), None, "{text}");
        }
    }
}
