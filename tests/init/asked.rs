//! What was asked for takes effect or is refused, and stays until something else is.

use crate::project::Project;

#[test]
fn one_function_stays_one_beside_a_file_that_was_edited_and_left() {
    let project = Project::new();
    project.done(&[]);
    let edited = format!("{}// mine\n", project.read("api/signin.rs"));
    project.write("api/signin.rs", &edited);
    assert_eq!(project.done(&["--single"]).list("left"), ["api/signin.rs"]);
    let before = project.snapshot();
    let again = project.done(&[]);
    assert_eq!(again.list("changed"), [""; 0]);
    assert_eq!(project.snapshot(), before);
}

#[test]
fn what_an_edited_manifest_withholds_is_refused_with_the_lines_to_write() {
    let project = Project::new();
    project.done(&["--git", "https://example.com/doorkey"]);
    let edited = format!("{}# mine\n", project.read("Cargo.toml"));
    project.write("Cargo.toml", &edited);
    let before = project.snapshot();
    let other = "doorkey = { git = \"https://example.com/other\", rev = \"abc\" }";
    for (options, line) in [
        (
            &["--git", "https://example.com/other", "--rev", "abc"][..],
            other,
        ),
        (&["--single"], "path = \"api/doorkey.rs\""),
    ] {
        let said = project.init(options);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(
            said.err.contains("Cargo.toml was edited by hand"),
            "{}",
            said.err
        );
        assert!(said.err.contains(line), "{}", said.err);
        assert_eq!(project.snapshot(), before);
    }
    // What it says already may be asked for.
    project.done(&["--git", "https://example.com/doorkey", "--split"]);
    let old = "doorkey = { git = \"https://example.com/doorkey\" }";
    project.write("Cargo.toml", &edited.replace(old, other));
    project.done(&["--git", "https://example.com/other", "--rev", "abc"]);
}
