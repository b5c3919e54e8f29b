//! The service's own pages: signing up and in, forgotten passwords, one's account, for
//! whoever has no front end to do it. HTML without scripts: forms post back to the page
//! that they are on (Post/Redirect/Get), and every use case is the same function that
//! the protocol's endpoint calls.
//!
//! One file a page; around them: [`form`] reads what was posted once [`origin`] and
//! [`csrf`] have passed it, [`view`] is what a page shows, [`page`] makes HTML of it, and
//! every word is in [`words`].
//!
//! Only the server links this: functions have no pages.

mod account;
mod asked;
mod csrf;
mod device;
mod forgot_password;
mod form;
mod further;
mod next;
mod origin;
mod page;
mod problem;
mod refusal;
mod reset_password;
mod routes;
mod sign_in;
mod sign_up;
mod verify_email;
mod view;
mod when;
mod words;

pub use routes::routes;
