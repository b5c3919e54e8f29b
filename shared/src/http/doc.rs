//! What an endpoint says of itself: the part of the API's description that stands
//! beside its handler. The document is made from it in [`super::openapi`].

/// The description of one endpoint.
#[derive(Debug)]
pub(super) struct Doc {
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
    /// Answers that it shares with others.
    pub(super) shared: &'static [&'static [Answer]],
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
        shared: &[],
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
    /// A list of texts.
    Texts,
}

/// One answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) about: &'static str,
    pub(super) content: Content,
}

/// Where a new password is chosen.
pub(super) const NEW_PASSWORD: &[Answer] = &[
    Answer::refusal(
        400,
        "PASSWORD_TOO_SHORT",
        "fewer characters than PASSWORD_MIN",
    ),
    Answer::refusal(400, "PASSWORD_TOO_LONG", "more than 128 characters"),
    Answer::refusal(400, "PASSWORD_TOO_COMMON", "one that attackers try first"),
    Answer::refusal(
        400,
        "PASSWORD_TOO_PERSONAL",
        "too close to the name or the address",
    ),
];

/// Where a password is checked, or a mail is asked for.
pub(super) const LIMITED: &[Answer] = &[Answer::refusal(
    429,
    "TOO_MANY_REQUESTS",
    "more than ten tries a minute; `Retry-After` says when there is room again",
)];

/// Where a password is hashed.
pub(super) const HASHES: &[Answer] = &[Answer::refusal(
    503,
    "SERVICE_BUSY",
    "too many passwords are being checked at once",
)];

/// Where a place to go to afterwards is taken.
pub(super) const CALLBACK: &[Answer] = &[Answer::refusal(
    403,
    "INVALID_CALLBACK_URL",
    "`callbackURL` is no trusted place",
)];

/// Where the operator's own fields are taken.
pub(super) const OWN_FIELDS: &[Answer] = &[
    Answer::refusal(
        400,
        "MISSING_FIELD",
        "a field of one's own that is required is missing",
    ),
    Answer::refusal(
        400,
        "FIELD_NOT_ALLOWED",
        "a field of one's own that nobody may set is set",
    ),
    Answer::refusal(
        422,
        "FAILED_TO_CREATE_USER",
        "a required field of one's own is null",
    ),
];

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
