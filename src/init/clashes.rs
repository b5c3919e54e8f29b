//! What cannot stand beside Doorkey's functions, found before anything is written.

use super::Refusal;
use super::dependency::Source;
use super::functions;
use super::manifest;
use super::plan::Options;
use super::project::Project;
use super::routes::Meeting;
use super::seal::{Owner, owner};

/// What Vercel makes a function of.
const CODE: &[&str] = &[
    "ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "py", "go", "rb", "rs",
];

/// Two functions of one path: which one Vercel takes is nowhere promised.
pub(super) fn routes(single: bool, found: &Meeting) -> Vec<String> {
    let names = functions::binaries(single);
    let is_a_function = |path: &str| names.iter().any(|(name, _)| path == format!("/api/{name}"));
    let same = found.same.iter();
    same.filter(|(_, path)| !single && is_a_function(path))
        .map(|(file, path)| {
            format!(
                "{file} serves {path}, which is the place of one of Doorkey's functions: give it \
                 another path, or take one function for all of Doorkey (--single)"
            )
        })
        .collect()
}

/// Files of `api/` that differ from ours by their extension alone: Vercel refuses the
/// whole deployment (`conflicting_file_path`).
pub(super) fn files(project: &Project, single: bool) -> Vec<String> {
    let ours: Vec<String> = functions::binaries(single)
        .into_iter()
        .map(|(_, path)| path)
        .collect();
    let theirs = project.files("api").into_iter();
    theirs
        .map(|file| format!("api/{file}"))
        .filter(|file| !ours.contains(file) && !file.ends_with(".d.ts"))
        .filter_map(|file| {
            let (stem, extension) = file.rsplit_once('.')?;
            let stem = stem.strip_suffix("/index").unwrap_or(stem);
            let clash = ours
                .iter()
                .find(|our| our.strip_suffix(".rs") == Some(stem))?;
            CODE.contains(&extension).then(|| {
                format!(
                    "{file} and Doorkey's {clash} are one path to Vercel, which then refuses the \
                     deployment (conflicting_file_path): give {file} another name"
                )
            })
        })
        .collect()
}

/// Which mode the project is in: as our `Cargo.toml` says, which an edit changes as
/// little as a file of `api/` that was edited and therefore left.
pub(super) fn is_single(project: &Project) -> Result<bool, Refusal> {
    if let Some((_, text)) = manifest_of_ours(project)? {
        return Ok(manifest::is_single(&text));
    }
    Ok(has_ours(project, "api/doorkey.rs")? && !has_ours(project, "api/signin.rs")?)
}

fn has_ours(project: &Project, path: &str) -> Result<bool, Refusal> {
    let text = project.read(path)?;
    Ok(text.is_some_and(|text| owner("//", &text) != Owner::Other))
}

fn manifest_of_ours(project: &Project) -> Result<Option<(Owner, String)>, Refusal> {
    let text = project.read("Cargo.toml")?;
    let owned = text.map(|text| (owner("#", &text), text));
    Ok(owned.filter(|(owner, _)| *owner != Owner::Other))
}

/// What `Cargo.toml` is to say of the crate: what was asked for, else what it says.
pub(super) fn dependency(project: &Project, options: &Options) -> Result<String, Refusal> {
    let there = manifest_of_ours(project)?;
    let there = there
        .as_ref()
        .and_then(|(_, text)| manifest::dependency(text));
    match (&options.source, there) {
        (None, Some(line)) => Ok(line.to_owned()),
        (Some(source), _) => source.line(project.root()),
        (None, None) => Source::usual()?.line(project.root()),
    }
}

/// What was asked for and an edited `Cargo.toml`, which is left as it is, withholds.
pub(super) fn withheld(
    project: &Project,
    options: &Options,
    dependency: &str,
) -> Result<Vec<String>, Refusal> {
    const LEFT: &str = "Cargo.toml was edited by hand and is left as it is: in it, write";
    let Some((Owner::Edited, text)) = manifest_of_ours(project)? else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    if options.source.is_some() && manifest::dependency(&text) != Some(dependency) {
        found.push(format!(
            "{LEFT} below [dependencies] the line\n{}",
            manifest::line(dependency)
        ));
    }
    if let Some(single) = options
        .single
        .filter(|one| *one != manifest::is_single(&text))
    {
        found.push(format!(
            "{LEFT} in place of its [[bin]] tables\n{}",
            manifest::tables(single).trim_end()
        ));
    }
    Ok(found)
}
