//! The service's own pages, as a browser without scripts uses them.

mod account;
mod forms;
mod framed;
mod recovery;
mod reflected;
mod sessions;
mod sign_in;
mod sign_up;
mod verification;

use crate::support::{Answer, Browser, Instance, PASSWORD, TestDb};

/// The service's own origin.
pub(crate) const OWN: &str = "http://localhost:7860";
const ANN: &str = "ann@example.com";

const FORM: &str = "application/x-www-form-urlencoded";

/// Settings under which there are pages, and these beside them.
pub(crate) async fn with_pages(db: &TestDb, settings: &[(&str, &str)]) -> Instance {
    let on = [("PAGES", "on")];
    let all: Vec<_> = on.iter().chain(settings).copied().collect();
    db.app(&all).await
}

/// A browser on the service's own pages.
pub(crate) fn guest(app: &Instance) -> Browser {
    app.browser().with("origin", OWN)
}

/// A page's form field that shows it to be ours.
pub(crate) fn csrf(page: &Answer) -> String {
    let text = page.text();
    let at = text.find("name=\"csrf\" value=\"");
    let at = at.unwrap_or_else(|| panic!("no form: {text}"));
    let rest = &text[at + "name=\"csrf\" value=\"".len()..];
    rest[..rest.find('"').unwrap()].to_owned()
}

/// Fields as a browser writes them.
pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", percent(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Every byte but letters and digits percent-encoded, spaces as `+`.
fn percent(text: &str) -> String {
    let write = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        plain if plain.is_ascii_alphanumeric() => char::from(plain).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(write).collect()
}

/// Opens a page, fills its form in and sends it to the same address.
pub(crate) async fn fill(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let csrf = csrf(&page);
    let first = ("csrf", csrf.as_str());
    let all: Vec<_> = [first].into_iter().chain(fields.iter().copied()).collect();
    browser.post_raw(path, FORM, encoded(&all)).await
}

/// Where an answer sends the browser on to, by `GET`.
pub(crate) fn see_other(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location")
}

/// Asserts that a page tells this beside that field, and says so to screen readers.
pub(crate) fn assert_told(page: &Answer, field: &str, text: &str) {
    let html = page.text();
    let beside = format!("<p class=\"wrong\" id=\"{field}-told\">{text}</p>");
    assert!(html.contains(&beside), "{beside} is not in {html}");
    let input = html
        .split("<input ")
        .find(|rest| rest.contains(&format!("id=\"{field}\"")));
    let input = input.unwrap().split('>').next().unwrap();
    assert!(input.contains("aria-invalid=\"true\""), "{input}");
    assert!(input.contains(&format!("{field}-told\"")), "{input}");
    assert!(html.contains("<title>Error: "), "{html}");
    assert!(
        html.contains(&format!("<a href=\"#{field}\">{text}</a>")),
        "{html}"
    );
}

/// Signs up on the page.
async fn sign_up(browser: &mut Browser, email: &str) -> Answer {
    let fields = [("name", "Ann"), ("email", email), ("newPassword", PASSWORD)];
    fill(browser, "/sign-up", &fields).await
}

/// Signs in on the page.
async fn sign_in(browser: &mut Browser, email: &str, password: &str) -> Answer {
    let fields = [
        ("email", email),
        ("password", password),
        ("rememberMe", "on"),
    ];
    fill(browser, "/sign-in", &fields).await
}
