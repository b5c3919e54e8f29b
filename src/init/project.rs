//! The project as it is: a folder whose `package.json` names Next.js.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Refusal;
use super::place::obstacle;

/// The most projects of a monorepo that are named.
const MOST_NAMED: usize = 5;

/// A Next.js project.
#[derive(Debug)]
pub(crate) struct Project {
    root: PathBuf,
}

impl Project {
    /// The project in `folder`.
    pub(crate) fn open(folder: &Path) -> Result<Self, Refusal> {
        let shown = folder.display();
        let root = folder
            .canonicalize()
            .map_err(|error| Refusal::Usage(format!("{shown}: {error}")))?;
        let project = Self { root };
        let package = project.read("package.json")?.ok_or_else(|| {
            Refusal::Usage(format!(
                "{shown} is no Next.js project: it has no package.json. Name the folder of one, or \
                 make it: npx create-next-app@latest my-app"
            ))
        })?;
        let package: Value = serde_json::from_str(&package)
            .map_err(|error| Refusal::Usage(format!("{shown}/package.json: {error}")))?;
        if names_next(&package) {
            return Ok(project);
        }
        let below = apps_below(&project.root, 2);
        let hint = match below.first() {
            None => String::new(),
            Some(first) => format!(
                "; below it it is in {}: doorkey init {}",
                below.join(", "),
                folder.join(first).display()
            ),
        };
        Err(Refusal::Usage(format!(
            "{shown} is no Next.js project: `next` is not among the dependencies in its package.json{hint}"
        )))
    }

    /// Its folder, as an absolute path.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// A file's text; `None` when it is not there.
    pub(super) fn read(&self, path: &str) -> Result<Option<String>, Refusal> {
        // A pipe would keep us waiting, and a link could show what is another's.
        if let Some(why) = obstacle(&self.root, path) {
            return Err(Refusal::Blocked(vec![why]));
        }
        match fs::read_to_string(self.root.join(path)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Refusal::File(path.to_owned(), error)),
        }
    }

    /// Whether there is such a file or folder.
    pub(super) fn has(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    /// The files below a folder, as paths from it with `/`, sorted; none when it is
    /// not there.
    pub(super) fn files(&self, folder: &str) -> Vec<String> {
        let top = self.root.join(folder);
        let (mut found, mut folders) = (Vec::new(), vec![top.clone()]);
        while let Some(next) = folders.pop() {
            let entries = fs::read_dir(next).into_iter().flatten().flatten();
            for path in entries.map(|entry| entry.path()) {
                // Not through links: they may lead in a circle.
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path);
                } else if let Ok(inside) = path.strip_prefix(&top) {
                    found.push(inside.to_string_lossy().replace('\\', "/"));
                }
            }
        }
        found.sort();
        found
    }
}

fn names_next(package: &Value) -> bool {
    let lists = ["dependencies", "devDependencies"].into_iter();
    lists
        .filter_map(|list| package.get(list))
        .any(|list| list.get("next").is_some())
}

/// The folders of a monorepo that hold a Next.js project, as far down as `depth`.
fn apps_below(root: &Path, depth: usize) -> Vec<String> {
    let (mut found, mut level) = (Vec::new(), vec![String::new()]);
    for _ in 0..depth {
        level = level
            .iter()
            .flat_map(|folder| folders(root, folder))
            .collect();
        level.sort();
        let is_app = |folder: &&String| {
            let path = format!("{folder}/package.json");
            let text = obstacle(root, &path)
                .is_none()
                .then(|| fs::read_to_string(root.join(&path)).ok())
                .flatten();
            let package = text.and_then(|text| serde_json::from_str(&text).ok());
            package.is_some_and(|package: Value| names_next(&package))
        };
        found.extend(level.iter().filter(is_app).cloned());
    }
    found.truncate(MOST_NAMED);
    found
}

fn folders(root: &Path, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root.join(folder)).into_iter().flatten();
    entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.') && name != "node_modules")
        .map(|name| {
            format!("{folder}/{name}")
                .trim_start_matches('/')
                .to_owned()
        })
        .collect()
}
