//! `.gitignore` and `.vercelignore`: what a build makes, and the accounts and the
//! key of the developer's own Doorkey, stay out of repositories and uploads.

/// What `cargo run` keeps.
const DATA: [&str; 2] = ["/data/doorkey.db*", "/data/secret.key*"];
const HEADING: &str = "# doorkey";

/// `.gitignore` with our lines; `None` when it has them.
pub(super) fn gitignore(text: Option<&str>) -> Option<String> {
    let text = text.unwrap_or_default();
    let mut wanted = vec!["/target"];
    wanted.extend(DATA);
    // create-next-app ignores all of `.env*`, and the example with it.
    if text
        .lines()
        .any(|line| [".env*", ".env.*", "/.env*"].contains(&line.trim()))
    {
        wanted.push("!.env.local.example");
    }
    with_lines(text, &wanted)
}

/// The same for uploads by Vercel's command, which does not read `.gitignore`; it
/// leaves `target` out by itself.
pub(super) fn vercelignore(text: Option<&str>) -> Option<String> {
    with_lines(text.unwrap_or_default(), &DATA)
}

fn with_lines(text: &str, wanted: &[&str]) -> Option<String> {
    let has = |line: &str| {
        let bare = line.trim_matches('/');
        text.lines()
            .any(|other| other.trim() == line || other.trim().trim_matches('/') == bare)
    };
    let missing: Vec<&str> = wanted.iter().copied().filter(|line| !has(line)).collect();
    if missing.is_empty() {
        return None;
    }
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut after = text.to_owned();
    if !after.is_empty() {
        let ends = if after.ends_with('\n') { "" } else { newline };
        after.extend([ends, newline]);
    }
    for line in [HEADING].into_iter().chain(missing) {
        after.extend([line, newline]);
    }
    Some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_once_and_the_rest_stays() {
        let before = "# next.js\n/.next/\n\n.env*";
        let after = gitignore(Some(before)).unwrap();
        assert_eq!(
            after,
            "# next.js\n/.next/\n\n.env*\n\n# doorkey\n/target\n/data/doorkey.db*\n/data/secret.key*\n!.env.local.example\n"
        );
        assert_eq!(gitignore(Some(&after)), None);
    }

    #[test]
    fn what_is_there_in_other_words_is_not_added() {
        let after = gitignore(Some("target/\n")).unwrap();
        assert!(
            !after.contains("/target\n") && !after.contains(".env"),
            "{after}"
        );
        assert!(gitignore(None).unwrap().starts_with("# doorkey\n/target\n"));
        let upload = vercelignore(None).unwrap();
        assert_eq!(upload, "# doorkey\n/data/doorkey.db*\n/data/secret.key*\n");
    }
}
