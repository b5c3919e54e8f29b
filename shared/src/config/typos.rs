//! Variables that nobody reads but whose name is almost one of ours. A setting
//! that is misspelt does nothing, and nothing else would say so.

use super::env::Reader;
use super::names;

/// Warns of every variable whose name is close to a setting that is not set.
pub(super) fn warn(reader: &mut Reader<'_>) {
    let env = reader.env;
    let is_known = |name: &str| names::ALL.iter().any(|setting| setting.name == name);
    let unknown = env.names().filter(|name| !is_known(name));
    let found: Vec<(&str, &str)> = unknown
        .filter_map(|name| {
            let meant = nearest(name)?;
            // Where the right name is set too, the other is another program's.
            (!env.names().any(|set| set == meant)).then_some((name, meant))
        })
        .collect();
    for (name, meant) in found {
        reader.warn(name, format!("is not a setting; is {meant} meant?"));
    }
}

/// The setting of which `name` is probably a misspelling.
fn nearest(name: &str) -> Option<&'static str> {
    let letters = letters(name);
    names::ALL
        .iter()
        .filter_map(|setting| {
            let wanted = self::letters(setting.name);
            let distance = distance(&letters, &wanted);
            (distance <= allowed(wanted.len())).then_some((distance, setting.name))
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

/// How many slips are taken for a misspelling of a name of so many letters. Short
/// names have too many neighbours that mean something: `HOSTS`, `POST`, `LOGS`.
fn allowed(letters: usize) -> usize {
    match letters {
        0..=6 => 0,
        7..=9 => 1,
        _ => 2,
    }
}

/// The name as it is compared: without separators, in upper case.
fn letters(name: &str) -> Vec<char> {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-' | '.' | ' '))
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// How many letters must be left out, put in, replaced or swapped with their
/// neighbour to get from one to the other (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
            let replaced = at(&last, j) + usize::from(x != y);
            let left_out = at(&last, j + 1) + 1;
            let put_in = at(&row, j) + 1;
            let mut best = replaced.min(left_out).min(put_in);
            if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests;
