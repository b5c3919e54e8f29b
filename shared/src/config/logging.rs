//! What is logged.

use super::env::Reader;
use super::names;
use tracing_subscriber::filter::Targets;

/// What is logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// A filter in the form of `tracing_subscriber::filter::Targets`, known to be one.
    pub filter: String,
    /// Whether every request is logged, not only what is worth it.
    pub requests: bool,
}

const LEVELS: [&str; 6] = ["trace", "debug", "info", "warn", "error", "off"];

pub(super) fn settings(reader: &mut Reader<'_>) -> LogSettings {
    LogSettings {
        filter: reader
            .parsed(&names::LOG, parse_filter)
            .unwrap_or_else(|| "info".to_owned()),
        requests: reader.switch(&names::LOG_REQUESTS, false),
    }
}

fn parse_filter(text: &str) -> Result<String, String> {
    let is_level = LEVELS.iter().any(|level| text.eq_ignore_ascii_case(level));
    // A lone word that is no level, such as `inof`, would be taken for a module's
    // name, and everything else would go unlogged.
    let is_filter = text.contains('=') && text.parse::<Targets>().is_ok();
    if is_level || is_filter {
        Ok(text.to_owned())
    } else {
        Err("must be trace, debug, info, warn, error or off, or levels by module".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_levels_or_levels_by_module() {
        for (text, good) in [
            ("info", true),
            ("WARN", true),
            ("off", true),
            ("info,sqlx=warn", true),
            ("doorkey::http=debug", true),
            ("inof", false),
            ("verbose", false),
            ("sqlx=loud", false),
            ("info,sqlx", false),
        ] {
            assert_eq!(parse_filter(text).is_ok(), good, "{text}");
        }
    }
}
