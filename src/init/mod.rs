//! Adding Doorkey to a Next.js project: what is there is looked at, what to write
//! is planned, and only a whole plan is carried out. What another wrote is left.

mod apply;
mod clashes;
mod code;
mod dependency;
mod env_example;
mod files;
mod functions;
mod ignored;
mod json_text;
mod lock;
mod manifest;
mod next_config;
mod next_steps;
mod place;
mod plan;
mod project;
mod rewrites;
mod routes;
mod seal;
mod vercel_doubts;
mod vercel_json;

pub(crate) use apply::apply;
pub(crate) use dependency::Source;
pub(crate) use plan::{Options, Plan, What, plan};
pub(crate) use project::Project;

/// Why nothing was written.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The folder or an option is not what it must be.
    Usage(String),
    /// Something in the project is in the way, each with what to do about it.
    Blocked(Vec<String>),
    /// A file could not be read or written.
    File(String, std::io::Error),
}

impl Refusal {
    /// Each reason by itself.
    pub(crate) fn reasons(&self) -> Vec<String> {
        match self {
            Self::Blocked(reasons) => reasons.clone(),
            other => vec![other.to_string()],
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Usage(why) => f.write_str(why),
            Self::Blocked(reasons) => {
                f.write_str("nothing was written:")?;
                reasons
                    .iter()
                    .try_for_each(|reason| write!(f, "\n  - {}", reason.replace('\n', "\n    ")))
            }
            Self::File(path, error) => write!(f, "{path}: {error}"),
        }
    }
}
