//! Which origins are trusted on each platform, and where users reach the service.

use super::*;
use crate::config::tests::Pairs;
use crate::config::{Env, Program, place};

const IPC: (&str, &str) = ("VERCEL_IPC_PATH", "/tmp/ipc");
const SPACE: (&str, &str) = ("SPACE_HOST", "team-auth.hf.space");
const OPEN: (&str, &str) = ("HOST", "0.0.0.0");
const APP: (&str, &str) = ("FRONTEND_URL", "https://app.example.com");
const VERCEL: [(&str, &str); 4] = [
    IPC,
    ("VERCEL_URL", "app-abc123-team.vercel.app"),
    ("VERCEL_BRANCH_URL", "app-git-main-team.vercel.app"),
    ("VERCEL_PROJECT_PRODUCTION_URL", "app.example.com"),
];

/// What was read, the faults' names with what is wrong, the warnings' names.
fn read(program: Program, pairs: Pairs<'_>) -> (Option<Origins>, Vec<String>, Vec<String>) {
    let env = Env::from_pairs(pairs.iter().copied());
    let mut reader = Reader::new(&env);
    let place = place::find(&mut reader, program);
    let found = settings(&mut reader, &place);
    let faults = reader
        .faults
        .iter()
        .map(|f| format!("{} {}", f.name, f.wrong));
    let warnings = reader.warnings.iter().map(|w| w.name.clone());
    (found, faults.collect(), warnings.collect())
}

fn good(program: Program, pairs: Pairs<'_>) -> Origins {
    let (found, faults, _) = read(program, pairs);
    assert_eq!(faults, [""; 0], "{pairs:?}");
    found.expect("there are origins")
}

fn trusted(origins: &Origins) -> Vec<String> {
    let patterns = origins.trusted.patterns();
    patterns.iter().map(ToString::to_string).collect()
}

#[test]
fn locally_the_usual_front_end_is_trusted() {
    let origins = good(Program::Server, &[]);
    assert_eq!(
        trusted(&origins),
        ["http://localhost:3000", "http://localhost:7860"]
    );
    assert_eq!(origins.public_url.as_str(), "http://localhost:7860");
    assert_eq!(origins.service_name, "localhost");
    assert!(!origins.cross_site);
}

#[test]
fn a_space_has_its_own_pages_unless_others_are_named() {
    let own = good(Program::Server, &[SPACE]);
    assert_eq!(trusted(&own), ["https://team-auth.hf.space"]);
    assert_eq!(own.service_name, "team-auth.hf.space");
    let (_, faults, _) = read(Program::Server, &[("SPACE_ID", "team/auth")]);
    assert!(
        faults[0].starts_with("FRONTEND_URL is not set"),
        "{faults:?}"
    );
}

#[test]
fn users_reach_a_projects_own_program_through_its_front_end() {
    let public_url = |pairs: Pairs<'_>| {
        let origins = good(Program::Project, pairs);
        origins.public_url.as_str().to_owned()
    };
    assert_eq!(public_url(&[]), "http://localhost:3000");
    let other = ("FRONTEND_URL", "http://localhost:3001");
    assert_eq!(public_url(&[other]), "http://localhost:3001");
    assert_eq!(public_url(&[APP, OPEN]), "http://localhost:7860");
    assert_eq!(public_url(&VERCEL), "https://app-abc123-team.vercel.app");
}

#[test]
fn a_local_function_and_its_front_end_may_be_one_origin() {
    let origins = good(Program::Function, &[]);
    assert_eq!(trusted(&origins), ["http://localhost:3000"]);
}

#[test]
fn the_list_of_front_ends_comes_first_and_forgives_a_last_comma() {
    let list = "https://app.example.com/, https://*-team.vercel.app,";
    let pairs = [
        OPEN,
        ("FRONTEND_URL", list),
        ("PUBLIC_URL", "https://auth.example.com/"),
    ];
    let origins = good(Program::Server, &pairs);
    let expected = [
        "https://app.example.com",
        "https://*-team.vercel.app",
        "https://auth.example.com",
    ];
    assert_eq!(trusted(&origins), expected);
    assert_eq!(origins.service_name, "app.example.com");
}

