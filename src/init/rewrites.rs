//! The rewrites that lead the protocol's paths to the functions, from the table.

use doorkey::http::FUNCTIONS;
use doorkey::http::functions::TOGETHER;
use serde_json::{Value, json};

/// Marks a destination as ours: a rewrite says by it where the browser asked.
pub(super) const HINT: &str = "?doorkey_path=";

/// One rewrite of `vercel.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rewrite {
    pub(super) source: String,
    pub(super) destination: String,
}

impl Rewrite {
    fn new(function: &str, path: &str) -> Self {
        // Unnamed: a named group would be added to the query.
        let (source, path) = match path.split_once('{') {
            Some((before, _)) => (format!("{before}(.*)"), format!("{before}$1")),
            None => (path.to_owned(), path.to_owned()),
        };
        let destination = format!("{function}{HINT}{path}");
        Self {
            source,
            destination,
        }
    }

    /// On one line.
    pub(super) fn json(&self) -> String {
        let (source, destination) = (json!(self.source), json!(self.destination));
        format!("{{ \"source\": {source}, \"destination\": {destination} }}")
    }

    /// The rewrite that this value is.
    pub(super) fn of(value: &Value) -> Option<Self> {
        let text = |name| value.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            source: text("source")?,
            destination: text("destination")?,
        })
    }
}

/// All of them but those of the paths that the app serves itself.
pub(super) fn rewrites(single: bool, apps_own: &[&str]) -> Vec<Rewrite> {
    let mut wanted = Vec::new();
    for function in FUNCTIONS {
        let own_path = function.own_path();
        for path in function.endpoints.iter().map(|endpoint| endpoint.path) {
            if apps_own.contains(&path) {
                continue;
            }
            if single {
                wanted.push(Rewrite::new(TOGETHER, path));
            } else if path != own_path {
                wanted.push(Rewrite::new(&own_path, path));
            }
        }
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `vercel.json` is checked against the table by a test of its own.
    #[test]
    fn they_are_those_of_our_own_vercel_json() {
        let ours: Value = serde_json::from_str(include_str!("../../vercel.json")).unwrap();
        let ours: Vec<_> = ours["rewrites"].as_array().unwrap().iter().collect();
        let wanted = rewrites(false, &[]);
        assert_eq!(
            wanted
                .iter()
                .map(|one| Some(one.clone()))
                .collect::<Vec<_>>(),
            ours.iter().map(|one| Rewrite::of(one)).collect::<Vec<_>>()
        );
        for (rewrite, value) in wanted.iter().zip(ours) {
            let line: Value = serde_json::from_str(&rewrite.json()).unwrap();
            assert_eq!(line, *value);
        }
    }

    #[test]
    fn in_one_function_the_short_paths_are_rewritten_too() {
        let all = rewrites(true, &["/health"]);
        let has = |path: &str| all.iter().any(|rewrite| rewrite.source == path);
        assert!(has("/api/signin") && has("/api/auth/sign-in/email") && has("/api/health"));
        assert!(!has("/health"));
        let leads = |rewrite: &Rewrite| {
            rewrite
                .destination
                .starts_with("/api/doorkey?doorkey_path=/")
        };
        assert!(all.iter().all(leads));
    }
}
