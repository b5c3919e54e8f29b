//! The table from errors to statuses, codes and messages. The client branches on
//! `status` and `code`; the cause goes to the log, never into the answer.

use std::borrow::Cow;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::domain::password::PasswordRefused;
use crate::domain::sign_ups::SignUpRefused;
use crate::domain::user_fields::FieldRefused;
use crate::service::AuthError;
use crate::store::StoreError;
use crate::store::rate_limits::{TRIES, WINDOW};

const X_RETRY_AFTER: HeaderName = HeaderName::from_static("x-retry-after");
const RATELIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATELIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// An answer that is not a success.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    message: &'a str,
    code: &'a str,
}

impl ApiError {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            headers: Vec::new(),
        }
    }

    pub(crate) fn bad_request(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(crate) fn forbidden(code: &'static str, message: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    pub(super) fn validation(message: impl Into<Cow<'static, str>>) -> Self {
        Self::bad_request("VALIDATION_ERROR", message)
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "Unauthorized")
    }

    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "INTERNAL_SERVER_ERROR",
            "Something went wrong. The request id names it in the log.",
        )
    }

    /// 503: the same request may succeed in `seconds`.
    pub(crate) fn unavailable(code: &'static str, message: &'static str, seconds: u64) -> Self {
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message);
        error.headers.push((RETRY_AFTER, seconds.into()));
        error
    }

    /// What a program branches on.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// Its status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// What the answer says beside its body, about how long to wait.
    pub(crate) fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }

    /// Its code, if it is the request's fault and not ours: a code to tell a page.
    pub(super) fn refusal(&self) -> Option<&'static str> {
        self.status.is_client_error().then_some(self.code)
    }

    /// 429: there is room again after `wait`; `policy` is whose limit it is, how many
    /// it lets through and in which time.
    pub(crate) fn rate_limited(wait: Duration, policy: (&str, u32, Duration)) -> Self {
        let message = "Too many requests. Please try again later.";
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS", message);
        let (name, quota, window) = policy;
        // Rounded up: who waits that long must be let in.
        let seconds = wait.as_millis().div_ceil(1000).max(1);
        let text = |text: String| HeaderValue::from_str(&text).ok();
        let fields = [
            (RETRY_AFTER, text(seconds.to_string())),
            (X_RETRY_AFTER, text(seconds.to_string())),
            // draft-ietf-httpapi-ratelimit-headers-10
            (
                RATELIMIT_POLICY,
                text(format!("\"{name}\";q={quota};w={}", window.as_secs())),
            ),
            (RATELIMIT, text(format!("\"{name}\";r=0;t={seconds}"))),
        ];
        let fields = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        error.headers.extend(fields);
        error
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::InvalidCredentials => Self::new(
                StatusCode::UNAUTHORIZED,
                "INVALID_EMAIL_OR_PASSWORD",
                "Invalid email or password",
            ),
            AuthError::InvalidPassword => Self::bad_request("INVALID_PASSWORD", "Invalid password"),
            AuthError::InvalidToken => Self::bad_request("INVALID_TOKEN", "Invalid token"),
            AuthError::InvalidVerifyLink => {
                Self::new(StatusCode::UNAUTHORIZED, "INVALID_TOKEN", "Invalid token")
            }
            AuthError::ExpiredVerifyLink => {
                Self::new(StatusCode::UNAUTHORIZED, "TOKEN_EXPIRED", "Token expired")
            }
            AuthError::InvalidUser => {
                Self::new(StatusCode::UNAUTHORIZED, "INVALID_USER", "Invalid user")
            }
            AuthError::InvalidDeleteLink => {
                Self::new(StatusCode::NOT_FOUND, "INVALID_TOKEN", "Invalid token")
            }
            AuthError::NobodySignedIn => Self::new(
                StatusCode::NOT_FOUND,
                "FAILED_TO_GET_USER_INFO",
                "Failed to get user info",
            ),
            AuthError::ResetDisabled => {
                Self::bad_request("RESET_PASSWORD_DISABLED", "Reset password isn't enabled")
            }
            AuthError::VerificationDisabled => Self::bad_request(
                "VERIFICATION_EMAIL_NOT_ENABLED",
                "Verification email isn't enabled",
            ),
            AuthError::EmailMismatch => Self::bad_request("EMAIL_MISMATCH", "Email mismatch"),
            AuthError::EmailAlreadyVerified => {
                Self::bad_request("EMAIL_ALREADY_VERIFIED", "Email is already verified")
            }
            AuthError::EmailIsTheSame => {
                Self::bad_request("EMAIL_IS_THE_SAME", "Email is the same")
            }
            AuthError::EmailNotVerified => {
                Self::forbidden("EMAIL_NOT_VERIFIED", "Email not verified")
            }
            AuthError::NotFresh => Self::forbidden("SESSION_NOT_FRESH", "Session is not fresh"),
            AuthError::SessionExpired => Self::bad_request(
                "SESSION_EXPIRED",
                "Session expired. Re-authenticate to perform this action.",
            ),
            AuthError::UserGone => Self::unauthorized(),
            AuthError::EmailTaken => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
                "User already exists. Use another email.",
            ),
            AuthError::SignUp(refused @ SignUpRefused::Closed) => {
                Self::bad_request("EMAIL_PASSWORD_SIGN_UP_DISABLED", refused.to_string())
            }
            AuthError::SignUp(SignUpRefused::NotAdmitted) => {
                Self::forbidden("SIGN_UP_NOT_ALLOWED", "This address cannot sign up here")
            }
            AuthError::Password(refused) => {
                Self::bad_request(password_code(refused), refused.to_string())
            }
            AuthError::Field(refused) => Self::from(refused),
            AuthError::RateLimited(wait) => {
                Self::rate_limited(wait, ("credentials", TRIES, WINDOW))
            }
            AuthError::Busy => {
                Self::unavailable("SERVICE_BUSY", "The service is busy. Please try again.", 1)
            }
            AuthError::Store(error) => Self::from(error),
            AuthError::Internal(cause) => {
                tracing::error!(event = "internal_error", cause);
                Self::internal()
            }
        }
    }
}

