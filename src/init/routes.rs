//! The app's own routes, as far as they meet Doorkey's.

use doorkey::http::FUNCTIONS;

use super::project::Project;

/// Where Next.js keeps routes, and what their paths begin with.
const FOLDERS: &[(&str, bool)] = &[
    ("app", true),
    ("src/app", true),
    ("pages", false),
    ("src/pages", false),
];
const EXTENSIONS: &[&str] = &["ts", "tsx", "js", "jsx", "mts", "mjs"];

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Meeting {
    /// Files that answer for everything below `/api/auth`.
    pub(super) catch_alls: Vec<String>,
    /// A file and the path of ours that it serves, to the letter.
    pub(super) same: Vec<(String, &'static str)>,
}

/// Looks at the folders of routes.
pub(super) fn meeting(project: &Project) -> Meeting {
    let mut found = Meeting::default();
    for (folder, is_app) in FOLDERS {
        for file in project.files(folder) {
            if let Some(path) = route(&file, *is_app) {
                found.add(format!("{folder}/{file}"), &path);
            }
        }
    }
    found
}

impl Meeting {
    fn add(&mut self, file: String, path: &str) {
        let all = FUNCTIONS.iter().flat_map(|function| function.endpoints);
        let same = all.map(|endpoint| endpoint.path).find(|ours| {
            let shape = ours.split_once('{').map_or(*ours, |(before, _)| before);
            *ours == path || (shape != *ours && path.starts_with(&format!("{shape}[")))
        });
        if let Some(ours) = same {
            self.same.push((file, ours));
        } else if path.starts_with("/api/auth/[") {
            self.catch_alls.push(file);
        }
    }
}

/// The path that a file of such a folder answers, `[…]` for its variable parts.
fn route(file: &str, is_app: bool) -> Option<String> {
    let (stem, extension) = file.rsplit_once('.')?;
    if !EXTENSIONS.contains(&extension) {
        return None;
    }
    let mut segments: Vec<&str> = stem.split('/').collect();
    let last = segments.pop()?;
    if is_app && !["route", "page"].contains(&last) {
        return None;
    }
    if is_app && segments.iter().any(|segment| segment.starts_with('_')) {
        return None; // private folders: no routes
    }
    if !is_app && last != "index" {
        segments.push(last);
    }
    // Groups and slots are not part of the path.
    segments.retain(|segment| !is_app || !segment.starts_with(['(', '@']));
    Some(format!("/{}", segments.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(file: &str, path: &str) -> Meeting {
        let mut found = Meeting::default();
        found.add(file.to_owned(), path);
        found
    }

    #[test]
    fn a_file_is_the_path_that_next_makes_of_it() {
        let app = |file| route(file, true);
        assert_eq!(
            app("api/auth/[...all]/route.ts").as_deref(),
            Some("/api/auth/[...all]")
        );
        assert_eq!(app("(shop)/health/page.tsx").as_deref(), Some("/health"));
        assert_eq!(app("page.tsx").as_deref(), Some("/"));
        assert_eq!(app("health/layout.tsx"), None);
        assert_eq!(app("_lib/route.ts"), None);
        let pages = |file| route(file, false);
        assert_eq!(
            pages("api/auth/[...all].ts").as_deref(),
            Some("/api/auth/[...all]")
        );
        assert_eq!(pages("health/index.jsx").as_deref(), Some("/health"));
        assert_eq!(pages("styles.css"), None);
    }

    #[test]
    fn a_catch_all_of_the_protocol_is_found_and_so_is_a_route_of_the_same_path() {
        for path in [
            "/api/auth/[...all]",
            "/api/auth/[[...all]]",
            "/api/auth/[any]",
        ] {
            assert_eq!(of("f", path).catch_alls, ["f"], "{path}");
        }
        assert_eq!(
            of("f", "/api/health").same,
            [("f".to_owned(), "/api/health")]
        );
        assert_eq!(of("f", "/health").same, [("f".to_owned(), "/health")]);
        let reset = "/api/auth/reset-password/{token}";
        assert_eq!(
            of("f", "/api/auth/reset-password/[t]").same,
            [("f".to_owned(), reset)]
        );
        for path in ["/api/[...slug]", "/", "/api/auth", "/api/users", "/[slug]"] {
            assert_eq!(of("f", path), Meeting::default(), "{path}");
        }
    }
}
