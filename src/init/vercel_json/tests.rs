//! Adding to what is there, and what is there staying.

use super::super::rewrites::rewrites;
use super::super::vercel_doubts;
use super::super::vercel_doubts::doubts;
use super::*;

fn wanted() -> Vec<Rewrite> {
    rewrites(false, &[]).into_iter().take(2).collect()
}

/// Merges, and checks that a second time changes nothing.
fn merged(text: &str) -> String {
    let after = merge(Some(text), &wanted()).unwrap().expect("a change");
    assert_eq!(merge(Some(&after), &wanted()), Ok(None), "{after}");
    after
}

#[test]
fn a_new_file_has_rewrites_and_limits() {
    let text = merge(None, &wanted()).unwrap().unwrap();
    let expected = r#"{
  "$schema": "https://openapi.vercel.sh/vercel.json",
  "functions": {
    "api/*.rs": { "maxDuration": 30, "memory": 1024 }
  },
  "rewrites": [
    { "source": "/health", "destination": "/api/health?doorkey_path=/health" },
    { "source": "/api/auth/ok", "destination": "/api/health?doorkey_path=/api/auth/ok" }
  ]
}
"#;
    assert_eq!(text, expected);
}

#[test]
fn the_limits_are_ours() {
    let ours: Value = serde_json::from_str(include_str!("../../../vercel.json")).unwrap();
    let limits: Value = serde_json::from_str(LIMITS).unwrap();
    assert_eq!(ours["functions"][FUNCTIONS], limits);
}

const THEIRS: &str = r#"{
    "regions": ["fra1"],
    "rewrites": [ {"source": "/blog/:path*", "destination": "https://blog.example.com/:path*"},
                  {"source": "/(.*)", "destination": "/index"} ],
    "functions": { "app/api/**": { "maxDuration": 60 } },
    "crons": []
}
"#;

#[test]
fn what_is_there_keeps_its_bytes_and_its_order() {
    let after = merged(THEIRS);
    let mut rest = after.as_str();
    for part in [
        "{\n    \"regions\": [\"fra1\"],\n    \"rewrites\": [",
        "doorkey_path=/health\" },",
        " {\"source\": \"/blog/:path*\", \"destination\": \"https://blog.example.com/:path*\"},\n                  {\"source\": \"/(.*)\", \"destination\": \"/index\"} ],",
        "\"functions\": {\n        \"api/*.rs\": { \"maxDuration\": 30, \"memory\": 1024 },",
        " \"app/api/**\": { \"maxDuration\": 60 } },\n    \"crons\": []\n}\n",
    ] {
        let at = rest
            .find(part)
            .unwrap_or_else(|| panic!("{part} is not in {rest}"));
        rest = &rest[at + part.len()..];
    }
    assert!(serde_json::from_str::<Value>(&after).is_ok(), "{after}");
}

#[test]
fn every_small_form_is_taken() {
    for text in [
        "{}",
        "{ }\n",
        "{\"rewrites\":[]}",
        "{\"functions\":{},\"rewrites\":[ ]}",
        "{\"a\":1}",
    ] {
        let parsed: Value = serde_json::from_str(&merged(text)).unwrap();
        assert_eq!(parsed["rewrites"].as_array().unwrap().len(), 2, "{text}");
        assert!(parsed["functions"][FUNCTIONS].is_object(), "{text}");
    }
}

#[test]
fn rewrites_of_an_older_version_are_replaced_and_no_others() {
    let old = merged(THEIRS).replace("doorkey_path=/health", "doorkey_path=/healthz");
    let after = merged(&old);
    assert!(!after.contains("healthz"));
    let parsed: Value = serde_json::from_str(&after).unwrap();
    let sources = parsed["rewrites"].as_array().unwrap().iter();
    let sources: Vec<_> = sources.map(|one| one["source"].as_str().unwrap()).collect();
    assert_eq!(
        sources,
        ["/health", "/api/auth/ok", "/blog/:path*", "/(.*)"]
    );
}

#[test]
fn an_order_that_the_user_chose_stays_and_is_talked_about() {
    let ours = merge(None, &wanted()).unwrap().unwrap();
    let first = "{ \"source\": \"/api/:path*\", \"destination\": \"/api/all\" },";
    let text = ours.replace("\"rewrites\": [", &format!("\"rewrites\": [\n    {first}"));
    assert_eq!(merge(Some(&text), &wanted()), Ok(None));
    let doubts = doubts(&text, &wanted());
    assert!(
        doubts.len() == 1 && doubts[0].contains("`/api/:path*`"),
        "{doubts:?}"
    );
    assert_eq!(vercel_doubts::doubts(&ours, &wanted()), [""; 0]);
}

#[test]
fn what_vercel_would_refuse_is_refused() {
    for (text, why) in [
        ("{\"routes\": []}", "`routes`"),
        ("{\"builds\": []}", "`builds`"),
        ("{\"rewrites\": {}}", "`rewrites`"),
        ("{\"functions\": 1}", "`functions`"),
        ("[]", "object"),
        ("{,}", "not JSON"),
        ("\u{feff}{}", "without BOM"),
    ] {
        let error = merge(Some(text), &wanted()).unwrap_err();
        assert!(error.contains(why), "{text}: {error}");
    }
    assert_eq!(
        doubts("{\"outputDirectory\": \"public\"}", &wanted()).len(),
        1
    );
}

#[test]
fn line_ends_of_another_system_are_kept() {
    let after = merged(&THEIRS.replace('\n', "\r\n"));
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
}
