//! `/account`: what somebody who is signed in does with their account. One page with a
//! form for each, told apart by its hidden `action`.

mod sections;
mod sessions;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use self::sections::view;
use super::asked::Asked;
use super::form::Form;
use super::page::{refused, render};
use super::refusal::Refusal;
use super::sign_up::is_name;
use super::view::View;
use super::words;
use crate::domain::password::LoginPassword;
use crate::domain::user_fields::FieldsPatch;
use crate::http::api_error::ApiError;
use crate::http::page::see_other;
use crate::http::sessions::end_all;
use crate::http::signed_in::SignedInUser;
use crate::http::visit::Visit;
use crate::http::{Web, session_answer};
use crate::service::change_password::{ChangePassword, change_password};
use crate::service::delete_user::{Proof, delete_user};
use crate::service::sessions::{revoke, revoke_others};
use crate::service::update_user::{ProfileChange, update_user};
use crate::service::{AuthError, Client};

const SIGNED_OUT: &str = "/sign-in?callbackURL=%2Faccount";

/// The page; whoever is signed out signs in first.
pub(super) async fn show(
    State(web): State<Arc<Web>>,
    visit: Visit,
    asked: Asked,
) -> Result<Response, ApiError> {
    let Some(user) = SignedInUser::find_if_any(&web, &visit).await? else {
        return Ok(see_other(SIGNED_OUT));
    };
    let view = View {
        notice: asked.text("done").and_then(words::done),
        ..view(&web, &user, None).await?
    };
    render(&web, &visit.headers, None, &view)
}

/// Does what one of its forms is for.
pub(super) async fn submit(
    State(web): State<Arc<Web>>,
    client: Client,
    visit: Visit,
    form: Form,
) -> Result<Response, ApiError> {
    let what = form.text("action");
    if let "sign-out" | "sign-in-again" = what {
        return sign_out(&web, &visit, what).await;
    }
    let Some(user) = SignedInUser::find_anew_if_any(&web, &visit).await? else {
        return Ok(see_other(SIGNED_OUT));
    };
    let visitor = Visitor {
        web: &web,
        client: &client,
        visit: &visit,
        user: &user,
    };
    let done = match what {
        "name" => visitor.rename(&form).await,
        "password" => visitor.change_password(&form).await,
        "end" => visitor.end(&form).await,
        "end-others" => visitor.end_others().await,
        "delete" => visitor.delete(&form).await,
        _ => Ok(see_other("/account")),
    };
    match done {
        Ok(response) => Ok(response),
        Err(NotDone::SignedOut) => Ok(see_other(SIGNED_OUT)),
        Err(NotDone::Refused(refusal)) => {
            let view = view(&web, &user, Some(&form)).await?;
            refused(&web, &visit.headers, None, view, refusal)
        }
    }
}

async fn sign_out(web: &Web, visit: &Visit, what: &str) -> Result<Response, ApiError> {
    let mut response = see_other(match what {
        "sign-in-again" => SIGNED_OUT,
        _ => "/sign-in?done=signed-out",
    });
    end_all(web, &visit.headers, response.headers_mut()).await?;
    Ok(response)
}

/// Why something was not done.
enum NotDone {
    /// The session ended meanwhile.
    SignedOut,
    /// Told on the page.
    Refused(Refusal),
}

impl From<Refusal> for NotDone {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Somebody who is signed in and posts a form.
struct Visitor<'a> {
    web: &'a Web,
    client: &'a Client,
    visit: &'a Visit,
    user: &'a SignedInUser,
}

impl Visitor<'_> {
    async fn rename(&self, form: &Form) -> Result<Response, NotDone> {
        let name = form.trimmed("name");
        if !is_name(name) {
            return Err(Refusal::field("name", words::BAD_NAME).into());
        }
        let change = ProfileChange {
            name: Some(name.to_owned()),
            image: None,
        };
        let SignedInUser { who, credential } = self.user;
        let done = update_user(&self.web.app, who, change, &FieldsPatch::default()).await;
        let mut found = who.clone();
        found.user = done.map_err(|error| self.refuse(error, &["name"]))?;
        let mut response = see_other("/account?done=name");
        let (came_in, fields) = (&self.visit.headers, response.headers_mut());
        session_answer::renew(self.web, came_in, credential, &found, fields);
        Ok(response)
    }

    /// A new session takes the place of this one, as after every change of what one may.
    async fn change_password(&self, form: &Form) -> Result<Response, NotDone> {
        let (current, new) = (form.text("currentPassword"), form.text("newPassword"));
        if current.is_empty() {
            return Err(Refusal::field("currentPassword", words::MISSING_PASSWORD).into());
        }
        if new.is_empty() {
            return Err(Refusal::field("newPassword", words::MISSING_NEW_PASSWORD).into());
        }
        let request = ChangePassword {
            current: LoginPassword::parse(current),
            new: new.to_owned(),
            renew_session: true,
        };
        let SignedInUser { who, credential } = self.user;
        let begun = change_password(&self.web.app, who, self.client, request).await;
        let begun =
            begun.map_err(|error| self.refuse(error, &["currentPassword", "newPassword"]))?;
        let mut response = see_other("/account?done=password");
        if let Some(begun) = &begun {
            let fields = response.headers_mut();
            session_answer::begin(self.web, &self.visit.headers, begun, fields);
            session_answer::forget_legacy(self.web, credential, fields);
        }
        Ok(response)
    }

    async fn end(&self, form: &Form) -> Result<Response, NotDone> {
        let ended = revoke(&self.web.app, &self.user.who, form.text("session")).await;
        if ended.map_err(|error| self.refuse(error, &[]))? {
            let mut response = see_other("/sign-in?done=signed-out");
            session_answer::end(self.web, response.headers_mut());
            return Ok(response);
        }
        Ok(see_other("/account?done=ended"))
    }

    async fn end_others(&self) -> Result<Response, NotDone> {
        let ended = revoke_others(&self.web.app, &self.user.who).await;
        ended.map_err(|error| self.refuse(error, &[]))?;
        Ok(see_other("/account?done=ended-others"))
    }

    /// By the password alone, whatever the session's age: nobody deletes an account by a
    /// slip, or on a device that was left open.
    async fn delete(&self, form: &Form) -> Result<Response, NotDone> {
        let typed = form.text("deletePassword");
        if typed.is_empty() {
            return Err(Refusal::field("deletePassword", words::MISSING_PASSWORD).into());
        }
        let proof = Proof::Password(LoginPassword::parse(typed));
        let SignedInUser { who, credential } = self.user;
        let deleted = delete_user(&self.web.app, who, self.client, proof).await;
        deleted.map_err(|error| self.refuse(error, &["deletePassword"]))?;
        let mut response = see_other("/sign-in?done=deleted");
        session_answer::end_shown(self.web, credential, response.headers_mut());
        Ok(response)
    }

    fn refuse(&self, error: AuthError, ids: &[&str]) -> NotDone {
        if Refusal::is_signed_out(&error) {
            return NotDone::SignedOut;
        }
        NotDone::Refused(Refusal::of(self.web, error, ids))
    }
}
