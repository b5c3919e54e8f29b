//! `docs/paths.md` and the table of functions agree.

use doorkey::http::FUNCTIONS;

use crate::tree::read;

/// The cells of the table's rows: path, methods, function.
fn rows() -> Vec<[String; 3]> {
    let text = read("docs/paths.md");
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut cells = row.trim_matches('|').split('|');
        let mut next = || cells.next().unwrap().trim().replace('`', "");
        [next(), next(), next()]
    })
    .collect()
}

/// A path with a variable part is served as `…/{name}`, whatever the name.
fn shape(path: &str) -> &str {
    path.split_once('{').map_or(path, |(before, _)| before)
}

#[test]
fn the_page_says_of_each_path_which_function_serves_it() {
    let rows = rows();
    assert_eq!(rows.len(), 30, "the core has 30 paths");
    for [path, methods, function] in &rows {
        let full = format!("/api/auth/{path}");
        let serves = |endpoint: &&doorkey::http::Endpoint| {
            shape(endpoint.path) == shape(&full)
                && endpoint.path.contains('{') == full.contains('{')
        };
        let found = FUNCTIONS.iter().find_map(|function| {
            let endpoint = function.endpoints.iter().find(serves)?;
            Some((function.name, endpoint))
        });
        let Some((name, endpoint)) = found else {
            assert_eq!(function, "–", "{path} is not served");
            continue;
        };
        assert_eq!(function, name, "{path}");
        assert!(methods.contains(endpoint.method()), "{path}");
    }
}
