//! The table of functions is the one truth: files, binaries and rewrites agree
//! with it.

use std::collections::BTreeSet;

use doorkey::http::FUNCTIONS;
use serde_json::{Value, json};

use crate::tree::{files, read};

/// Vercel's smallest plan takes twelve functions, a file of `api/` each.
const MOST_FUNCTIONS: usize = 12;

fn names() -> BTreeSet<String> {
    FUNCTIONS
        .iter()
        .map(|function| function.name.to_owned())
        .collect()
}

#[test]
fn every_file_of_api_is_a_function_and_the_other_way_round() {
    let stems: BTreeSet<String> = files("api")
        .iter()
        .map(|path| {
            path.to_string_lossy()
                .trim_start_matches("api/")
                .trim_end_matches(".rs")
                .to_owned()
        })
        .collect();
    assert_eq!(stems, names());
    assert!(stems.len() <= MOST_FUNCTIONS);
}

#[test]
fn a_file_of_api_only_serves() {
    for name in names() {
        let text = read(&format!("api/{name}.rs"));
        assert!(
            text.lines().count() <= 10,
            "api/{name}.rs does more than serve"
        );
        assert!(
            text.contains(&format!("runtime::serve({})", name.to_uppercase())),
            "api/{name}.rs"
        );
    }
}

#[test]
fn every_function_is_a_binary_and_the_other_way_round() {
    let manifest = read("Cargo.toml");
    let bins: BTreeSet<(String, String)> = manifest
        .split("[[bin]]")
        .skip(1)
        .map(|entry| (value(entry, "name"), value(entry, "path")))
        .collect();
    let mut wanted: BTreeSet<(String, String)> = names()
        .into_iter()
        .map(|name| (name.clone(), format!("api/{name}.rs")))
        .collect();
    wanted.insert(("doorkey".into(), "src/main.rs".into()));
    // Written into projects by `doorkey init`; run by our tests.
    wanted.insert(("project".into(), "src/init/files/single.rs".into()));
    assert_eq!(bins, wanted);
}

fn value(entry: &str, key: &str) -> String {
    let start = format!("{key} = \"");
    let line = entry
        .lines()
        .find_map(|line| line.strip_prefix(&start))
        .unwrap();
    line.trim_end_matches('"').to_owned()
}

#[test]
fn vercel_rewrites_every_endpoint_to_its_function() {
    let settings: Value = serde_json::from_str(&read("vercel.json")).unwrap();
    let wanted: Vec<Value> = FUNCTIONS
        .iter()
        .flat_map(|function| function.endpoints.iter().map(move |endpoint| (function, endpoint.path)))
        .filter(|(function, path)| *path != function.own_path())
        .map(|(function, path)| {
            // Unnamed: a named group would be added to the query.
            let (source, path) = match path.split_once('{') {
                Some((before, _)) => (format!("{before}(.*)"), format!("{before}$1")),
                None => (path.to_owned(), path.to_owned()),
            };
            json!({"source": source, "destination": format!("{}?doorkey_path={path}", function.own_path())})
        })
        .collect();
    assert_eq!(
        settings["rewrites"],
        Value::Array(wanted.clone()),
        "wanted: {}",
        json!(wanted)
    );
}

#[test]
fn vercel_publishes_the_public_folder_alone() {
    let settings: Value = serde_json::from_str(&read("vercel.json")).unwrap();
    let folder = settings["outputDirectory"].as_str().unwrap();
    // Without a file in it the whole project would be served, sources and all.
    assert!(!files(folder).is_empty());
}

#[test]
fn no_path_is_served_twice() {
    let mut seen = BTreeSet::new();
    for endpoint in FUNCTIONS.iter().flat_map(|function| function.endpoints) {
        assert!(
            seen.insert(endpoint.path),
            "{} is served twice",
            endpoint.path
        );
    }
}
