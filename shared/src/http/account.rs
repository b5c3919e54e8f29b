//! What users do with their own account, one file a topic.

pub(super) mod accounts;
pub(super) mod change_email;
pub(super) mod delete;
pub(super) mod delete_by_link;
pub(super) mod error_page;
pub(super) mod password;
pub(super) mod profile;
pub(super) mod providers;
pub(super) mod social;
