//! `next dev` runs no function of `api/`, so it passes their paths on to Doorkey: a
//! helper of ours wraps the settings. They are edited only where one line says
//! what they are; everywhere else the user is told what to write.

use std::ops::Range;

use doorkey::http::FUNCTIONS;

use super::Refusal;
use super::code::{sets, without_comments};
use super::files::File;
use super::project::Project;

const TYPESCRIPT: &str = include_str!("files/doorkey.next.ts");
const JAVASCRIPT: &str = include_str!("files/doorkey.next.mjs");
/// Where the helpers have the paths.
const PATHS: &str = "/* PATHS */";
/// In the order in which Next.js looks for them.
const NAMES: &[&str] = &[
    "next.config.js",
    "next.config.mjs",
    "next.config.ts",
    "next.config.mts",
];
const NEW: &str = "\
import { withDoorkey } from \"./doorkey.next.mjs\";

export default withDoorkey({});
";

/// What to do with the settings of Next.js.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Edit {
    /// They are wrapped already.
    Done,
    /// The new text.
    To(String),
    /// Only a person can: what to write.
    ByHand(String),
}

/// The helper, the file of settings, and what to do with it.
pub(super) fn look(project: &Project) -> Result<(File, String, Edit), Refusal> {
    for name in NAMES {
        if let Some(text) = project.read(name)? {
            let typed = name.rsplit('.').next() == Some("ts");
            return Ok((helper(typed), (*name).to_owned(), edit(&text, typed)));
        }
    }
    Ok((
        helper(false),
        "next.config.mjs".to_owned(),
        Edit::To(NEW.to_owned()),
    ))
}

/// What in the settings is against us, for their owner to look at.
pub(super) fn doubts(project: &Project) -> Result<Vec<String>, Refusal> {
    for name in NAMES {
        if let Some(text) = project.read(name)? {
            return Ok(doubts_of(name, &without_comments(&text)));
        }
    }
    Ok(Vec::new())
}

fn doubts_of(name: &str, code: &str) -> Vec<String> {
    let mut found = Vec::new();
    if sets(code, "trailingSlash", "true") && !sets(code, "skipTrailingSlashRedirect", "true") {
        found.push(format!(
            "{name} sets `trailingSlash: true`, which sends /api/auth/... on to an address with a slash, where \
             Doorkey is not: remove it, or add `skipTrailingSlashRedirect: true`"
        ));
    }
    if sets(code, "output", "export") {
        found.push(format!(
            "{name} sets `output: \"export\"`: pages made beforehand cannot know who is signed in, and nothing \
             passes /api/auth on but vercel.json; remove it if pages are to ask for the session"
        ));
    }
    found
}

fn helper(typed: bool) -> File {
    let (path, text) = if typed {
        ("doorkey.next.ts", TYPESCRIPT)
    } else {
        ("doorkey.next.mjs", JAVASCRIPT)
    };
    let lines: Vec<String> = paths()
        .iter()
        .map(|path| format!("  \"{path}\",\n"))
        .collect();
    File::needed(
        path,
        "//",
        &text.replace(&format!("  {PATHS}\n"), &lines.concat()),
    )
}

/// What `next dev` passes on: all of the protocol, and the short paths.
fn paths() -> Vec<String> {
    let all = FUNCTIONS.iter().flat_map(|function| function.endpoints);
    let short = all
        .map(|endpoint| endpoint.path)
        .filter(|path| !path.starts_with("/api/auth/"));
    ["/api/auth/:path*"]
        .into_iter()
        .chain(short)
        .map(str::to_owned)
        .collect()
}

fn edit(text: &str, typed: bool) -> Edit {
    let code = without_comments(text);
    if code.contains("withDoorkey") {
        return Edit::Done;
    }
    let module = if typed {
        "./doorkey.next"
    } else {
        "./doorkey.next.mjs"
    };
    let import = format!("import {{ withDoorkey }} from \"{module}\";");
    if let Some((at, name)) = only_export(&code, "export default ") {
        let name_at = at.start + "export default ".len();
        let wrapped = replaced(
            text,
            &(name_at..name_at + name.len()),
            &format!("withDoorkey({name})"),
        );
        return Edit::To(with_import(&wrapped, &import));
    }
    if let Some((at, name)) = only_export(&code, "module.exports = ") {
        return Edit::To(replaced(text, &at, &dynamic(name, module)));
    }
    Edit::ByHand(if text.contains("module.exports") {
        format!("wrap what it exports:\n{}", dynamic("nextConfig", module))
    } else {
        format!(
            "import the helper and wrap what it exports:\n{import}\nexport default withDoorkey(nextConfig);"
        )
    })
}

/// Where the one statement is that exports, if it exports one name and nothing else
/// does; and that name. A line above it that runs on would swallow it.
fn only_export<'a>(code: &'a str, start: &str) -> Option<(Range<usize>, &'a str)> {
    let others = ["export default", "module.exports", "exports."];
    let count: usize = others.iter().map(|other| code.matches(other).count()).sum();
    // `module.exports` holds `exports` once more only with a dot behind it.
    if count != 1 {
        return None;
    }
    let at = code.find(start)?;
    let before = code.get(..at)?;
    if !before.is_empty() && !before.ends_with('\n') {
        return None;
    }
    let line = code.get(at..)?.lines().next()?;
    let statement = line.trim_end();
    let name = statement.strip_prefix(start)?.trim_end_matches(';');
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let words = ["async", "class", "function"];
    (!name.is_empty() && name.chars().all(is_name) && !words.contains(&name))
        .then_some((at..at + statement.len(), name))
}

fn replaced(text: &str, part: &Range<usize>, by: &str) -> String {
    let before = text.get(..part.start).unwrap_or_default();
    let after = text.get(part.end..).unwrap_or_default();
    format!("{before}{by}{after}")
}

/// The text with one more import: below the others, or below the comments at the
/// top that are for the whole file.
fn with_import(text: &str, import: &str) -> String {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let is_import =
        |line: &str| line.starts_with("import ") && line.trim_end().ends_with(['"', '\'', ';']);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let last_import = lines.iter().rposition(|line| is_import(line));
    let top = lines
        .iter()
        .take_while(|line| line.starts_with("//"))
        .count();
    let (at, gap) = last_import.map_or((top, newline), |last| (last + 1, ""));
    let (before, after) = lines.split_at_checked(at).unwrap_or((&lines, &[]));
    format!(
        "{}{import}{newline}{gap}{}",
        before.concat(),
        after.concat()
    )
}

/// In the older kind of module, which cannot import at the top.
fn dynamic(name: &str, module: &str) -> String {
    format!(
        "module.exports = async (...args) => {{\n  const {{ withDoorkey }} = await import(\"{module}\");\n  \
         const config = withDoorkey({name});\n  \
         return typeof config === \"function\" ? config(...args) : config;\n}};"
    )
}

#[cfg(test)]
mod tests;
