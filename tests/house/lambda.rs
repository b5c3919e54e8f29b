//! The example's template for AWS Lambda and the table of functions agree.

use doorkey::http::FUNCTIONS;

use crate::tree::read;

/// A function of the template: its archive's name, and the paths that lead to it.
#[derive(Debug, PartialEq)]
struct Deployed {
    name: String,
    paths: Vec<String>,
}

/// Of a line as `CodeUri: ../../target/lambda/verify.zip`, the name.
fn archive(line: &str) -> Option<&str> {
    line.trim()
        .strip_prefix("CodeUri: ../../target/lambda/")?
        .strip_suffix(".zip")
}

/// Of a route, in any method, its path.
fn route(line: &str) -> Option<&str> {
    let (_, path) = line.split_once("Properties: {ApiId: !Ref Api, Method: ANY, Path: ")?;
    Some(path.strip_suffix("}}")?.trim_matches('"'))
}

fn deployed(template: &str) -> Vec<Deployed> {
    let mut found: Vec<Deployed> = Vec::new();
    for line in template.lines() {
        if let Some(name) = archive(line) {
            found.push(Deployed {
                name: name.to_owned(),
                paths: Vec::new(),
            });
        } else if let Some(path) = route(line) {
            let function = found.last_mut().unwrap();
            function.paths.push(path.to_owned());
        } else {
            assert!(!line.contains("Type: HttpApi"), "not as the others: {line}");
        }
    }
    found
}

#[test]
fn the_template_leads_every_path_to_its_function() {
    let wanted: Vec<Deployed> = FUNCTIONS
        .iter()
        .map(|function| Deployed {
            name: function.name.to_owned(),
            paths: function
                .endpoints
                .iter()
                .map(|endpoint| endpoint.path.to_owned())
                .collect(),
        })
        .collect();
    assert_eq!(deployed(&read("examples/lambda/template.yaml")), wanted);
}

/// The API's own would answer preflights before Doorkey sees them.
#[test]
fn the_template_leaves_preflights_to_the_functions() {
    let template = read("examples/lambda/template.yaml");
    assert!(!template.contains("CorsConfiguration"));
}
