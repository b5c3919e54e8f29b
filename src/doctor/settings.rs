//! The settings, as a deployment of some kind would read them here.

use clap::ValueEnum;
use doorkey::config::{Config, Env, Program, load};

use super::report::{Finding, Report, Words};

const NAME: &str = "settings";

/// Where the settings are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Place {
    /// A server, here and now.
    Server,
    /// A container, which others reach.
    Container,
    /// Functions on Vercel.
    Vercel,
    /// Functions on AWS Lambda.
    Lambda,
    /// A Hugging Face Space.
    Space,
}

impl Place {
    /// What runs there, and what the platform itself would set.
    fn reading(self) -> (Program, &'static [(&'static str, &'static str)]) {
        match self {
            Self::Server => (Program::Server, &[]),
            Self::Container => (Program::Server, &[("HOST", "0.0.0.0")]),
            Self::Vercel => (Program::Function, &[("VERCEL_IPC_PATH", "doctor")]),
            Self::Lambda => (Program::Function, &[("AWS_LAMBDA_RUNTIME_API", "doctor")]),
            Self::Space => (
                Program::Server,
                &[
                    ("SPACE_ID", "doctor/doctor"),
                    ("SPACE_HOST", "doctor-doctor.hf.space"),
                ],
            ),
        }
    }

    fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }
}

/// The check, and the settings, if they can be used.
pub(super) fn check(place: Place, report: &mut Report<'_>) -> Option<Config> {
    let (program, set) = place.reading();
    let env = set.iter().fold(Env::from_process(), |env, (name, value)| {
        env.or(name, value)
    });
    let loaded = match load(program, &env) {
        Ok(loaded) => loaded,
        Err(faults) => {
            for fault in faults.0 {
                let words = Words::new(
                    format!("{} {}", fault.name, fault.wrong),
                    "The process ends before it serves anything.",
                    format!("Set it, for example: {}={}", fault.name, fault.example),
                );
                report.add(Finding::failed(NAME, words));
            }
            return None;
        }
    };
    let place = place.name();
    report.add(Finding::ok(NAME, format!("can be used ({place})")));
    for warning in loaded.warnings {
        let words = Words::new(
            format!("{} {}", warning.name, warning.text),
            "It starts all the same.",
            format!("Change {}, unless it is meant so.", warning.name),
        );
        report.add(Finding::warning(NAME, words));
    }
    Some(loaded.config)
}
