//! Which settings are edited, and how.

use super::*;

const TYPED: &str = "import type { NextConfig } from \"next\";

const nextConfig: NextConfig = {
  /* config options here */
  cacheComponents: true,
};

export default nextConfig;
";

fn edited(text: &str, typed: bool) -> String {
    let Edit::To(after) = edit(text, typed) else {
        panic!("{text} is not edited");
    };
    assert_eq!(edit(&after, typed), Edit::Done);
    after
}

#[test]
fn what_create_next_app_writes_is_wrapped() {
    let after = edited(TYPED, true);
    assert!(after.starts_with(
        "import type { NextConfig } from \"next\";\nimport { withDoorkey } from \"./doorkey.next\";\n\nconst"
    ));
    assert!(after.ends_with("\n\nexport default withDoorkey(nextConfig);\n"));
    let script = "/** @type {import('next').NextConfig} */\nconst nextConfig = {};\n\nexport default nextConfig;\n";
    let after = edited(script, false);
    assert!(after.starts_with("import { withDoorkey } from \"./doorkey.next.mjs\";\n\n/** @type"));
}

#[test]
fn a_comment_for_the_whole_file_stays_on_top_and_line_ends_stay() {
    let after = edited(
        "// @ts-check\r\nconst c = {};\r\nexport default c\r\n",
        false,
    );
    assert!(
        after.starts_with("// @ts-check\r\nimport { withDoorkey }"),
        "{after}"
    );
    assert!(
        after.ends_with("export default withDoorkey(c)\r\n"),
        "{after}"
    );
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
}

#[test]
fn common_js_imports_when_it_is_asked() {
    let after = edited(
        "const nextConfig = {};\n\nmodule.exports = nextConfig;\n",
        false,
    );
    assert!(
        after.contains("await import(\"./doorkey.next.mjs\")"),
        "{after}"
    );
    assert!(after.starts_with("const nextConfig = {};\n\nmodule.exports = async (...args) => {\n"));
}

#[test]
fn what_says_more_than_one_name_is_left_to_its_author() {
    for text in [
        "export default withMDX(nextConfig);\n",
        "export default {\n  reactStrictMode: true,\n};\n",
        "export default async function config() {\n  return {};\n}\n",
        "module.exports = {\n};\n",
        "module.exports = withSentry(nextConfig, {});\n",
        "const a = {};\nmodule.exports = a;\nmodule.exports.b = 1;\n",
        "const a = {};\nif (x) {\n  export default a;\n}\n",
        "",
    ] {
        assert!(matches!(edit(text, false), Edit::ByHand(_)), "{text}");
    }
}

#[test]
fn the_helpers_pass_on_every_path_of_the_table() {
    for typed in [true, false] {
        let text = helper(typed).text;
        assert!(!text.contains("PATHS */"));
        for path in ["/api/auth/:path*", "/api/signin", "/api/verify", "/health"] {
            assert!(text.contains(&format!("\n  \"{path}\",\n")), "{path}");
        }
    }
    for path in paths() {
        assert!(
            path == "/api/auth/:path*" || !path.contains([':', '{', '*']),
            "{path}"
        );
    }
}

#[test]
fn a_name_is_replaced_at_its_own_place() {
    let after = edited("const t = {};\nexport default t;\n", false);
    assert!(
        after.ends_with("\nexport default withDoorkey(t);\n"),
        "{after}"
    );
    let after = edited("const e = {};\nmodule.exports = e; // e\n", false);
    assert!(after.contains("withDoorkey(e);"), "{after}");
    assert!(after.ends_with("}; // e\n"), "{after}");
}

#[test]
fn what_a_comment_says_is_not_done() {
    for text in [
        "// withDoorkey comes later\nconst c = {};\nexport default c;\n",
        "const c = {};\n/* export default withDoorkey(c) */\nexport default c; // of all\n",
    ] {
        let after = edited(text, false);
        assert!(
            after.contains("\nexport default withDoorkey(c);"),
            "{after}"
        );
    }
}

#[test]
fn what_would_lead_requests_past_doorkey_is_talked_about() {
    let of = |code: &str| doubts_of("next.config.ts", code);
    assert!(of("{ trailingSlash: true }")[0].contains("skipTrailingSlashRedirect"));
    assert_eq!(
        of("{ trailingSlash: true, skipTrailingSlashRedirect: true }"),
        [""; 0]
    );
    assert!(of("{ output: \"export\" }")[0].contains("output"));
    assert_eq!(
        of("{ output: \"standalone\", trailingSlash: false }"),
        [""; 0]
    );
}
