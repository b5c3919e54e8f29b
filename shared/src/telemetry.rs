//! The log: one JSON object a line, or plain words for people on a terminal.
//!
//! What may be in it: events, ids, addresses of clients, statuses, times. What
//! may not: passwords, tokens, hashes, cookies, e-mail addresses, queries.

use std::fmt::{self, Write as _};
use std::io::{IsTerminal as _, Write as _};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::app::{Clock as _, SystemClock};

tokio::task_local! {
    /// The id of the request that the current task works for. A task-local costs
    /// nothing where nothing is logged; a span costs a microsecond a request.
    pub static REQUEST_ID: String;
}

/// Where the log goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// A server's and a function's.
    Stdout,
    /// A command's, whose standard output is its answer.
    Stderr,
}

/// Starts logging. A second call does nothing.
pub fn init(filter: &str, output: Output) {
    // The database's crate tells every notice of the server: too much for INFO.
    let quiet = Targets::new().with_target("sqlx", LevelFilter::WARN);
    let wanted: Targets = filter.parse().unwrap_or_default();
    let default = wanted.default_level();
    let filter = quiet
        .with_targets(wanted)
        .with_default(default.unwrap_or(LevelFilter::INFO));
    let lines = Lines {
        plain: match output {
            Output::Stdout => std::io::stdout().is_terminal(),
            Output::Stderr => std::io::stderr().is_terminal(),
        },
        output,
    };
    if tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .try_init()
        .is_err()
    {
        return;
    }
    // A panic's text may hold whatever was being worked on; its place is enough.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(
            event = "panic",
            place = place.as_deref().unwrap_or("unknown")
        );
    }));
}

struct Lines {
    plain: bool,
    output: Output,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields(Map::new());
        event.record(&mut fields);
        let at = SystemClock.now();
        let level = event.metadata().level().as_str();
        let request = REQUEST_ID.try_with(Clone::clone).ok();
        let line = if self.plain {
            plain(&at.to_string(), level, request.as_deref(), &fields.0)
        } else {
            json(
                &at.to_string(),
                level,
                event.metadata().target(),
                request,
                fields.0,
            )
        };
        // Nobody is left to tell when the log itself cannot be written.
        let _ = match self.output {
            Output::Stdout => std::io::stdout().lock().write_all(line.as_bytes()),
            Output::Stderr => std::io::stderr().lock().write_all(line.as_bytes()),
        };
    }
}

fn json(
    at: &str,
    level: &str,
    target: &str,
    request: Option<String>,
    fields: Map<String, Value>,
) -> String {
    let mut line = Map::new();
    line.insert("timestamp".into(), at.into());
    line.insert("level".into(), level.into());
    line.insert("target".into(), target.into());
    line.extend(request.map(|id| ("request_id".to_owned(), id.into())));
    line.extend(fields);
    format!("{}\n", Value::Object(line))
}

fn plain(at: &str, level: &str, request: Option<&str>, fields: &Map<String, Value>) -> String {
    let mut line = format!("{at} {level:>5}");
    for name in ["event", "message"] {
        if let Some(Value::String(text)) = fields.get(name) {
            // Writing to a String cannot fail.
            let _ = write!(line, " {text}");
        }
    }
    let rest = fields
        .iter()
        .filter(|(name, _)| *name != "event" && *name != "message");
    for (name, value) in rest {
        let _ = write!(line, " {name}={value}");
    }
    if let Some(request) = request {
        let _ = write!(line, " request_id={request}");
    }
    line.push('\n');
    line
}

struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0
            .insert(field.name().to_owned(), format!("{value:?}").into());
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.into());
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), value.into());
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Map<String, Value> {
        serde_json::from_str(r#"{"event":"sign_in","user_id":"u1","line":"a\nb"}"#).unwrap()
    }

    #[test]
    fn a_line_is_one_json_object() {
        let line = json(
            "2026-11-24T15:01:53.472Z",
            "INFO",
            "doorkey",
            Some("r1".into()),
            fields(),
        );
        let (text, rest) = line.split_once('\n').unwrap();
        assert_eq!(rest, "");
        let read: Map<String, Value> = serde_json::from_str(text).unwrap();
        assert_eq!(read["event"], "sign_in");
        assert_eq!(read["request_id"], "r1");
        assert_eq!(read["timestamp"], "2026-11-24T15:01:53.472Z");
    }

    #[test]
    fn a_line_for_people_begins_with_what_happened() {
        let line = plain("2026-11-24T15:01:53.472Z", "INFO", None, &fields());
        assert!(
            line.starts_with("2026-11-24T15:01:53.472Z  INFO sign_in "),
            "{line}"
        );
        assert_eq!(line.lines().count(), 1);
    }
}
