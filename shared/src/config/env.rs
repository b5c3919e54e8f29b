//! A snapshot of the process's environment, and the reader that collects faults
//! while settings are taken from it.

use super::data_folder::{DATA_FOLDER, DataFolder};
use super::names::Setting;
use super::report::{Fault, Warning};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::ops::RangeInclusive;
use std::path::Path;

/// The environment at one moment: variables, and what the data folder is.
pub struct Env {
    /// `None` where the value is not UTF-8.
    values: BTreeMap<String, Option<String>>,
    data_folder: DataFolder,
}

impl Env {
    /// The environment of this process, and the data folder of this machine.
    pub fn from_process() -> Self {
        Self::from_pairs(std::env::vars_os())
            .with_data_folder(DataFolder::probe(Path::new(DATA_FOLDER)))
    }

    /// An environment of these variables alone, without a data folder.
    /// Variables whose name is not UTF-8 are left out: none of ours is.
    pub fn from_pairs<K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<OsString>,
        V: Into<OsString>,
    {
        let values = pairs
            .into_iter()
            .filter_map(|(name, value)| {
                let name = name.into().into_string().ok()?;
                Some((name, value.into().into_string().ok()))
            })
            .collect();
        Self {
            values,
            data_folder: DataFolder::Missing,
        }
    }

    /// The same variables and one more, unless it is there.
    #[must_use]
    pub fn or(mut self, name: &str, value: &str) -> Self {
        let value = || Some(value.to_owned());
        self.values.entry(name.to_owned()).or_insert_with(value);
        self
    }

    /// The same variables on a machine with this data folder.
    #[must_use]
    pub fn with_data_folder(mut self, data_folder: DataFolder) -> Self {
        self.data_folder = data_folder;
        self
    }

    /// What the data folder is.
    pub(super) fn data_folder(&self) -> DataFolder {
        self.data_folder
    }

    /// The names of all variables that are not empty.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.values
            .iter()
            .filter(|(_, value)| value.as_ref().is_none_or(|text| !text.trim().is_empty()))
            .map(|(name, _)| name.as_str())
    }

    /// A variable that the platform sets, trimmed; `None` when empty or not UTF-8.
    pub(super) fn platform(&self, name: &str) -> Option<&str> {
        let text = self.values.get(name)?.as_deref()?.trim();
        (!text.is_empty()).then_some(text)
    }
}

impl fmt::Debug for Env {
    /// The names only: any value may be a secret, ours or another program's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

/// Takes settings from an [`Env`] and remembers every fault on the way.
///
/// After a fault it hands out the default, so that reading goes on and one
/// start names all faults; the defaults are thrown away with the faults.
pub(super) struct Reader<'e> {
    pub(super) env: &'e Env,
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<Warning>,
}

impl<'e> Reader<'e> {
    pub(super) fn new(env: &'e Env) -> Self {
        Self {
            env,
            faults: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Notes a fault, once.
    pub(super) fn fault(&mut self, setting: &'static Setting, wrong: impl Into<String>) {
        let fault = Fault::new(setting, wrong);
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    pub(super) fn warn(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.warnings.push(Warning {
            name: name.into(),
            text: text.into(),
        });
    }

    /// Whether the variable is set at all, well or badly.
    pub(super) fn is_set(&self, setting: &Setting) -> bool {
        self.env.names().any(|name| name == setting.name)
    }

    /// The value as it stands, for secrets, whose every byte counts.
    pub(super) fn raw(&mut self, setting: &'static Setting) -> Option<&'e str> {
        let env = self.env;
        let Some(text) = env.values.get(setting.name)? else {
            self.fault(setting, "is not UTF-8");
            return None;
        };
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return None;
        }
        if is_quoted(trimmed) {
            self.fault(
                setting,
                "stands in quotation marks, which are taken as part of the value \
                 (docker's --env-file keeps them): leave them out",
            );
            return None;
        }
        Some(text)
    }

    /// The value without white space around it.
    pub(super) fn text(&mut self, setting: &'static Setting) -> Option<&'e str> {
        self.raw(setting).map(str::trim)
    }

    /// The value as `parse` understands it. What `parse` says is shown to the
    /// operator, so it must not repeat the value.
    pub(super) fn parsed<T>(
        &mut self,
        setting: &'static Setting,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(setting)?;
        parse(text).map_err(|wrong| self.fault(setting, wrong)).ok()
    }

    /// A whole number within `range`.
    pub(super) fn number(
        &mut self,
        setting: &'static Setting,
        range: RangeInclusive<u32>,
        default: u32,
    ) -> u32 {
        self.parsed(setting, |text| {
            text.parse()
                .ok()
                .filter(|number| range.contains(number))
                .ok_or_else(|| {
                    let (least, most) = (range.start(), range.end());
                    format!("must be a whole number from {least} to {most}")
                })
        })
        .unwrap_or(default)
    }

    /// `on` or `off`, also `true`, `false`, `1`, `0`, in any case.
    pub(super) fn switch(&mut self, setting: &'static Setting, default: bool) -> bool {
        self.parsed(setting, |text| match text.to_ascii_lowercase().as_str() {
            "on" | "true" | "1" => Ok(true),
            "off" | "false" | "0" => Ok(false),
            _ => Err("must be on or off".to_owned()),
        })
        .unwrap_or(default)
    }
}

/// Whether a value begins and ends with the same quotation mark.
fn is_quoted(text: &str) -> bool {
    ['"', '\'']
        .into_iter()
        .any(|mark| text.len() > 1 && text.starts_with(mark) && text.ends_with(mark))
}

#[cfg(test)]
mod tests;