impl From<FieldRefused> for ApiError {
    fn from(refused: FieldRefused) -> Self {
        let (status, code) = match refused {
            FieldRefused::Missing(_) => (StatusCode::BAD_REQUEST, "MISSING_FIELD"),
            FieldRefused::NotAllowed(_) => (StatusCode::BAD_REQUEST, "FIELD_NOT_ALLOWED"),
            FieldRefused::NullForRequired => {
                (StatusCode::UNPROCESSABLE_ENTITY, "FAILED_TO_CREATE_USER")
            }
            FieldRefused::Invalid(_) => (StatusCode::BAD_REQUEST, "VALIDATION_ERROR"),
        };
        Self::new(status, code, refused.to_string())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(event = "store_failed", %error);
        match error {
            StoreError::Unavailable(_) => Self::unavailable(
                "DATABASE_UNAVAILABLE",
                "The database cannot be reached. Please try again.",
                5,
            ),
            StoreError::Migrating => Self::unavailable(
                "DATABASE_MIGRATING",
                "The database is being prepared. Please try again.",
                5,
            ),
            StoreError::SchemaOutdated => Self::unavailable(
                "SCHEMA_OUTDATED",
                "The database's schema is older than this version needs.",
                30,
            ),
            StoreError::Failed(_) => Self::internal(),
        }
    }
}

fn password_code(refused: PasswordRefused) -> &'static str {
    match refused {
        PasswordRefused::TooShort => "PASSWORD_TOO_SHORT",
        PasswordRefused::TooLong => "PASSWORD_TOO_LONG",
        PasswordRefused::TooCommon => "PASSWORD_TOO_COMMON",
        PasswordRefused::TooPersonal => "PASSWORD_TOO_PERSONAL",
    }
}

/// Goes along with an answer that is a refusal, for a layer above that tells it in
/// another form.
#[derive(Clone, Copy)]
pub(crate) struct Refused(pub(crate) &'static str);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = ErrorBody {
            message: &self.message,
            code: self.code,
        };
        let mut response = (self.status, axum::Json(body)).into_response();
        response.extensions_mut().insert(Refused(self.code));
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        response
    }
}
