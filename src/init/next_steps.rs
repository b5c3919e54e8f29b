//! What is left for the project's owner.

use doorkey::http::FUNCTIONS;

use super::dependency::leads_outside;
use super::plan::Plan;
use super::project::Project;
use super::routes::Meeting;

/// Functions of `api/` that Vercel's smallest plan takes.
const MOST_FUNCTIONS: usize = 12;

/// What in the project stands against what was written.
pub(super) fn attention(project: &Project, found: &Meeting, dependency: &str) -> Vec<String> {
    let mut all = Vec::new();
    for file in &found.catch_alls {
        all.push(format!(
            "{file} answers for all of /api/auth: delete it, Doorkey has taken its place"
        ));
    }
    for (file, path) in &found.same {
        all.push(format!(
            "{file} serves {path} itself: Doorkey does not answer there"
        ));
    }
    if leads_outside(dependency) {
        all.push(
            "Cargo.toml names a folder outside the project, which Vercel does not have when it builds: before \
             you deploy, run this again with --git URL, or build here (vercel build) and deploy that \
             (vercel deploy --prebuilt)"
                .to_owned(),
        );
    }
    if project.files("public").is_empty() {
        all.push("public/ has no file in it: keep one there (robots.txt), so that Vercel never takes the \
                  project's own folder for the one to publish"
            .to_owned());
    }
    if project.has(".cargo/config.toml") {
        all.push(
            ".cargo/config.toml: Vercel's builder fails where it has no [build] table".to_owned(),
        );
    }
    all
}

/// Whether the functions are more than the smallest plan takes.
pub(super) fn too_many(project: &Project, single: bool) -> Option<String> {
    let is_theirs = |path: &String| {
        let (stem, extension) = path.rsplit_once('.').unwrap_or_default();
        let is_code = ["ts", "js", "mjs", "cjs", "py", "go", "rb", "rs"].contains(&extension);
        let is_ours = extension == "rs" && FUNCTIONS.iter().any(|function| function.name == stem);
        let is_hidden = path.split('/').any(|part| part.starts_with(['_', '.']));
        is_code && !is_ours && !is_hidden && path != "doorkey.rs" && !path.ends_with(".d.ts")
    };
    let theirs = project
        .files("api")
        .iter()
        .filter(|path| is_theirs(path))
        .count();
    let all = theirs + if single { 1 } else { FUNCTIONS.len() };
    (all > MOST_FUNCTIONS && !single).then(|| {
        format!(
            "api/ has {all} functions, and Vercel's Hobby plan takes {MOST_FUNCTIONS}: --single makes \
             Doorkey one of them"
        )
    })
}

/// The way from here to a deployment; nothing where nothing was to do.
pub(super) fn next(plan: &Plan) -> Vec<String> {
    if plan.steps.is_empty() {
        return Vec::new();
    }
    [
        "On your machine, both in the project's folder: `cargo run`, and beside it `npm run dev`. \
         Sign-in is at http://localhost:3000/api/auth; the client of Better Auth needs no address",
        "Commit what was written, and Cargo.lock as `cargo run` leaves it",
        "On Vercel, set SECRET_KEY (`openssl rand -base64 33`) and DATABASE_URL",
        "Before each deployment of a new version: DATABASE_URL=… cargo run -- migrate, with the database's \
         direct address",
        "Deploy as usual",
    ]
    .map(str::to_owned)
    .to_vec()
}
