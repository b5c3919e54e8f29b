//! Keys that somebody could guess. Not a measure of strength: it catches what
//! people leave in place of a key, and no key that was drawn at random.

use crate::config::names;
use std::collections::BTreeSet;

/// A random key holds one of these less than once in a million times, whatever
/// alphabet it is written in.
const WORDS: [&str; 5] = ["secret", "changeme", "password", "example", "doorkey"];

/// A random key of 32 hexadecimal digits has fewer less than once in a million times.
const FEWEST_CHARACTERS: usize = 8;

/// Why the key is weak, as the end of a sentence; `None` when nothing is seen.
pub(super) fn weakness(key: &str) -> Option<&'static str> {
    let letters: String = key
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | ' '))
        .collect::<String>()
        .to_ascii_lowercase();
    if names::ALL.iter().any(|setting| setting.example == key) {
        Some("is the example and known to everybody")
    } else if WORDS.iter().any(|word| letters.contains(word)) {
        Some("is made of words and can be guessed")
    } else if repeats(key.as_bytes()) || distinct(key) < FEWEST_CHARACTERS {
        Some("repeats itself and can be guessed")
    } else {
        None
    }
}

/// Whether some beginning of at most half the length, said again and again, is
/// the whole.
fn repeats(bytes: &[u8]) -> bool {
    (1..=bytes.len() / 2).any(|period| {
        bytes
            .iter()
            .zip(bytes.iter().skip(period))
            .all(|(a, b)| a == b)
    })
}

fn distinct(key: &str) -> usize {
    key.chars().collect::<BTreeSet<_>>().len()
}
