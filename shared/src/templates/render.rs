//! From values to the texts of one mail.

use std::collections::BTreeMap;
use std::time::Duration;

use minijinja::value::Value;
use minijinja::{Environment, ErrorKind, Template, UndefinedBehavior};

use super::kinds::{BUILT_IN_LAYOUT, KINDS, Kind, LAYOUT};
use super::{TemplateError, Templates, shown};

/// What is filled in. Whatever comes from a user is cleaned before it is.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    /// The service's name.
    pub service: &'a str,
    /// What to call the recipient; may be empty.
    pub name: &'a str,
    /// The recipient's address.
    pub email: &'a str,
    /// The link, where there is one.
    pub link: Option<&'a str>,
    /// How long the link works.
    pub valid: Duration,
    /// The account's new address, where the mail is about that.
    pub new_email: Option<&'a str>,
}

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// One line.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// All templates, parsed.
pub struct Renderer(Environment<'static>);

impl Renderer {
    /// Parses them all: those of the folder, and the built-in ones that it does not
    /// replace. The error is the first that cannot be parsed.
    pub fn new(templates: &Templates) -> Result<Self, TemplateError> {
        let mut renderer = Self::empty();
        for kind in KINDS {
            renderer.add(&kind.txt_name(), templates.or(&kind.txt_name(), kind.txt))?;
            renderer.add(
                &kind.html_name(),
                templates.or(&kind.html_name(), kind.html),
            )?;
        }
        renderer.add(LAYOUT, templates.or(LAYOUT, BUILT_IN_LAYOUT))?;
        Ok(renderer)
    }

    /// Without any template.
    pub(super) fn empty() -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        Self(environment)
    }

    /// Parses one template.
    pub(super) fn add(&mut self, file: &str, source: &str) -> Result<(), TemplateError> {
        let mut add = |name: String, source: String| {
            let added = self.0.add_template_owned(name, source);
            added.map_err(|error| describe(file, &error))
        };
        if !is_text(file) {
            return add(file.to_owned(), source.to_owned());
        }
        // Two templates, so that no value can begin a second line of the subject; an
        // empty line stands for the first one, so that lines keep their numbers.
        let (first, rest) = source.split_once('\n').unwrap_or((source, ""));
        let subject = first
            .trim_start_matches('\u{FEFF}')
            .strip_prefix("Subject:")
            .map(str::trim)
            .filter(|subject| !subject.is_empty())
            .ok_or_else(|| TemplateError::new(file, "its first line must be `Subject: ...`"))?;
        if !rest.trim_start_matches('\r').starts_with('\n') {
            let wrong = "its second line must be empty: the text begins after it";
            return Err(TemplateError::new(file, wrong));
        }
        add(subject_of(file), subject.to_owned())?;
        add(file.to_owned(), format!("\n{rest}"))
    }

    /// The names that a parsed file looks up and does not set itself.
    pub(super) fn looked_up(&self, file: &str) -> Vec<String> {
        let names = [
            Some(file.to_owned()),
            is_text(file).then(|| subject_of(file)),
        ];
        let templates = names.into_iter().flatten().filter_map(|name| {
            let template = self.0.get_template(&name).ok()?;
            Some(template.undeclared_variables(false))
        });
        templates.flatten().collect()
    }

    /// The texts of a mail of this kind.
    pub fn render(&self, kind: &str, values: &Values<'_>) -> Result<Texts, TemplateError> {
        let kind = KINDS
            .iter()
            .find(|known| known.name == kind)
            .ok_or_else(|| TemplateError::new(kind, "there is no such mail"))?;
        let file = kind.txt_name();
        let plain = context(kind, values, values.link.map(Value::from));
        let subject = self.fill(&subject_of(&file), &file, &plain)?;
        let text = self.fill(&file, &file, &plain)?;
        Ok(Texts {
            subject: shown::subject(&subject),
            text: format!("{}\n", text.trim()),
            html: self.html(kind, values)?,
        })
    }

    fn html(&self, kind: &Kind, values: &Values<'_>) -> Result<String, TemplateError> {
        let file = kind.html_name();
        let link = values
            .link
            .map(|link| Value::from_safe_string(escape(link)));
        let mut context = context(kind, values, link.clone());
        let wrong = |error| describe(&file, &error);
        let middle = self.template(&file)?.render_captured(context.clone());
        let middle = middle.map_err(wrong)?;
        for part in ["title", "button", "note"] {
            let set = middle.state().lookup(part);
            context.insert(part.to_owned(), set.unwrap_or_else(|| Value::from("")));
        }
        let inside = Value::from_safe_string(middle.output().trim().to_owned());
        context.insert("content".to_owned(), inside);
        context.insert("link".to_owned(), link.unwrap_or_else(|| Value::from("")));
        self.fill(LAYOUT, LAYOUT, &context)
    }

    fn fill(
        &self,
        template: &str,
        file: &str,
        context: &BTreeMap<String, Value>,
    ) -> Result<String, TemplateError> {
        let filled = self.template(template)?.render(context.clone());
        filled.map_err(|error| describe(file, &error))
    }

    fn template(&self, name: &str) -> Result<Template<'_, '_>, TemplateError> {
        let found = self.0.get_template(name);
        found.map_err(|error| describe(name, &error))
    }
}

fn is_text(file: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, ext)| ext == "txt")
}

fn subject_of(file: &str) -> String {
    format!("{file}: subject")
}

/// What the templates of a kind may say, cleaned.
fn context(kind: &Kind, values: &Values<'_>, link: Option<Value>) -> BTreeMap<String, Value> {
    let minutes = values.valid.as_secs() / 60;
    let all = [
        ("service", Some(shown::line(values.service).into())),
        ("name", Some(shown::name(values.name).into())),
        ("email", Some(shown::line(values.email).into())),
        ("link", link),
        ("minutes", Some(minutes.into())),
        ("hours", Some((minutes / 60).into())),
        (
            "new_email",
            values.new_email.map(|to| shown::line(to).into()),
        ),
    ];
    all.into_iter()
        .filter(|(name, _)| super::kinds::COMMON.contains(name) || kind.own.contains(name))
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

/// Escapes an attribute's text as the templates' own escaping does, but for the
/// slash: a link full of `&#x2f;` looks to filters of spam like one that hides.
fn escape(link: &str) -> String {
    link.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#x27;")
}

/// Where and what is wrong, without a word of what was filled in.
fn describe(file: &str, error: &minijinja::Error) -> TemplateError {
    let line = error.line().map(|line| format!("line {line}: "));
    let detail = match error.kind() {
        ErrorKind::SyntaxError
        | ErrorKind::UnknownFilter
        | ErrorKind::UnknownFunction
        | ErrorKind::UnknownTest => error.detail().map(|detail| format!(": {detail}")),
        _ => None,
    };
    let wrong = format!(
        "{}{}{}",
        line.unwrap_or_default(),
        error.kind(),
        detail.unwrap_or_default()
    );
    TemplateError::new(file, wrong)
}

#[cfg(test)]
mod tests;
