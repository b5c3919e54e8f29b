//! Settings that are a program: what of the text is code, for what is said in a
//! comment is neither set nor done.

/// The same text with spaces for its comments, so that every byte stays in its place.
pub(super) fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, is_comment) = match first {
            '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), true),
            '/' if rest.starts_with("/*") => {
                (rest.find("*/").map_or(rest.len(), |at| at + 2), true)
            }
            '"' | '\'' | '`' => (string(rest, first), false),
            other => (other.len_utf8(), false),
        };
        let (part, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        if is_comment {
            let blank = |byte| {
                if matches!(byte, b'\n' | b'\r') {
                    byte as char
                } else {
                    ' '
                }
            };
            out.extend(part.bytes().map(blank));
        } else {
            out.push_str(part);
        }
        rest = after;
    }
    out
}

/// How long the string is that `text` begins with. One of a line ends with it at the
/// latest: the sign may have stood in a regular expression.
fn string(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, char) in text.char_indices().skip(1) {
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' if quote != '`' => return at,
            other if other == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Whether `name: value` is set anywhere, with whatever spaces and quotes.
pub(super) fn sets(code: &str, name: &str, value: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    code.match_indices(name).any(|(at, _)| {
        let before = code.get(..at).unwrap_or_default();
        let after = code.get(at + name.len()..).unwrap_or_default();
        let after = after.trim_start_matches(['"', '\'']).trim_start();
        let Some(given) = after.strip_prefix(':').map(str::trim_start) else {
            return false;
        };
        let given = given.trim_start_matches(['"', '\'', '`']);
        let rest = given.strip_prefix(value);
        !before.ends_with(is_part) && rest.is_some_and(|rest| !rest.starts_with(is_part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_all_else_stays_where_it_is() {
        for (text, code) in [
            ("a // b\nc", "a     \nc"),
            ("a /* é\n */ b", "a      \n    b"),
            ("\"http://a\" // b", "\"http://a\"     "),
            (
                "'it\\'s // no' + `/* ${x}\n*/`",
                "'it\\'s // no' + `/* ${x}\n*/`",
            ),
            ("/it's/ // x\ny", "/it's/ // x\ny"),
            ("/* open", "       "),
        ] {
            assert_eq!(without_comments(text), code);
            assert_eq!(without_comments(text).len(), text.len());
        }
    }

    #[test]
    fn a_setting_is_found_as_people_write_it() {
        for text in [
            "{ output: \"export\" }",
            "output:'export',",
            "\"output\" : `export`",
        ] {
            assert!(sets(text, "output", "export"), "{text}");
        }
        for text in [
            "myoutput: 'export'",
            "output: 'exported'",
            "output: 'standalone'",
            "",
        ] {
            assert!(!sets(text, "output", "export"), "{text}");
        }
    }
}
