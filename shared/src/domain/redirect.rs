//! Where a browser may be sent afterwards: `callbackURL`, `redirectTo` and their
//! kin. Open redirects come from two readers of one text (CVE-2024-56734,
//! CVE-2025-27143), so what comes out is rebuilt from the parts that were checked.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use url::form_urlencoded;

use super::origin::{Origin, TrustedOrigins};

#[cfg(test)]
mod tests;

const MAX_BYTES: usize = 2048;

/// Decoding more often than any chain of proxies would.
const MAX_DECODINGS: usize = 5;

/// What a URL must not hold as it is (WHATWG URL, path percent-encode set), so
/// that the target fits a header and an attribute.
const UNSAFE: &AsciiSet = &CONTROLS.add(b'"').add(b'<').add(b'>').add(b'`');

/// A place that is ours: a path on our own site, or a URL below a trusted origin.
/// ASCII, without spaces or control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectTarget(String);

impl RedirectTarget {
    /// Accepts `/dash?x=1#y`, or an absolute http or https URL whose origin is
    /// trusted, of at most 2,048 bytes; `None` for everything else.
    ///
    /// The text is kept, except that an absolute URL begins with its origin's
    /// serialisation and that characters no URL may hold are percent-encoded.
    pub fn parse(raw: &str, trusted: &TrustedOrigins) -> Option<Self> {
        let odd = |c: char| c == '\\' || c.is_whitespace() || c.is_control();
        if raw.len() > MAX_BYTES || raw.contains(odd) {
            return None;
        }
        let target = if raw.starts_with('/') {
            is_own_path(raw).then(|| encode(raw))?
        } else {
            let origin = Origin::of_url(raw).filter(|origin| trusted.trusts(origin))?;
            format!("{origin}{}", encode(after_authority(raw)))
        };
        (target.len() <= MAX_BYTES).then_some(Self(target))
    }

    /// The page of a service at `own` that tells of errors, where no other was
    /// named.
    pub fn error_page(own: &Origin) -> Self {
        Self(format!("{own}/api/auth/error"))
    }

    /// The target, as it goes into `Location` or the answer's `url`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same as an absolute URL: a path is one of `own`.
    #[must_use]
    pub fn absolute(&self, own: &Origin) -> Self {
        if self.0.starts_with('/') {
            return Self(format!("{own}{}", self.0));
        }
        self.clone()
    }

    /// The same with `name=value` in its query, in the place of what it may have
    /// under that name: whoever chose the target must not choose the value, too.
    /// The rest of the query and the fragment are kept.
    #[must_use]
    pub fn with_param(&self, name: &str, value: &str) -> Self {
        let (before, fragment) = match self.0.split_once('#') {
            Some((before, fragment)) => (before, format!("#{fragment}")),
            None => (self.0.as_str(), String::new()),
        };
        let (path, query) = before.split_once('?').unwrap_or((before, ""));
        // An origin alone is its root (WHATWG URL, §4.5).
        let root = if after_authority(path).is_empty() && !path.starts_with('/') {
            "/"
        } else {
            ""
        };
        let is_other = |pair: &&str| {
            let key = form_urlencoded::parse(pair.as_bytes()).next();
            !pair.is_empty() && key.is_none_or(|(key, _)| key != name)
        };
        let param: String = form_urlencoded::Serializer::new(String::new())
            .append_pair(name, value)
            .finish();
        let kept = query.split('&').filter(is_other);
        let pairs: Vec<&str> = kept.chain([param.as_str()]).collect();
        Self(format!("{path}{root}?{}{fragment}", pairs.join("&")))
    }
}

/// Whether `raw` stays on our host for every reader, however often that reader
/// undoes percent-encoding and whichever dot segments it resolves.
fn is_own_path(raw: &str) -> bool {
    let mut path = raw.split(['?', '#']).next().unwrap_or(raw).to_owned();
    for _ in 0..MAX_DECODINGS {
        let leaves = path.starts_with("//")
            || path.contains(|c: char| c == '\\' || c.is_control())
            || path.split('/').any(|segment| matches!(segment, "." | ".."));
        if leaves {
            return false;
        }
        // Bytes that are no UTF-8 have been read as a slash before (overlong forms).
        let Ok(decoded) = percent_decode_str(&path).decode_utf8() else {
            return false;
        };
        if decoded == path {
            return true;
        }
        path = decoded.into_owned();
    }
    false
}

/// Path, query and fragment of an absolute URL.
fn after_authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let start = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    rest.get(start..).unwrap_or_default()
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNSAFE).to_string()
}
