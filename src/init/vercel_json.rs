//! `vercel.json`: our rewrites and limits are added to what is there, and every
//! other byte of it stays.

use std::ops::Range;

use serde_json::Value;

use super::json_text::{elements, members};
use super::rewrites::{HINT, Rewrite};

pub(super) const PATH: &str = "vercel.json";
const NEW: &str = "{\n  \"$schema\": \"https://openapi.vercel.sh/vercel.json\"\n}\n";
const FUNCTIONS: &str = "api/*.rs";
const LIMITS: &str = "{ \"maxDuration\": 30, \"memory\": 1024 }";

/// The text with these rewrites of ours and no other; `None` when it has them.
/// Fails with what is in the way.
pub(super) fn merge(text: Option<&str>, wanted: &[Rewrite]) -> Result<Option<String>, String> {
    let before = text.unwrap_or(NEW);
    if before.starts_with('\u{feff}') {
        return Err(format!(
            "{PATH} begins with a byte order mark, which JSON must not: save it as UTF-8 without BOM"
        ));
    }
    let parsed: Value =
        serde_json::from_str(before).map_err(|error| format!("{PATH} is not JSON: {error}"))?;
    refuse(&parsed)?;
    let newline = if before.contains("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let limited = with_limits(before, newline);
    let after = with_rewrites(&limited, wanted, newline);
    Ok((text != Some(after.as_str())).then_some(after))
}

/// What Vercel takes no rewrites or no functions of `api/` beside.
fn refuse(parsed: &Value) -> Result<(), String> {
    let Some(object) = parsed.as_object() else {
        return Err(format!("{PATH} is not an object"));
    };
    for old in ["routes", "builds"] {
        if object.contains_key(old) {
            return Err(format!(
                "{PATH} has `{old}`, beside which Vercel takes no rewrites or functions of api/: \
                 write it as `rewrites`, `redirects` and `headers`"
            ));
        }
    }
    let kinds = [
        (
            "rewrites",
            object.get("rewrites").is_none_or(Value::is_array),
        ),
        (
            "functions",
            object.get("functions").is_none_or(Value::is_object),
        ),
    ];
    match kinds.iter().find(|(_, fits)| !fits) {
        Some((name, _)) => Err(format!("{PATH}: `{name}` is not what Vercel documents")),
        None => Ok(()),
    }
}

pub(super) fn is_ours(rewrite: &Rewrite) -> bool {
    rewrite.destination.contains(HINT)
}

fn with_limits(text: &str, newline: &str) -> String {
    let top = members(text, 0);
    let Some(functions) = top.iter().find(|member| member.name == "functions") else {
        let indent = indentation(text);
        let value =
            format!("{{{newline}{indent}{indent}\"{FUNCTIONS}\": {LIMITS}{newline}{indent}}}");
        return with_member(text, "functions", &value, newline);
    };
    let inside = members(text, functions.value.start);
    if inside.iter().any(|member| member.name == FUNCTIONS) {
        return text.to_owned();
    }
    // First: of several patterns that match, the first counts.
    let indent = indentation(text);
    let comma = if inside.is_empty() { newline } else { "," };
    let added = format!("{newline}{indent}{indent}\"{FUNCTIONS}\": {LIMITS}{comma}");
    let at = functions.value.start + 1;
    replaced(text, &(at..at), &added)
}

fn with_rewrites(text: &str, wanted: &[Rewrite], newline: &str) -> String {
    let indent = indentation(text);
    let gap = format!("{newline}{indent}{indent}");
    let ours: Vec<String> = wanted
        .iter()
        .map(|rewrite| format!("{gap}{}", rewrite.json()))
        .collect();
    let ours = ours.join(",");
    let top = members(text, 0);
    let Some(member) = top.iter().find(|member| member.name == "rewrites") else {
        return with_member(
            text,
            "rewrites",
            &format!("[{ours}{newline}{indent}]"),
            newline,
        );
    };
    let all = elements(text, member.value.start);
    let parsed =
        |at: &Range<usize>| Rewrite::of(&serde_json::from_str(text.get(at.clone())?).ok()?);
    let there: Vec<_> = all.iter().map(|at| (at, parsed(at))).collect();
    let has = there
        .iter()
        .filter_map(|(_, one)| one.as_ref().filter(|one| is_ours(one)));
    if has.eq(wanted) {
        return text.to_owned();
    }
    let inside = member.value.start + 1..member.value.end.saturating_sub(1);
    let theirs: Vec<&str> = there
        .iter()
        .filter(|(_, one)| !one.as_ref().is_some_and(is_ours))
        .filter_map(|(at, _)| text.get((*at).clone()))
        .collect();
    if theirs.is_empty() {
        return replaced(text, &inside, &format!("{ours}{newline}{indent}"));
    }
    if theirs.len() == all.len() {
        // None of ours yet: theirs stay as they are, spaces and all.
        let at = inside.start;
        return replaced(text, &(at..at), &format!("{ours},"));
    }
    let theirs = theirs.join(&format!(",{gap}"));
    replaced(
        text,
        &inside,
        &format!("{ours},{gap}{theirs}{newline}{indent}"),
    )
}

/// With one more member at the object's end.
fn with_member(text: &str, name: &str, value: &str, newline: &str) -> String {
    let indent = indentation(text);
    let added = format!("{newline}{indent}\"{name}\": {value}");
    match members(text, 0).last() {
        Some(last) => {
            let at = last.value.end;
            replaced(text, &(at..at), &format!(",{added}"))
        }
        None => format!("{{{added}{newline}}}{newline}"),
    }
}

fn replaced(text: &str, part: &Range<usize>, by: &str) -> String {
    let before = text.get(..part.start).unwrap_or_default();
    let after = text.get(part.end..).unwrap_or_default();
    format!("{before}{by}{after}")
}

/// What the first member is indented by; two spaces where it is not.
fn indentation(text: &str) -> String {
    let line = text.lines().find(|line| line.trim_start().starts_with('"'));
    let line = line.unwrap_or_default();
    let spaces = line
        .get(..line.len() - line.trim_start().len())
        .unwrap_or_default();
    if spaces.is_empty() {
        "  ".to_owned()
    } else {
        spaces.to_owned()
    }
}

#[cfg(test)]
mod tests;