#[test]
fn every_bad_front_end_is_named_by_its_place_in_the_list() {
    let list = "https://app.example.com,app.example.com,https://*.com,,*";
    let (_, faults, _) = read(Program::Server, &[("FRONTEND_URL", list)]);
    assert_eq!(faults.len(), 3, "{faults:?}");
    for (fault, number) in faults.iter().zip([2, 3, 5]) {
        let start = format!("FRONTEND_URL is wrong in entry {number}: ");
        assert!(fault.starts_with(&start), "{fault}");
    }
    for single in ["*", "app.example.com", ",", "https://app.example.com/path"] {
        let (_, faults, _) = read(Program::Server, &[("FRONTEND_URL", single)]);
        assert_eq!(faults.len(), 1, "{single}: {faults:?}");
    }
}

#[test]
fn a_front_end_is_required_in_production_but_where_the_platform_names_it() {
    let lambda = ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001");
    for (program, pairs) in [
        (Program::Server, &[OPEN][..]),
        (Program::Function, &[lambda]),
        (Program::Server, &[OPEN, ("FRONTEND_URL", " ")]),
    ] {
        let (_, faults, _) = read(program, pairs);
        assert_eq!(faults.len(), 1, "{pairs:?}");
        assert!(
            faults[0].starts_with("FRONTEND_URL is not set"),
            "{pairs:?}"
        );
    }
    good(Program::Function, &VERCEL);
}

#[test]
fn sec_d2_vercels_own_hosts_are_trusted_exactly() {
    let mut pairs = VERCEL.to_vec();
    pairs.push(("FRONTEND_URL", "https://www.example.com"));
    let origins = good(Program::Function, &pairs);
    let expected = [
        "https://www.example.com",
        "https://app-abc123-team.vercel.app",
        "https://app-git-main-team.vercel.app",
        "https://app.example.com",
    ];
    assert_eq!(trusted(&origins), expected);
    assert!(
        origins
            .trusted
            .patterns()
            .iter()
            .all(|pattern| pattern.exact().is_some())
    );
}

#[test]
fn sec_d2_a_platforms_host_is_never_read_as_a_pattern() {
    let pairs = [
        IPC,
        ("VERCEL_URL", "*.example.com"),
        ("PUBLIC_URL", "https://a.example.com"),
    ];
    assert_eq!(
        trusted(&good(Program::Function, &pairs)),
        ["https://a.example.com"]
    );
}

#[test]
fn sec_d2_variables_of_a_platform_count_only_on_it() {
    let origins = good(Program::Server, &VERCEL[1..]);
    assert_eq!(
        trusted(&origins),
        ["http://localhost:3000", "http://localhost:7860"]
    );
}

