//! An operator's folder of templates: read and tried out once at start, so that no
//! fault waits for the first mail.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::time::Duration;

use super::kinds::{COMMON, IN_LAYOUT, KINDS, Kind, LAYOUT};
use super::{Renderer, TemplateError, Values};

/// The files of the folder, by name; none without a folder.
#[derive(Clone, Default)]
pub struct Templates(BTreeMap<String, String>);

impl Templates {
    /// Reads a folder and tries every file of it out.
    ///
    /// # Errors
    /// Everything that is wrong: files of a name that no mail has, that are no UTF-8,
    /// that cannot be parsed or filled in, that say what there is no value for, and
    /// mails whose link was left out. Files whose name begins with a dot are passed
    /// over: file systems and Kubernetes leave them there.
    pub fn read(folder: &Path) -> Result<Self, Vec<TemplateError>> {
        let mut files = BTreeMap::new();
        let mut wrong = Vec::new();
        let unreadable = |_| vec![TemplateError::new("the folder", "cannot be read")];
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let Ok(entry) = entry else { continue };
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            if !is_known(&name) {
                wrong.push(TemplateError::new(&name, "no mail has a file of this name"));
                continue;
            }
            match std::fs::read_to_string(entry.path()) {
                Ok(source) => drop(files.insert(name, source)),
                Err(_) => wrong.push(TemplateError::new(&name, "cannot be read as UTF-8")),
            }
        }
        let templates = Self(files);
        wrong.extend(templates.faults());
        if wrong.is_empty() {
            Ok(templates)
        } else {
            wrong.sort_by(|a, b| a.file.cmp(&b.file));
            Err(wrong)
        }
    }

    /// The file's own text, or the built-in one.
    pub(super) fn or<'a>(&'a self, file: &str, built_in: &'a str) -> &'a str {
        self.0.get(file).map_or(built_in, String::as_str)
    }

    /// What is wrong with the files, at most one fault each.
    fn faults(&self) -> Vec<TemplateError> {
        let parsed = self
            .0
            .iter()
            .filter_map(|(file, source)| parse(file, source));
        let wrong: Vec<_> = parsed.collect();
        if !wrong.is_empty() {
            return wrong;
        }
        let renderer = match Renderer::new(self) {
            Ok(renderer) => renderer,
            Err(error) => return vec![error],
        };
        let mut found = BTreeMap::new();
        for error in KINDS
            .iter()
            .filter_map(|kind| self.try_out(kind, &renderer))
        {
            found.entry(error.file.clone()).or_insert(error);
        }
        found.into_values().collect()
    }

    /// Renders a mail with made-up values.
    fn try_out(&self, kind: &Kind, renderer: &Renderer) -> Option<TemplateError> {
        let link = "https://auth.example.com/?token=try-out";
        let values = Values {
            service: "Example",
            name: "Ann",
            email: "ann@example.com",
            link: kind.has_link().then_some(link),
            valid: Duration::from_hours(1),
            new_email: Some("new@example.com"),
        };
        let texts = match renderer.render(kind.name, &values) {
            Ok(texts) => texts,
            Err(error) => return Some(error),
        };
        let without = |file: &str| Some(TemplateError::new(file, "does not show {{ link }}"));
        if !kind.has_link() {
            None
        } else if !texts.text.contains(link) {
            without(&kind.txt_name())
        } else if !texts.html.contains(link) && self.0.contains_key(LAYOUT) {
            without(LAYOUT)
        } else {
            None
        }
    }
}

impl fmt::Debug for Templates {
    /// The names alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// What keeps one file from being parsed, or a name in it that has no value.
fn parse(file: &str, source: &str) -> Option<TemplateError> {
    let mut renderer = Renderer::empty();
    if let Err(error) = renderer.add(file, source) {
        return Some(error);
    }
    let known = known_in(file);
    let looked_up = renderer.looked_up(file);
    let unknown: BTreeSet<&str> = looked_up
        .iter()
        .map(String::as_str)
        .filter(|name| !known.contains(name))
        .collect();
    let name = unknown.first()?;
    let known = known.into_iter().collect::<Vec<_>>().join(", ");
    let wrong = format!("there is no value {name}; there are {known}");
    Some(TemplateError::new(file, wrong))
}

fn is_known(file: &str) -> bool {
    let of_a_kind = |kind: &Kind| file == kind.txt_name() || file == kind.html_name();
    file == LAYOUT || KINDS.iter().any(of_a_kind)
}

/// The names that a file may look up.
fn known_in(file: &str) -> BTreeSet<&'static str> {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let kind = KINDS.iter().find(|kind| kind.name == stem);
    let own = kind.map_or(IN_LAYOUT, |kind| kind.own);
    COMMON.iter().chain(own).copied().collect()
}

#[cfg(test)]
mod tests;
