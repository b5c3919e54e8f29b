//! Passwords that lean on who their owner is, or on where they sign in.

use super::Context;

/// A part shorter than this is no reason to refuse anything: "Al" is in half of
/// all words.
const PART_MIN: usize = 4;
/// What must remain of a password once such a part is taken out.
const REST_MIN: usize = 8;

/// Whether `password`, ignoring case, is one of the account's own words (the
/// address, its local part, the name, the service's name), or has fewer than
/// eight characters left once such a word is taken out of it.
pub(super) fn is_personal(password: &str, context: &Context<'_>) -> bool {
    let password = password.to_lowercase();
    let local = context
        .email
        .rsplit_once('@')
        .map_or("", |(local, _)| local);
    [context.email, local, context.name, context.service]
        .iter()
        .map(|part| part.trim().to_lowercase())
        .filter(|part| !part.is_empty())
        .any(|part| password == part || leaves_too_little(&password, &part))
}

fn leaves_too_little(password: &str, part: &str) -> bool {
    part.chars().count() >= PART_MIN
        && password.contains(part)
        && password.replace(part, "").chars().count() < REST_MIN
}
