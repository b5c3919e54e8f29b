//! The API's description: whole, and as it stands in `docs/openapi.json`.

use std::collections::BTreeSet;

use doorkey::http::{FUNCTIONS, openapi};
use serde_json::Value;

use crate::tree::read;

#[test]
fn the_document_is_the_one_in_docs() {
    let kept: Value = serde_json::from_str(&read("docs/openapi.json")).unwrap();
    assert!(
        kept == openapi::document(FUNCTIONS),
        "docs/openapi.json is out of date: cargo run -- openapi > docs/openapi.json"
    );
}

#[test]
fn every_endpoint_is_described_and_has_a_name_of_its_own() {
    let document = openapi::document(FUNCTIONS);
    let mut ids = BTreeSet::new();
    for endpoint in FUNCTIONS.iter().flat_map(|function| function.endpoints) {
        let method = endpoint.method().to_ascii_lowercase();
        let operation = &document["paths"][endpoint.path][&method];
        assert_ne!(
            operation["summary"].as_str().unwrap(),
            "",
            "{}",
            endpoint.path
        );
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id.to_owned()), "{id} names two operations");
        let responses = operation["responses"].as_object().unwrap();
        let succeeds = responses.keys().any(|status| status.as_str() < "400");
        assert!(succeeds, "{} never succeeds", endpoint.path);
    }
    assert!(ids.len() > 10, "the test no longer sees the endpoints");
}
