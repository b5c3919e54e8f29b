//! A second run: it changes nothing, or just what is ours and out of date.

use crate::project::Project;

const VERCEL: &str = "{\n  \"regions\": [\"fra1\"],\n  \"rewrites\": [\n    { \"source\": \"/blog\", \"destination\": \"https://blog.example.com\" }\n  ]\n}\n";

#[test]
fn a_second_run_changes_nothing() {
    for options in [&[][..], &["--single"]] {
        let project = Project::new();
        project.write("vercel.json", VERCEL);
        let first = project.done(options);
        assert_eq!(
            first.list("changed"),
            ["vercel.json", ".gitignore", "next.config.ts"]
        );
        let before = project.snapshot();
        let second = project.init(&[]);
        assert_eq!(second.code, 0);
        assert!(second.out.starts_with("Nothing to do"), "{}", second.out);
        assert!(!second.out.contains("Next:"), "{}", second.out);
        assert_eq!(project.snapshot(), before);
        assert_eq!(project.init(&["--check"]).code, 0);
    }
}

#[test]
fn a_check_tells_and_changes_nothing() {
    let project = Project::new();
    let before = project.snapshot();
    let said = project.init(&["--check"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.out.contains("would add    api/signin.rs"),
        "{}",
        said.out
    );
    assert!(
        said.out.contains("would change next.config.ts"),
        "{}",
        said.out
    );
    assert_eq!(project.snapshot(), before);
}

#[test]
fn what_the_user_has_stays() {
    let project = Project::new();
    project.write("vercel.json", VERCEL);
    project.write("api/hello.ts", "export const GET = () => new Response();\n");
    let before = project.snapshot();
    project.done(&[]);
    let after = project.snapshot();
    for (path, bytes) in &before {
        let edited = ["vercel.json", ".gitignore", "next.config.ts"].contains(&path.as_str());
        assert_eq!(edited, after[path] != *bytes, "{path}");
    }
    let vercel = project.read("vercel.json");
    assert!(vercel.starts_with(
        "{\n  \"regions\": [\"fra1\"],\n  \"rewrites\": [\n    { \"source\": \"/health\""
    ));
    assert!(vercel.contains(
        "\n    { \"source\": \"/blog\", \"destination\": \"https://blog.example.com\" }\n  ],"
    ));
}

/// The text as an older version would have written it.
fn older(text: &str) -> String {
    let (first, body) = text.split_once('\n').unwrap();
    let body = format!("{body}// older\n");
    let sum = body.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let start = first.rsplit_once(' ').unwrap().0;
    format!("{start} {sum:016x}\n{body}")
}

#[test]
fn an_older_file_is_updated_and_an_edited_one_is_left_and_named() {
    let project = Project::new();
    project.done(&[]);
    let before = project.snapshot();
    project.write("api/signin.rs", &older(&project.read("api/signin.rs")));
    let edited = format!("{}// mine\n", project.read("api/verify.rs"));
    project.write("api/verify.rs", &edited);
    let said = project.done(&[]);
    assert_eq!(said.list("changed"), ["api/signin.rs"]);
    assert_eq!(said.list("left"), ["api/verify.rs"]);
    assert_eq!(project.read("api/verify.rs"), edited);
    assert_eq!(project.snapshot()["api/signin.rs"], before["api/signin.rs"]);
    assert!(
        project
            .init(&[])
            .out
            .contains("left         api/verify.rs (edited by hand")
    );
}

#[test]
fn one_function_and_back_again() {
    let project = Project::new();
    project.done(&[]);
    let before = project.snapshot();
    let said = project.done(&["--single"]);
    assert_eq!(said.list("added"), ["api/doorkey.rs"]);
    assert_eq!(said.list("removed").len(), 9, "{said:?}");
    assert!(!project.has("api/signin.rs") && !project.has("doorkey.rs"));
    project.done(&["--split"]);
    assert_eq!(project.snapshot(), before);
}

#[test]
fn a_file_of_the_users_in_api_is_never_removed() {
    let project = Project::new();
    project.write("api/mine.rs", "fn main() {}\n");
    project.done(&[]);
    project.done(&["--single"]);
    assert_eq!(project.read("api/mine.rs"), "fn main() {}\n");
}
