//! What is in the way is named before anything is written; what only needs a
//! person is named beside what was.

use crate::project::Project;

#[test]
fn a_folder_without_next_is_refused() {
    let project = Project::empty();
    let said = project.init(&[]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("no Next.js project"), "{}", said.err);
    project.write("package.json", "{\"dependencies\": {\"react\": \"19\"}}");
    let said = project.init(&[]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("`next` is not among"), "{}", said.err);
    assert_eq!(project.snapshot().len(), 1);
}

#[test]
fn wrong_options_are_refused() {
    let project = Project::new();
    let before = project.snapshot();
    for options in [
        &["--path", "/nowhere"][..],
        &["--path", "a", "--git", "b"],
        &["--rev", "abc"],
        &["--single", "--split"],
        &["--git", "a\" }\n[evil"],
    ] {
        assert_eq!(project.init(options).code, 2, "{options:?}");
    }
    assert_eq!(project.snapshot(), before);
}

#[test]
fn what_is_in_the_way_is_named_and_nothing_is_written() {
    for (path, text, named) in [
        (
            "Cargo.toml",
            "[package]\nname = \"mine\"\n",
            "Cargo.toml is there already",
        ),
        (
            "api/signin.rs",
            "fn main() {}\n",
            "api/signin.rs is there already",
        ),
        ("vercel.json", "{\"routes\": []}", "`routes`"),
        ("vercel.json", "{ // x\n}", "not JSON"),
        (
            "vercel.ts",
            "export const config = {};\n",
            "vercel.ts is a program",
        ),
        (
            "app/api/health/route.ts",
            "export const GET = 1;\n",
            "--single",
        ),
    ] {
        let project = Project::new();
        project.write(path, text);
        let before = project.snapshot();
        let said = project.init(&[]);
        assert_eq!(said.code, 1, "{path}: {said:?}");
        assert!(said.err.contains(named), "{path}: {}", said.err);
        assert_eq!(project.snapshot(), before, "{path}");
    }
}

#[test]
fn a_route_of_the_app_is_left_to_it_by_the_one_function() {
    let project = Project::new();
    project.write("app/api/health/route.ts", "export const GET = 1;\n");
    let said = project.done(&["--single"]);
    assert!(
        said.out
            .contains("app/api/health/route.ts serves /api/health itself")
    );
    assert!(
        !project
            .read("vercel.json")
            .contains("\"source\": \"/api/health\"")
    );
}

#[test]
fn what_needs_a_person_is_named() {
    let project = Project::new();
    project.write("src/app/api/auth/[...all]/route.ts", "export {};\n");
    project.write("next.config.ts", "export default withMDX({});\n");
    let said = project.init(&[]);
    assert_eq!(said.code, 0);
    for text in [
        "src/app/api/auth/[...all]/route.ts answers for all of /api/auth: delete it",
        "import { withDoorkey } from \"./doorkey.next\";\n     export default withDoorkey(nextConfig);",
        "names a folder outside the project",
        "Next:\n  1. ",
    ] {
        assert!(said.out.contains(text), "{text} is not in {}", said.out);
    }
    assert_eq!(
        project.read("next.config.ts"),
        "export default withMDX({});\n"
    );
}

#[test]
fn too_many_functions_are_counted() {
    let project = Project::new();
    for name in ["a", "b", "c", "d", "e"] {
        project.write(&format!("api/{name}.ts"), "export {};\n");
    }
    assert!(project.init(&[]).out.contains("api/ has 13 functions"));
    assert!(!project.init(&["--single"]).out.contains("13 functions"));
}

#[test]
fn a_function_of_the_same_path_in_another_language_is_refused() {
    for name in ["signin.ts", "signin/index.ts", "verify.py", "health.mjs"] {
        let project = Project::new();
        project.write(&format!("api/{name}"), "x\n");
        let before = project.snapshot();
        let said = project.init(&[]);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(
            said.err.contains(&format!("api/{name} and Doorkey's")),
            "{}",
            said.err
        );
        assert_eq!(project.snapshot(), before);
        project.done(&["--single"]);
    }
    let project = Project::new();
    project.write("api/doorkey.ts", "x\n");
    project.write("api/signin.md", "x\n");
    assert_eq!(project.init(&["--single"]).code, 1);
    project.done(&[]);
}

#[test]
fn programs_are_told_of_a_refusal_as_json() {
    let project = Project::new();
    project.write("vercel.json", "\u{feff}{}\n");
    project.write("api/signin.ts", "x\n");
    let said = project.init(&["--json"]);
    assert_eq!(said.code, 1);
    let refused = said.list("refused");
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert!(refused[1].contains("without BOM"), "{refused:?}");
    let said = Project::empty().init(&["--json"]);
    assert_eq!((said.code, said.list("refused").len()), (2, 1));
}

#[test]
fn credentials_are_not_committed() {
    let project = Project::new();
    let said = project.init(&["--git", "https://ann:hunter2@example.com/doorkey"]);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("committed") && !said.err.contains("hunter2"),
        "{}",
        said.err
    );
    assert!(!project.has("Cargo.toml"));
}

#[test]
fn at_the_root_of_a_monorepo_its_apps_are_named() {
    let project = Project::empty();
    project.write("package.json", "{\"workspaces\": [\"apps/*\"]}");
    project.write(
        "apps/web/package.json",
        "{\"dependencies\": {\"next\": \"16\"}}",
    );
    project.write("apps/api/package.json", "{}");
    project.write(
        "node_modules/x/package.json",
        "{\"dependencies\": {\"next\": \"16\"}}",
    );
    let said = project.init(&[]);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("it is in apps/web: doorkey init "),
        "{}",
        said.err
    );
}

#[test]
fn a_rewrite_that_ours_are_put_above_is_not_warned_of() {
    let project = Project::new();
    let all = "{\"rewrites\": [{\"source\": \"/(.*)\", \"destination\": \"/index\"}]}\n";
    project.write("vercel.json", all);
    assert!(!project.init(&[]).out.contains("stands above"));
}
