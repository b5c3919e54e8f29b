//! Which mails there are, by the names of their files, with the built-in texts and
//! what each may say.

/// The file that all HTML is put into.
pub(super) const LAYOUT: &str = "layout.html";
/// Its built-in text.
pub(super) const BUILT_IN_LAYOUT: &str = include_str!("../../templates/layout.html");

/// What every template may say.
pub(super) const COMMON: &[&str] = &["service", "name", "email"];
/// What a layout may say beside that: parts of the mail; `link` is empty in mails
/// without one.
pub(super) const IN_LAYOUT: &[&str] = &["title", "content", "button", "note", "link"];

const LINK: &[&str] = &["link", "minutes", "hours"];
const NEW_EMAIL: &[&str] = &["new_email"];

/// One kind of mail.
#[derive(Debug)]
pub struct Kind {
    /// Its name, which is that of its files.
    pub name: &'static str,
    /// What its templates may say beside what all may.
    pub(super) own: &'static [&'static str],
    pub(super) txt: &'static str,
    pub(super) html: &'static str,
}

impl Kind {
    /// Whether the mail is there for the sake of a link.
    pub fn has_link(&self) -> bool {
        self.own.contains(&"link")
    }

    pub(super) fn txt_name(&self) -> String {
        format!("{}.txt", self.name)
    }

    pub(super) fn html_name(&self) -> String {
        format!("{}.html", self.name)
    }
}

macro_rules! kind {
    ($name:literal, $own:expr) => {
        Kind {
            name: $name,
            own: $own,
            txt: include_str!(concat!("../../templates/", $name, ".txt")),
            html: include_str!(concat!("../../templates/", $name, ".html")),
        }
    };
}

/// All of them.
pub static KINDS: &[Kind] = &[
    kind!("verify-email", LINK),
    kind!("reset-password", LINK),
    kind!("sign-up-attempt", &[]),
    kind!("change-email", LINK),
    kind!("email-change-requested", NEW_EMAIL),
    kind!("email-changed", NEW_EMAIL),
    kind!("delete-user", LINK),
    kind!("password-changed", &[]),
];
