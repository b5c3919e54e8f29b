//! What is written, and that it is what Cargo and Vercel need.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use doorkey::http::FUNCTIONS;
use serde_json::Value;

use crate::project::Project;

fn ours(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn cargo(project: &Project, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(project.path())
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_function_is_a_file_to_the_letter_of_ours() {
    let project = Project::new();
    project.done(&[]);
    for function in FUNCTIONS {
        let path = format!("api/{}.rs", function.name);
        let text = project.read(&path);
        assert_eq!(text.split_once('\n').unwrap().1, ours(&path), "{path}");
    }
    let rewrites = &project.json("vercel.json")["rewrites"];
    let own: Value = serde_json::from_str(&ours("vercel.json")).unwrap();
    assert_eq!(rewrites, &own["rewrites"]);
    assert!(project.json("vercel.json")["outputDirectory"].is_null());
}

/// The crate is usable by path, each function is a binary, and the lock file is
/// the one that Cargo would make, with the versions of ours.
#[test]
fn cargo_takes_the_manifest_and_the_lock_file_as_they_are() {
    for single in [false, true] {
        let project = Project::new();
        project.done(if single { &["--single"] } else { &[] });
        let metadata = cargo(
            &project,
            &["metadata", "--format-version=1", "--locked", "--offline"],
        );
        let packages = metadata["packages"].as_array().unwrap();
        let named = |name: &str| packages.iter().find(|one| one["name"] == name).unwrap();
        let targets = named("doorkey-functions")["targets"].as_array().unwrap();
        let binaries: BTreeSet<_> = targets
            .iter()
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        let mut wanted = BTreeSet::from(["doorkey"]);
        if !single {
            wanted.extend(FUNCTIONS.iter().map(|function| function.name));
        }
        assert_eq!(binaries, wanted);
        let manifest = named("doorkey")["manifest_path"].as_str().unwrap();
        let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("shared/Cargo.toml");
        assert_eq!(Path::new(manifest), ours.canonicalize().unwrap());
    }
}

#[test]
fn one_function_serves_every_path_by_a_rewrite() {
    let project = Project::new();
    project.done(&["--single"]);
    let files: Vec<_> = fs::read_dir(project.path().join("api")).unwrap().collect();
    assert_eq!(files.len(), 1);
    let vercel = project.json("vercel.json");
    let sources: BTreeSet<_> = vercel["rewrites"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let to = one["destination"].as_str().unwrap();
            assert!(to.starts_with("/api/doorkey?doorkey_path="), "{to}");
            one["source"].as_str().unwrap().replace("(.*)", "{token}")
        })
        .collect();
    let all = FUNCTIONS.iter().flat_map(|function| function.endpoints);
    let paths: BTreeSet<_> = all.map(|endpoint| endpoint.path.to_owned()).collect();
    assert_eq!(sources, paths);
}

#[test]
fn a_repository_can_be_named_and_kept() {
    let project = Project::new();
    project.done(&["--git", "https://example.com/doorkey", "--rev", "0123abc"]);
    let line = "\ndoorkey = { git = \"https://example.com/doorkey\", rev = \"0123abc\" }\n";
    assert!(project.read("Cargo.toml").contains(line));
    assert!(!project.read("Cargo.lock").contains("name = \"doorkey"));
    // The user takes a newer one, which is no edit that would cost them updates.
    let newer = project.read("Cargo.toml").replace("0123abc", "4567def");
    project.write("Cargo.toml", &newer);
    let again = project.done(&[]);
    assert_eq!(
        (again.list("changed"), again.list("left")),
        (vec![], vec![])
    );
    assert_eq!(project.done(&["--single"]).list("left"), [""; 0]);
    assert!(project.read("Cargo.toml").contains("4567def"));
}

#[test]
fn the_example_of_settings_gets_into_the_repository_and_accounts_do_not() {
    let project = Project::new();
    project.done(&[]);
    for (path, ignored) in [
        ("target/debug/doorkey", true),
        ("data/doorkey.db-wal", true),
        ("data/secret.key", true),
        (".env.local", true),
        (".env.local.example", false),
        ("data/words.json", false),
    ] {
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command.args(arguments).current_dir(project.path());
            command.output().unwrap().status.code().unwrap()
        };
        assert_eq!(git(&["init", "--quiet"]), 0);
        assert_eq!(
            git(&["check-ignore", "--quiet", path]) == 0,
            ignored,
            "{path}"
        );
    }
    assert!(project.read(".vercelignore").contains("/data/secret.key"));
}

/// The example shows what is written: for it, nothing more than what a deployment
/// needs beside that.
#[test]
fn the_example_has_the_helper_as_it_is_written_and_its_settings_wrapped() {
    let project = Project::empty();
    let example = ["package.json", "next.config.ts", "doorkey.next.ts"];
    for path in example {
        project.write(path, &ours(&format!("examples/nextjs/{path}")));
    }
    let said = project.done(&[]);
    for path in example {
        let now = project.read(path);
        assert_eq!(now, ours(&format!("examples/nextjs/{path}")), "{path}");
    }
    let attention = said.list("attention");
    assert!(
        !attention.iter().any(|text| text.contains("next.config")),
        "{attention:?}"
    );
}
