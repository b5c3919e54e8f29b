//! Who is asking, in headers for another back end: told by `/api/verify` to a proxy,
//! and by the server to the back end that it guards.

use std::fmt::Write as _;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::service::authenticate::Authenticated;

/// Writes the headers, in the place of whatever stands under their names.
pub(crate) fn tell(found: &Authenticated, headers: &mut HeaderMap) {
    let identity = [
        ("x-auth-user-id", found.user.id.to_string()),
        ("x-auth-email", printable(&found.user.email)),
        // Until it is true, the address is what somebody typed.
        (
            "x-auth-email-verified",
            found.user.email_verified.to_string(),
        ),
        ("x-auth-name", printable(&found.user.name)),
        (
            "x-auth-session-expires",
            found.session.expires_at.to_string(),
        ),
    ];
    for (name, value) in identity {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// Text as a header's value: printable ASCII as it is, all else (and `%`)
/// percent-encoded UTF-8.
fn printable(text: &str) -> String {
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut out, byte| {
            match byte {
                b'%' => out.push_str("%25"),
                b' '..=b'~' => out.push(char::from(byte)),
                // Writing to a String cannot fail.
                _ => drop(write!(out, "%{byte:02X}")),
            }
            out
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_a_header() {
        assert_eq!(printable("Ann Lee"), "Ann Lee");
        assert_eq!(printable("Zoë 100%\r\nX: y"), "Zo%C3%AB 100%25%0D%0AX: y");
    }
}
