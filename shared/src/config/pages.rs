//! The service's own pages: whether they are served, and what stands above them.

use super::env::Reader;
use super::names;
use super::place::{Place, Program};
use crate::domain::origin::Origin;

/// The longest `LOGO_URL`, in bytes.
const LONGEST: usize = 2048;

/// How the pages are served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageSettings {
    /// Whether there are any. Only the server has them.
    pub on: bool,
    /// The picture above them.
    pub logo: Option<Logo>,
}

/// A picture on this origin or on another one by https.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// Where it is, as it goes into the page.
    pub url: String,
    /// Whose it is; `None` for this origin.
    pub origin: Option<Origin>,
}

/// Reads the settings.
pub(super) fn settings(reader: &mut Reader<'_>, place: &Place) -> PageSettings {
    let wanted = reader.switch(&names::PAGES, true);
    let logo = reader.parsed(&names::LOGO_URL, parse_logo);
    PageSettings {
        on: wanted && place.program == Program::Server,
        logo,
    }
}

fn parse_logo(text: &str) -> Result<Logo, String> {
    let wrong = || "must be a path that begins with one /, or an https:// URL".to_owned();
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'\'');
    if text.len() > LONGEST || !text.bytes().all(is_plain) {
        return Err(wrong());
    }
    let origin = if text.starts_with('/') && !text.starts_with("//") {
        None
    } else {
        let origin = Origin::of_url(text).filter(Origin::is_https);
        Some(origin.ok_or_else(wrong)?)
    };
    Ok(Logo {
        url: text.to_owned(),
        origin,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_is_on_this_origin_or_comes_by_https() {
        let own = parse_logo("/logo.svg?v=2").map(|logo| (logo.url, logo.origin));
        assert_eq!(own, Ok(("/logo.svg?v=2".to_owned(), None)));
        let other = parse_logo("https://cdn.example.com/a.png").map(|logo| logo.origin);
        assert_eq!(other, Ok(Origin::parse("https://cdn.example.com")));
        for wrong in [
            "",
            "logo.png",
            "//cdn.example.com/a.png",
            "/\\evil.example/a.png",
            "http://cdn.example.com/a.png",
            "javascript:alert(1)",
            "data:image/png;base64,AA",
            "https://cdn.example.com/a b.png",
            "https://user@cdn.example.com/a.png",
            "/a'; script-src *",
        ] {
            assert!(parse_logo(wrong).is_err(), "{wrong}");
        }
    }
}
