//! What `load` has to say about the environment: faults, which stop the start,
//! and warnings, which do not.
//!
//! Neither ever repeats a variable's value: a secret can stand in any of them.

use super::names::Setting;
use std::fmt;

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The variable's name.
    pub name: &'static str,
    /// What is wrong, as the end of a sentence that begins with the name.
    pub wrong: String,
    /// A value that would do.
    pub example: &'static str,
}

impl Fault {
    pub(super) fn new(setting: &'static Setting, wrong: impl Into<String>) -> Self {
        Self {
            name: setting.name,
            wrong: wrong.into(),
            example: setting.example,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            wrong,
            example,
        } = self;
        write!(f, "{name} {wrong}\n    for example: {name}={example}")
    }
}

/// Every setting that cannot be used, found in one reading.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    /// A line that counts the faults, then two lines for each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => f.write_str("1 setting cannot be used:")?,
            n => write!(f, "{n} settings cannot be used:")?,
        }
        for fault in &self.0 {
            write!(f, "\n  {fault}")?;
        }
        Ok(())
    }
}

/// Something to look at that does not stop the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The variable's name, as it stands in the environment.
    pub name: String,
    /// What to look at, as the end of a sentence that begins with the name.
    pub text: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.text)
    }
}
