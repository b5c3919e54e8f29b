//! One use case per file. Transactions begin here. Nothing here knows HTTP:
//! cookies, headers and status codes are somebody else's.

pub mod accounts;
pub mod authenticate;
pub mod change_email;
pub mod change_password;
mod check_password;
pub mod delete_by_link;
pub mod delete_user;
pub mod error;
pub mod health;
pub mod housekeeping;
mod known_device;
pub mod limits;
mod links;
mod new_password;
mod post;
pub mod recovery;
pub mod sessions;
pub mod sign_in;
pub mod sign_up;
mod sign_up_attempt;
mod start_session;
pub mod tokens;
pub mod update_user;
pub mod verification;
pub mod verify_password;
mod while_signed_in;

pub use error::AuthError;

use crate::domain::client_ip::ClientIp;
use crate::domain::session::Session;
use crate::domain::token::SessionToken;
use crate::domain::user::User;

/// Who asks, as far as it is known.
#[derive(Clone, Default)]
pub struct Client {
    /// Their address.
    pub ip: Option<ClientIp>,
    /// Their `User-Agent`.
    pub user_agent: Option<String>,
    /// The proof that their device is known to an account, as it came in.
    pub known_device: Option<String>,
}

/// What signing in gives: the token goes into the cookie and nowhere else.
pub struct SignedIn {
    /// The secret.
    pub token: SessionToken,
    /// The new session.
    pub session: Session,
    /// Its user.
    pub user: User,
    /// A proof for the device to keep, if it is new to the account.
    pub known_device: Option<String>,
}
