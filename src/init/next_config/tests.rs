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
