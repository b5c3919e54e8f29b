//! What of other people's words a mail shows.
//!
//! Anybody can sign up with somebody else's address and a name of their choice; the
//! service then mails that name to a stranger, under its own good reputation. This
//! is how spammers use verification mails: "Hello Visit evil.example, you won". So a
//! name is cut, and one that a mail program could make a link of is not shown.

/// The longest name that is shown, in characters.
const NAME_MAX: usize = 64;
/// The longest subject, in characters.
const SUBJECT_MAX: usize = 200;

/// A name as mails greet with it; empty where it had better not be shown.
pub(super) fn name(raw: &str) -> String {
    let line = line(raw);
    if may_become_a_link(&line) {
        return String::new();
    }
    cut(&line, NAME_MAX)
}

/// A subject: one line, not too long.
pub(super) fn subject(raw: &str) -> String {
    cut(&line(raw), SUBJECT_MAX)
}

/// One line without what is not seen: control characters, which could end a header
/// (CWE-93), become spaces; marks that turn the direction of writing (CVE-2021-42574)
/// or have no width go.
pub(super) fn line(raw: &str) -> String {
    let seen: String = raw
        .chars()
        .filter(|c| !is_unseen(*c))
        .map(|c| if breaks(c) { ' ' } else { c })
        .collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn breaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// Mail programs make links of URLs, of addresses, and of bare `evil.example`.
fn may_become_a_link(line: &str) -> bool {
    line.contains(['/', '\\', '@', ':']) || line.split(' ').any(looks_like_a_domain)
}

/// Whether a dot stands between two letters or digits and two letters, as in a
/// host's name. `J.R. Smith` and `Jr.` pass.
fn looks_like_a_domain(word: &str) -> bool {
    let labels: Vec<&str> = word.split(['.', '。', '．', '｡']).collect();
    labels.windows(2).any(|pair| match pair {
        [before, after] => {
            let host = before.chars().rev().take_while(|c| c.is_alphanumeric());
            let top = after.chars().take_while(|c| c.is_alphabetic());
            host.count() >= 2 && top.count() >= 2
        }
        _ => false,
    })
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most - 1).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_f4_a_name_that_may_become_a_link_is_not_shown() {
        for spam in [
            "Visit http://evil.example",
            "HTTPS://EVIL",
            "go to evil.example now",
            "www.evil",
            "evil。com",
            "evil\u{200B}.com",
            "ann@evil.example",
            "//evil",
            "\\\\evil\\share",
            "tel:900123",
        ] {
            assert_eq!(name(spam), "", "{spam}");
        }
        for real in [
            "Ann Lee",
            "J.R. Smith",
            "Dr. Who",
            "O'Neill, jr.",
            "李小龍",
            "Zoë-Ann",
        ] {
            assert_eq!(name(real), real);
        }
    }

    #[test]
    fn sec_f4_no_text_is_more_than_one_line_of_bounded_length() {
        assert_eq!(line("a\r\nBcc: b\u{0}c\u{2028}d\t e "), "a Bcc: b c d e");
        assert_eq!(line("a\u{202E}b\u{2066}c\u{FEFF}"), "abc");
        let long = name(&"ä".repeat(500));
        assert_eq!(
            (long.chars().count(), long.ends_with('…')),
            (NAME_MAX, true)
        );
        assert_eq!(name(&"ä".repeat(NAME_MAX)), "ä".repeat(NAME_MAX));
        assert_eq!(subject(&"x".repeat(5000)).chars().count(), SUBJECT_MAX);
        assert_eq!(name("\r\n \t"), "");
    }
}