#[test]
fn the_public_url_comes_from_the_setting_or_the_platform() {
    let public = ("PUBLIC_URL", "HTTPS://Auth.Example.com:443/");
    let live = [&VERCEL[..], &[("VERCEL_ENV", "production")]].concat();
    let preview = [&VERCEL[..], &[("VERCEL_ENV", "preview")]].concat();
    let cases: [(Program, Pairs<'_>, &str); 8] = [
        (
            Program::Server,
            &[OPEN, APP, public],
            "https://auth.example.com",
        ),
        (
            Program::Function,
            &[IPC, public],
            "https://auth.example.com",
        ),
        (Program::Function, &live, "https://app.example.com"),
        (
            Program::Function,
            &preview,
            "https://app-abc123-team.vercel.app",
        ),
        (Program::Server, &[SPACE, APP], "https://team-auth.hf.space"),
        (
            Program::Server,
            &[SPACE, APP, public],
            "https://auth.example.com",
        ),
        (
            Program::Server,
            &[("PORT", "8080")],
            "http://localhost:8080",
        ),
        (Program::Function, &[], "http://localhost:3000"),
    ];
    for (program, pairs, expected) in cases {
        assert_eq!(
            good(program, pairs).public_url.as_str(),
            expected,
            "{pairs:?}"
        );
    }
}

#[test]
fn a_public_url_is_an_origin_and_nothing_more() {
    for url in [
        "auth.example.com",
        "https://auth.example.com/api",
        "https://auth.example.com//",
        "https://auth.example.com?a=b",
        "https://auth.example.com#a",
        "https://user:hunter2@auth.example.com",
        "ftp://auth.example.com",
        "https://*.example.com",
        "https://",
        "/",
    ] {
        let (found, faults, _) = read(Program::Server, &[("PUBLIC_URL", url)]);
        assert!(found.is_none(), "{url}");
        assert_eq!(faults.len(), 1, "{url}");
        assert!(!faults[0].contains("hunter2"), "{url}");
    }
}

#[test]
fn a_public_url_that_is_missing_or_plain_http_is_warned_of_in_production() {
    let cases: [(Pairs<'_>, bool); 5] = [
        (&[OPEN, APP], true),
        (
            &[OPEN, APP, ("PUBLIC_URL", "http://auth.example.com")],
            true,
        ),
        (&[OPEN, APP, ("PUBLIC_URL", "http://localhost:7860")], false),
        (
            &[OPEN, APP, ("PUBLIC_URL", "https://auth.example.com")],
            false,
        ),
        (&[("PUBLIC_URL", "http://auth.example.com")], false),
    ];
    for (pairs, warned) in cases {
        let (_, _, warnings) = read(Program::Server, pairs);
        assert_eq!(
            warnings.contains(&"PUBLIC_URL".to_owned()),
            warned,
            "{pairs:?}"
        );
    }
}

#[test]
fn vercel_without_its_system_variables_is_a_fault() {
    let (found, faults, _) = read(Program::Function, &[IPC]);
    assert!(found.is_none());
    assert!(
        faults[0].contains("System Environment Variables"),
        "{faults:?}"
    );
}

#[test]
fn cross_site_needs_https_on_both_sides_and_two_sites() {
    let cases = [
        ("https://app.example.com", "https://auth.example.com", false),
        ("https://app.example.com", "https://auth.example.org", true),
        ("https://a.vercel.app", "https://team-auth.hf.space", true),
        ("https://a.vercel.app", "https://b.vercel.app", true),
        ("http://app.example.com", "https://auth.example.org", false),
        ("https://app.example.com", "http://auth.example.org", false),
        ("https://*.example.com", "https://auth.example.org", true),
        ("https://*.example.com", "https://auth.example.com", false),
        (
            "https://*-team.vercel.app",
            "https://team-auth.hf.space",
            true,
        ),
        (
            "https://auth.example.org,https://app.example.com",
            "https://auth.example.org",
            true,
        ),
        ("http://localhost:3000", "https://auth.example.org", false),
    ];
    for (front, public, expected) in cases {
        let pairs = [("FRONTEND_URL", front), ("PUBLIC_URL", public)];
        let origins = good(Program::Server, &pairs);
        assert_eq!(origins.cross_site, expected, "{front} {public}");
    }
}

#[test]
fn the_service_is_named_after_its_first_exact_front_end() {
    let only_pattern = [
        ("FRONTEND_URL", "https://*-team.vercel.app"),
        ("PUBLIC_URL", "https://auth.example.com"),
    ];
    assert_eq!(
        good(Program::Server, &only_pattern).service_name,
        "auth.example.com"
    );
    let named = [("SERVICE_NAME", " Föö & Co "), APP];
    assert_eq!(good(Program::Server, &named).service_name, "Föö & Co");
    let long = "x".repeat(61);
    for bad in ["a\nBcc: b", "a\u{7}", &long] {
        let (_, faults, _) = read(Program::Server, &[("SERVICE_NAME", bad)]);
        assert_eq!(faults.len(), 1, "{bad:?}");
    }
}
