//! Where things are in a JSON text, so that it can be added to without another
//! byte changing. The text is known to be JSON: a parser has read it before.

use std::ops::Range;

/// A member of an object: its name, and where its value is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) value: Range<usize>,
}

/// The members of the object that begins at or after `start`.
pub(super) fn members(text: &str, start: usize) -> Vec<Member> {
    let mut found = Vec::new();
    let mut at = skip_space(text, start) + 1;
    while byte(text, skip_space(text, at)) == Some(b'"') {
        let name_at = skip_space(text, at);
        let name_end = end_of_value(text, name_at);
        let name = text.get(name_at..name_end).unwrap_or_default();
        let value_at = skip_space(text, skip_space(text, name_end) + 1);
        let value = value_at..end_of_value(text, value_at);
        at = skip_comma(text, value.end);
        found.push(Member {
            name: serde_json::from_str(name).unwrap_or_default(),
            value,
        });
    }
    found
}

/// Where the elements are of the array that begins at or after `start`.
pub(super) fn elements(text: &str, start: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = skip_space(text, skip_space(text, start) + 1);
    while byte(text, at).is_some_and(|byte| byte != b']') {
        let element = at..end_of_value(text, at);
        at = skip_space(text, skip_comma(text, element.end));
        found.push(element);
    }
    found
}

fn byte(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).copied()
}

fn skip_space(text: &str, start: usize) -> usize {
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    start
        + rest
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count()
}

fn skip_comma(text: &str, start: usize) -> usize {
    let at = skip_space(text, start);
    if byte(text, at) == Some(b',') {
        at + 1
    } else {
        at
    }
}

/// Behind the value that begins at `start`.
fn end_of_value(text: &str, start: usize) -> usize {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let bytes = text.as_bytes().get(start..).unwrap_or_default();
    for (offset, byte) in bytes.iter().enumerate() {
        let at = start + offset;
        if in_string {
            in_string = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
            if !in_string && depth == 0 {
                return at + 1;
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            // A number or a word ends where something else begins.
            b'}' | b']' | b',' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            other if depth == 0 && other.is_ascii_whitespace() => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#" { "a" : 12 ,"b\"{": "x\\\"]}", "c":[ {"d":[1]}, "e,", true ],
        "f": {}, "g": null }"#;

    #[test]
    fn members_and_elements_are_found_where_they_are() {
        let members = members(TEXT, 0);
        let seen: Vec<_> = members
            .iter()
            .map(|m| (m.name.as_str(), &TEXT[m.value.clone()]))
            .collect();
        let array = r#"[ {"d":[1]}, "e,", true ]"#;
        assert_eq!(
            seen,
            [
                ("a", "12"),
                ("b\"{", r#""x\\\"]}""#),
                ("c", array),
                ("f", "{}"),
                ("g", "null")
            ]
        );
        let inside: Vec<_> = elements(TEXT, members[2].value.start)
            .into_iter()
            .map(|at| &TEXT[at])
            .collect();
        assert_eq!(inside, [r#"{"d":[1]}"#, r#""e,""#, "true"]);
    }

    #[test]
    fn empty_ones_have_none() {
        assert_eq!(members("{ }", 0), []);
        assert!(elements("[\n]", 0).is_empty());
    }
}
