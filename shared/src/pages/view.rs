//! What a page shows, before it is HTML: one template serves them all.

use serde::Serialize;

use super::refusal::Refusal;
use super::words::Words;

/// A page.
#[derive(Default, Serialize)]
pub(super) struct View {
    pub(super) title: Words,
    pub(super) lead: Option<String>,
    /// What went well.
    pub(super) notice: Option<Words>,
    pub(super) sections: Vec<Section>,
    pub(super) links: Vec<Link>,
    /// What went wrong; filled in by [`View::telling`].
    pub(super) told: Vec<Told>,
    /// Whether none of that belongs to a field, so that it is read first.
    pub(super) is_general: bool,
}

/// Something that went wrong, and the field that it belongs to.
#[derive(Clone, Serialize)]
pub(super) struct Told {
    pub(super) id: Option<String>,
    pub(super) text: String,
}

/// A part of a page.
#[derive(Default, Serialize)]
pub(super) struct Section {
    pub(super) heading: Option<Words>,
    pub(super) text: Option<String>,
    pub(super) items: Vec<Item>,
    pub(super) forms: Vec<FormView>,
    /// The label under which it is folded away, and whether it is open.
    pub(super) folded: Option<Words>,
    pub(super) open: bool,
}

/// An entry of a list, with what can be done about it.
#[derive(Serialize)]
pub(super) struct Item {
    pub(super) name: String,
    pub(super) mark: Option<Words>,
    pub(super) details: Vec<String>,
    pub(super) form: Option<FormView>,
}

/// A form.
#[derive(Default, Serialize)]
pub(super) struct FormView {
    pub(super) action: String,
    pub(super) hidden: Vec<Hidden>,
    pub(super) fields: Vec<Field>,
    pub(super) button: Words,
    /// What the button is about, for whoever does not see where it stands.
    pub(super) about: Option<String>,
    pub(super) look: Look,
}

/// How a form's button looks.
#[derive(Clone, Copy, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Look {
    /// What one comes for.
    #[default]
    Primary,
    /// What one may do, too.
    Quiet,
    /// What cannot be undone.
    Danger,
}

/// A field that nobody fills in.
#[derive(Serialize)]
pub(super) struct Hidden {
    pub(super) name: &'static str,
    pub(super) value: String,
}

/// A field.
#[derive(Default, Serialize)]
pub(super) struct Field {
    /// Its name, and its id on the page.
    pub(super) id: String,
    pub(super) label: String,
    /// The `type` of an input.
    pub(super) kind: &'static str,
    pub(super) value: String,
    pub(super) autocomplete: &'static str,
    pub(super) hint: Option<String>,
    pub(super) required: bool,
    /// Whether a box is ticked.
    pub(super) ticked: bool,
    /// Whether it is there for password managers alone.
    pub(super) unseen: bool,
    pub(super) told: Option<ToldHere>,
}

/// What is wrong with a field, and whether it is the first that something is wrong with.
#[derive(Serialize)]
pub(super) struct ToldHere {
    text: String,
    focus: bool,
}

/// A link, perhaps after some words.
#[derive(Serialize)]
pub(super) struct Link {
    pub(super) lead: Words,
    pub(super) href: String,
    pub(super) text: Words,
    /// Whether it opens a window of its own.
    pub(super) apart: bool,
}

impl View {
    /// The same page, telling what went wrong: above all of it, and beside each field
    /// concerned, the first of which has the focus.
    pub(super) fn telling(mut self, refusal: &Refusal) -> Self {
        let mut is_first = true;
        let forms = self.sections.iter_mut().flat_map(|part| &mut part.forms);
        for field in forms.flat_map(|form| &mut form.fields) {
            let is_about = |told: &&Told| told.id.as_deref() == Some(field.id.as_str());
            let Some(told) = refusal.told.iter().find(is_about) else {
                continue;
            };
            field.told = Some(ToldHere {
                text: told.text.clone(),
                focus: std::mem::take(&mut is_first),
            });
        }
        self.told.clone_from(&refusal.told);
        self.is_general = is_first;
        self
    }
}

impl Section {
    /// A section with a form and nothing else.
    pub(super) fn of(form: FormView) -> Self {
        Self {
            forms: vec![form],
            ..Self::default()
        }
    }
}

impl Field {
    /// One that must be filled in.
    pub(super) fn required(id: &str, label: Words, kind: &'static str) -> Self {
        Self {
            id: id.to_owned(),
            label: label.to_owned(),
            kind,
            required: true,
            ..Self::default()
        }
    }

    /// An address that one signs in with.
    pub(super) fn email(typed: &str, autocomplete: &'static str) -> Self {
        Self {
            value: typed.to_owned(),
            autocomplete,
            ..Self::required("email", super::words::EMAIL, "email")
        }
    }

    /// Whose password the form asks for: not to be seen, but password managers know.
    pub(super) fn unseen_username(email: &str) -> Self {
        Self {
            unseen: true,
            value: email.to_owned(),
            autocomplete: "username",
            ..Self::required("username", super::words::EMAIL, "email")
        }
    }

    /// A password. It is never shown again.
    pub(super) fn password(id: &str, label: Words, autocomplete: &'static str) -> Self {
        Self {
            autocomplete,
            ..Self::required(id, label, "password")
        }
    }
}

impl Link {
    /// A link within the pages.
    pub(super) fn new(lead: Words, href: impl Into<String>, text: Words) -> Self {
        Self {
            lead,
            href: href.into(),
            text,
            apart: false,
        }
    }
}
