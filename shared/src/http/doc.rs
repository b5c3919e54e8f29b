//! What an endpoint says of itself: the part of the API's description that stands
//! beside its handler. The document is made from it in [`super::openapi`].

/// The description of one endpoint.
#[derive(Debug)]
pub struct Doc {
    /// What it does, in a line.
    pub(super) summary: &'static str,
    /// What else a caller must know; may be empty.
    pub(super) about: &'static str,
    /// Who may call it.
    pub(super) need: Need,
    /// Its path's and query's parameters.
    pub(super) parameters: &'static [Field],
    /// Its body's fields.
    pub(super) body: &'static [Field],
    /// Its answers beside those that every endpoint of its kind has.
    pub(super) answers: &'static [Answer],
}

impl Doc {
    /// One that takes nothing and is for everybody; the rest by `..Doc::EMPTY`.
    pub(super) const EMPTY: Self = Self {
        summary: "",
        about: "",
        need: Need::Nothing,
        parameters: &[],
        body: &[],
        answers: &[],
    };
}

/// Who may call an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Everybody.
    Nothing,
    /// Somebody with a session.
    Session,
    /// Somebody who signed in within a day.
    FreshSession,
}

/// A parameter, or a field of a body.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) of: Type,
    pub(super) required: bool,
    pub(super) about: &'static str,
}

impl Field {
    pub(super) const fn required(name: &'static str, of: Type, about: &'static str) -> Self {
        Self {
            name,
            of,
            required: true,
            about,
        }
    }

    pub(super) const fn optional(name: &'static str, of: Type, about: &'static str) -> Self {
        Self {
            name,
            of,
            required: false,
            about,
        }
    }
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Type {
    /// Text.
    Text,
    /// Text or null.
    TextOrNull,
    /// An address.
    Email,
    /// A password.
    Password,
    /// true or false.
    Bool,
    /// A part of the path.
    InPath,
}

/// One answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) about: &'static str,
    pub(super) content: Content,
}

/// What an answer holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    /// JSON of that shape.
    Json(Shape),
    /// An error of that code.
    Refusal(&'static str),
    /// A page.
    Html,
    /// Nothing but a `Location`.
    Redirect,
}

impl Answer {
    /// Over the limit of tries.
    pub(super) const TOO_MANY: Self = Self::refusal(
        429,
        "TOO_MANY_REQUESTS",
        "more than ten tries a minute; `Retry-After` says when there is room again",
    );
    /// More passwords to check than the machine can take.
    pub(super) const BUSY: Self = Self::refusal(
        503,
        "SERVICE_BUSY",
        "too many passwords are being checked at once",
    );

    pub(super) const fn ok(shape: Shape, about: &'static str) -> Self {
        Self {
            status: 200,
            about,
            content: Content::Json(shape),
        }
    }

    pub(super) const fn refusal(status: u16, code: &'static str, about: &'static str) -> Self {
        Self {
            status,
            about,
            content: Content::Refusal(code),
        }
    }

    pub(super) const fn redirect(about: &'static str) -> Self {
        Self {
            status: 302,
            about,
            content: Content::Redirect,
        }
    }

    pub(super) const fn page(about: &'static str) -> Self {
        Self {
            status: 200,
            about,
            content: Content::Html,
        }
    }
}

/// The shapes of JSON that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `{ok: true}`
    Ok,
    /// `{status: true}`
    Status,
    /// `{status: true, message}`
    StatusMessage,
    /// `{status: true, user: null}`
    StatusUser,
    /// `{success: true}`
    Success,
    /// `{success: true, message}`
    SuccessMessage,
    /// `{token, user}`, the token null where no session began.
    SignedUp,
    /// `{redirect, token, url?, user}`
    SignedIn,
    /// `{session, user}`
    SessionAndUser,
    /// The same, or `null`.
    SessionAndUserOrNull,
    /// A list of sessions.
    Sessions,
    /// A list of accounts.
    Accounts,
    /// `{token}`
    Token,
    /// `{keys}`
    Keys,
    /// `{status, version, checks?}`
    Health,
    /// The same, or an error.
    HealthOrError,
    /// This document.
    Document,
}
