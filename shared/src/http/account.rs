//! What users do with their own account, one file a topic.

pub(super) mod accounts;
pub(super) mod delete;
pub(super) mod error_page;
pub(super) mod password;
pub(super) mod profile;
pub(super) mod providers;
pub(super) mod social;
