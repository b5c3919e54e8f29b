//! What in `vercel.json` is against us, for its owner to look at. It is told of the
//! text as it will be, for our rewrites are put above theirs.

use serde_json::Value;

use super::rewrites::Rewrite;
use super::vercel_json::{PATH, is_ours};

/// All of it.
pub(super) fn doubts(text: &str, wanted: &[Rewrite]) -> Vec<String> {
    let parsed: Value = serde_json::from_str(text).unwrap_or_default();
    let mut found = Vec::new();
    if parsed.get("outputDirectory").is_some() {
        found.push(format!(
            "{PATH} sets `outputDirectory`: a Next.js project must not, or its pages are not found"
        ));
    }
    if parsed.get("trailingSlash") == Some(&Value::Bool(true)) {
        found.push(format!(
            "{PATH} sets `trailingSlash: true`, which sends /api/auth/... on to an address with a slash, where \
             no rewrite leads to Doorkey: remove it"
        ));
    }
    found.extend(rewrites(&parsed, wanted));
    found.extend(redirects(&parsed, wanted));
    found.extend(headers(&parsed, wanted));
    found
}

fn list<'a>(parsed: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    parsed
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn source(value: &Value) -> Option<&str> {
    value.get("source").and_then(Value::as_str)
}

/// The first path of ours that a rule of theirs takes.
fn taken<'a>(rule: &Value, wanted: &'a [Rewrite]) -> Option<(String, &'a str)> {
    let pattern = source(rule)?;
    let ours = wanted.iter().find(|ours| covers(pattern, &ours.source))?;
    Some((pattern.to_owned(), &ours.source))
}

fn rewrites(parsed: &Value, wanted: &[Rewrite]) -> Vec<String> {
    // What stands below ours takes nothing from them.
    let above = list(parsed, "rewrites")
        .take_while(|one| !Rewrite::of(one).is_some_and(|one| is_ours(&one)));
    above
        .filter_map(|one| taken(one, wanted))
        .map(|(pattern, path)| {
            format!("{PATH}: the rewrite of `{pattern}` stands above Doorkey's and takes `{path}`")
        })
        .collect()
}

fn redirects(parsed: &Value, wanted: &[Rewrite]) -> Vec<String> {
    // With a condition it is mostly one host sent on to another, as it should be.
    let plain = list(parsed, "redirects").filter(|one| one.get("has").is_none());
    plain
        .filter_map(|one| taken(one, wanted))
        .map(|(pattern, path)| {
            format!(
                "{PATH}: the redirect of `{pattern}` comes before every rewrite and takes `{path}`: exempt \
                 /api/auth from it"
            )
        })
        .collect()
}

fn headers(parsed: &Value, wanted: &[Rewrite]) -> Vec<String> {
    let mut found = Vec::new();
    for rule in list(parsed, "headers") {
        let Some((pattern, _)) = taken(rule, wanted) else {
            continue;
        };
        for header in list(rule, "headers") {
            let text = |name| header.get(name).and_then(Value::as_str).unwrap_or_default();
            let (key, value) = (text("key"), text("value"));
            let what = if key.eq_ignore_ascii_case("access-control-allow-origin") {
                "lets pages of other origins read Doorkey's answers, or breaks those that it lets"
            } else if value.to_ascii_lowercase().contains("s-maxage") {
                "lets Vercel keep what one visitor is told and tell it to the next"
            } else {
                continue;
            };
            found.push(format!(
                "{PATH}: the header {key} of `{pattern}` {what}: exempt /api/auth from it"
            ));
        }
    }
    found
}

/// Whether a pattern of theirs may match a path of ours: to the letter, or by what
/// stands before its first variable part. One that exempts /api does not.
fn covers(pattern: &str, path: &str) -> bool {
    match pattern.find([':', '(', '*']) {
        Some(_) if pattern.contains("(?!api") => false,
        Some(at) => pattern
            .get(..at)
            .is_some_and(|start| path.starts_with(start)),
        None => pattern == path,
    }
}

#[cfg(test)]
mod tests {
    use super::super::rewrites::rewrites;
    use super::*;

    fn of(text: &str) -> Vec<String> {
        doubts(text, &rewrites(false, &[]))
    }

    #[test]
    fn what_takes_or_changes_our_answers_is_named() {
        for (text, named) in [
            (r#"{"trailingSlash": true}"#, "`trailingSlash: true`"),
            (
                r#"{"redirects": [{"source": "/api/:path*", "destination": "/x"}]}"#,
                "redirect of `/api/:path*`",
            ),
            (
                r#"{"headers": [{"source": "/api/(.*)", "headers": [{"key": "access-control-allow-origin", "value": "*"}]}]}"#,
                "access-control-allow-origin of `/api/(.*)`",
            ),
            (
                r#"{"headers": [{"source": "/(.*)", "headers": [{"key": "Cache-Control", "value": "s-maxage=60"}]}]}"#,
                "header Cache-Control",
            ),
        ] {
            let found = of(text);
            assert!(
                found.len() == 1 && found[0].contains(named),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn what_leaves_them_alone_is_not() {
        for text in [
            r#"{"trailingSlash": false}"#,
            r#"{"redirects": [{"source": "/old", "destination": "/new"}]}"#,
            r#"{"redirects": [{"source": "/((?!api/).*)", "destination": "/x"}]}"#,
            r#"{"redirects": [{"source": "/(.*)", "has": [{"type": "host", "value": "www.a.example"}], "destination": "/x"}]}"#,
            r#"{"headers": [{"source": "/api/(.*)", "headers": [{"key": "x-a", "value": "b"}]}]}"#,
            r#"{"headers": [{"source": "/img/(.*)", "headers": [{"key": "Cache-Control", "value": "s-maxage=60"}]}]}"#,
            "",
        ] {
            assert_eq!(of(text), [""; 0], "{text}");
        }
    }
}
