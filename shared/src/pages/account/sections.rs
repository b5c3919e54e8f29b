//! What the account's page shows: a part for each thing that can be done.

use super::sessions;
use crate::domain::user::User;
use crate::http::Web;
use crate::http::api_error::ApiError;
use crate::http::signed_in::SignedInUser;
use crate::pages::form::Form;
use crate::pages::view::{Field, FormView, Hidden, Link, Look, Section, View};
use crate::pages::words;

/// The page, with what was typed into `form` if that was refused.
pub(super) async fn view(
    web: &Web,
    visitor: &SignedInUser,
    form: Option<&Form>,
) -> Result<View, ApiError> {
    let user = &visitor.who.user;
    let typed = form.filter(|form| form.text("action") == "name");
    let name = typed.map_or(user.name.as_str(), |form| form.trimmed("name"));
    let deletes = form.is_some_and(|form| form.text("action") == "delete");
    let mut sections = vec![head(user)];
    if !user.email_verified && web.app.mailer.is_on() {
        sections.push(unverified(user));
    }
    sections.push(profile(name));
    sections.push(password(web, user));
    sections.push(sessions::section(web, &visitor.who).await?);
    sections.push(deletion(user, deletes));
    // Within another site's page there is no line for addresses to go back by.
    let app = web.app.config.upstream.address.as_ref();
    let back = app.map(|_| Link::new("", "/", words::TO_THE_APP));
    Ok(View {
        title: words::ACCOUNT,
        sections,
        links: back.into_iter().collect(),
        ..View::default()
    })
}

fn head(user: &User) -> Section {
    let out = FormView {
        button: words::SIGN_OUT,
        ..action("sign-out", Look::Quiet)
    };
    Section {
        text: Some(words::signed_in_as(&user.email)),
        forms: vec![out],
        ..Section::default()
    }
}

fn unverified(user: &User) -> Section {
    let send = FormView {
        action: "/verify-email".to_owned(),
        hidden: vec![Hidden {
            name: "email",
            value: user.email.clone(),
        }],
        button: words::SEND_LINK,
        look: Look::Quiet,
        ..FormView::default()
    };
    Section {
        heading: Some(words::VERIFY),
        text: Some(words::UNVERIFIED.to_owned()),
        forms: vec![send],
        ..Section::default()
    }
}

fn profile(name: &str) -> Section {
    let field = Field {
        required: false,
        value: name.to_owned(),
        autocomplete: "name",
        ..Field::required("name", words::NAME, "text")
    };
    let save = FormView {
        fields: vec![field],
        button: words::SAVE,
        ..action("name", Look::Primary)
    };
    Section {
        heading: Some(words::PROFILE),
        ..Section::of(save)
    }
}

fn password(web: &Web, user: &User) -> Section {
    let new = Field {
        hint: Some(words::password_hint(web.app.config.password_min)),
        ..Field::password("newPassword", words::NEW_PASSWORD, "new-password")
    };
    let change = FormView {
        fields: vec![
            Field::unseen_username(&user.email),
            Field::password(
                "currentPassword",
                words::CURRENT_PASSWORD,
                "current-password",
            ),
            new,
        ],
        button: words::CHANGE_PASSWORD,
        ..action("password", Look::Primary)
    };
    Section {
        heading: Some(words::CHANGE_PASSWORD),
        text: Some(words::CHANGE_PASSWORD_TEXT.to_owned()),
        ..Section::of(change)
    }
}

fn deletion(user: &User, open: bool) -> Section {
    let delete = FormView {
        fields: vec![
            Field::unseen_username(&user.email),
            Field::password("deletePassword", words::PASSWORD, "current-password"),
        ],
        button: words::DELETE_FOR_GOOD,
        ..action("delete", Look::Danger)
    };
    Section {
        text: Some(words::DELETE_TEXT.to_owned()),
        folded: Some(words::DELETE),
        open,
        ..Section::of(delete)
    }
}

/// A form of this page that does `what`.
pub(super) fn action(what: &str, look: Look) -> FormView {
    FormView {
        action: "/account".to_owned(),
        hidden: vec![Hidden {
            name: "action",
            value: what.to_owned(),
        }],
        look,
        ..FormView::default()
    }
}
