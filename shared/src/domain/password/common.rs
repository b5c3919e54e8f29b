//! The passwords that attackers try first.
//!
//! The list is Django's `common-passwords.txt` (BSD-3-Clause, compiled by Royce
//! Williams from breach corpora), cut to eight characters and more, lower case,
//! sorted by bytes. Shorter ones fail the minimum anyway.

const LIST: &str = include_str!("../common_passwords.txt");

/// Whether `password`, ignoring case, is in the list. Case is ignored because
/// attackers' rules try `Password1` right after `password1`.
pub(super) fn is_common(password: &str) -> bool {
    let wanted = password.to_lowercase();
    let (mut low, mut high) = (0, LIST.len());
    while low < high {
        let (start, end) = line_around(low + (high - low) / 2);
        match LIST.get(start..end).unwrap_or_default().cmp(&wanted) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

/// The bounds of the line that holds byte `at` (a line's newline is its own).
fn line_around(at: usize) -> (usize, usize) {
    let bytes = LIST.as_bytes();
    let before = bytes.get(..at).unwrap_or_default();
    let after = bytes.get(at..).unwrap_or_default();
    let newline = |b: &u8| *b == b'\n';
    let start = before.iter().rposition(newline).map_or(0, |i| i + 1);
    let end = after
        .iter()
        .position(newline)
        .map_or(bytes.len(), |i| at + i);
    (start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_a3_every_word_of_the_list_is_found_in_any_case() {
        assert!(LIST.lines().count() > 8000);
        for word in LIST.lines() {
            assert!(is_common(word), "{word}");
        }
        assert!(is_common("PassWord1"));
    }

    #[test]
    fn the_list_is_sorted_and_lower_case() {
        let lines: Vec<&str> = LIST.lines().collect();
        assert!(lines.windows(2).all(|w| w[0] < w[1]));
        assert!(lines.iter().all(|l| **l == l.to_lowercase()));
    }

    #[test]
    fn what_only_contains_a_common_word_is_not_common() {
        for word in [
            "",
            "\n",
            "correct-horse-battery",
            "password1 and more",
            "zzzzzzzzzzzz~",
        ] {
            assert!(!is_common(word), "{word}");
        }
    }
}
