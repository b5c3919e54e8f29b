//! Passwords that lean on who their owner is, or on where they sign in.

use super::Context;

/// A part shorter than this is no reason to refuse anything: "Al" is in half of
/// all words.
const PART_MIN: usize = 4;
/// What must remain of a password once such a part is taken out.
const REST_MIN: usize = 8;

/// Whether `password`, ignoring case, is one of the account's own words (the
/// address, its local part, the name, the service's name, each of their parts,
/// and them without what stands between their parts), or has fewer than eight
/// characters left once such a word is taken out of it.
pub(super) fn is_personal(password: &str, context: &Context<'_>) -> bool {
    let password = password.to_lowercase();
    let local = context
        .email
        .rsplit_once('@')
        .map_or("", |(local, _)| local);
    [context.email, local, context.name, context.service]
        .iter()
        .flat_map(|text| words(text))
        .any(|word| password == word || leaves_too_little(&password, &word))
}

/// A text whole, in parts, and with its parts joined.
fn words(text: &str) -> Vec<String> {
    let whole = text.trim().to_lowercase();
    let parts = whole.split(|c: char| !c.is_alphanumeric());
    let mut words: Vec<String> = parts.map(str::to_owned).collect();
    words.push(words.concat());
    words.push(whole);
    words.retain(|word| !word.is_empty());
    words
}

fn leaves_too_little(password: &str, part: &str) -> bool {
    part.chars().count() >= PART_MIN
        && password.contains(part)
        && password.replace(part, "").chars().count() < REST_MIN
}
