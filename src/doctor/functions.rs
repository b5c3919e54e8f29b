//! Does every function answer at every path of the table? Each path is asked with a
//! method that it does not take, which Doorkey refuses before anything else: the
//! one request that does nothing anywhere.

use doorkey::http::{Endpoint, FUNCTIONS, Function};
use http::Method;
use serde_json::json;
use tokio::task::JoinSet;

use super::client::{Answer, Ask};
use super::deployment::Deployment;
use super::no_answer::NoAnswer;
use super::report::{Finding, Words};
use super::stranger::stranger;

pub(super) const NAME: &str = "functions";
/// Below it is what the client calls. The short names are the functions' own on
/// Vercel, and need not be led to them elsewhere.
const PROTOCOL: &str = "/api/auth/";

/// How many functions are asked at a time.
const AT_ONCE: usize = 3;
/// After so many that were silent no other is asked.
const SILENT_MAX: usize = 2;

/// What is missing of one function.
struct Missing {
    function: &'static str,
    paths: Vec<String>,
    is_whole: bool,
    /// Whether nothing came at all.
    is_silent: bool,
    words: Words,
}

pub(super) async fn check(deployment: &Deployment) -> Finding {
    let asked: usize = FUNCTIONS.iter().map(|function| paths(function).len()).sum();
    let missing = missing(deployment).await;
    let Some(first) = missing.first() else {
        let functions = FUNCTIONS.len();
        return Finding::ok(NAME, format!("all {functions} answer, at {asked} paths"));
    };
    let (means, advice) = (first.words.means.clone(), first.words.advice.clone());
    let all: Vec<String> = missing.iter().map(in_short).collect();
    Finding::failed(NAME, Words::new(all.join("; "), means, advice))
}

/// What is missing, in the order of the table. A few are asked at a time: on Vercel
/// each may have to start first.
async fn missing(deployment: &Deployment) -> Vec<Missing> {
    let mut functions = FUNCTIONS.iter().enumerate();
    let (mut running, mut found, mut silent) = (JoinSet::new(), Vec::new(), 0);
    loop {
        while running.len() < AT_ONCE && silent < SILENT_MAX {
            let Some((at, function)) = functions.next() else {
                break;
            };
            let deployment = deployment.clone();
            running.spawn(async move {
                let paths = paths(function);
                (at, missing_of(&deployment, function, &paths).await)
            });
        }
        match running.join_next().await {
            None => break,
            Some(Ok((at, Some(missing)))) => {
                silent += usize::from(missing.is_silent);
                found.push((at, missing));
            }
            Some(_) => {}
        }
    }
    // Those that are left would be silent as well, and each takes its time.
    found.extend(functions.map(|(at, function)| (at, not_asked(function))));
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, missing)| missing).collect()
}

fn not_asked(function: &Function) -> Missing {
    Missing {
        function: function.name,
        paths: Vec::new(),
        is_whole: true,
        is_silent: true,
        words: Words::new(
            "not asked, after others were silent",
            "The function does not answer.",
            "Look into its log.",
        ),
    }
}

fn in_short(missing: &Missing) -> String {
    let Missing {
        function, words, ..
    } = missing;
    if missing.is_whole {
        format!("{function}: {}", words.found)
    } else {
        let paths = missing.paths.join(", ");
        format!("{paths} ({function}): {}", words.found)
    }
}

fn paths(function: &Function) -> Vec<(Method, String)> {
    let all = function.endpoints.iter();
    let protocol = all.filter(|endpoint| endpoint.path.starts_with(PROTOCOL));
    protocol
        .map(|endpoint| (wrong_method(endpoint), filled(endpoint.path)))
        .collect()
}

fn wrong_method(endpoint: &Endpoint) -> Method {
    if endpoint.method() == "GET" {
        Method::POST
    } else {
        Method::GET
    }
}

/// A path with something in place of its parameter.
fn filled(path: &str) -> String {
    let fixed = path.split('/').map(|part| match part.strip_prefix('{') {
        Some(_) => "doctor",
        None => part,
    });
    fixed.collect::<Vec<_>>().join("/")
}

async fn missing_of(
    deployment: &Deployment,
    function: &Function,
    paths: &[(Method, String)],
) -> Option<Missing> {
    let mut lost = Vec::new();
    let mut words = None;
    let mut is_silent = false;
    let mut rest = paths.iter();
    while let Some((method, path)) = rest.next() {
        let ask = match *method {
            Method::POST => Ask::post(path, &json!({})),
            _ => Ask::get(path),
        };
        let answer = deployment.ask(ask).await;
        if answer.as_ref().is_ok_and(is_ours) {
            continue;
        }
        lost.push(path.clone());
        words = words.or_else(|| Some(why(deployment, &answer)));
        if answer.is_err() {
            is_silent = true;
            // Silence takes its time: it is not waited for again at each path.
            lost.extend(rest.by_ref().map(|(_, path)| path.clone()));
        }
    }
    let is_whole = lost.len() == paths.len();
    words.map(|words| Missing {
        function: function.name,
        paths: lost,
        is_whole,
        is_silent,
        words,
    })
}

/// `METHOD_NOT_ALLOWED`, or the code that says more for `POST get-session`.
fn is_ours(answer: &Answer) -> bool {
    let code = answer.code().unwrap_or_default();
    answer.status == 405 && code.starts_with("METHOD_NOT_ALLOWED")
}

fn why(deployment: &Deployment, answer: &Result<Answer, NoAnswer>) -> Words {
    match answer {
        Ok(answer) => stranger(answer, deployment.origin.host()),
        Err(why) => Words::new(
            why.to_string(),
            "The function does not answer.",
            "Look into its log.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_has_a_path_to_ask_and_none_has_a_parameter() {
        for function in FUNCTIONS {
            let paths = paths(function);
            assert!(!paths.is_empty(), "{}", function.name);
            for (_, path) in paths {
                assert!(!path.contains('{'), "{path}");
            }
        }
        assert_eq!(filled("/a/{token}/b"), "/a/doctor/b");
    }
}
