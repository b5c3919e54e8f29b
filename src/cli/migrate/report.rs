//! What is printed about a migration, in words or as JSON.

use std::process::ExitCode;

use doorkey::store::migrate::Done;
use doorkey::store::survey::Survey;
use serde_json::json;

use crate::cli::say;

/// After the work.
pub(super) fn done(done: &Done, as_json: bool) {
    let (users, sessions) = (done.adopted.users, done.adopted.sessions);
    if as_json {
        let value =
            json!({"applied": done.applied, "taken_over": {"users": users, "sessions": sessions}});
        return say(&value.to_string());
    }
    if done.applied.is_empty() && users + sessions == 0 {
        return say("Nothing to do: the schema is up to date.");
    }
    if !done.applied.is_empty() {
        say(&format!("Applied: {}.", done.applied.join(", ")));
    }
    if users + sessions > 0 {
        say(&format!("Taken over: {users} users, {sessions} sessions."));
    }
}

/// Before it.
pub(super) fn survey(found: &Survey, as_json: bool) {
    if as_json {
        let value = json!({
            "missing": found.missing, "users": found.users, "sessions": found.sessions,
            "to_take_over": found.to_take_over, "orphans": found.orphans,
            "unusable_hashes": found.unusable_hashes, "shared": found.shared,
            "other_programs": found.others,
        });
        return say(&value.to_string());
    }
    match found.missing.as_slice() {
        [] => say("The schema is up to date."),
        names => say(&format!("To apply: {}.", names.join(", "))),
    }
    say(&format!(
        "{} users, {} sessions.",
        found.users, found.sessions
    ));
    for line in oddities(found) {
        say(&line);
    }
}

fn oddities(found: &Survey) -> Vec<String> {
    let counted = [
        (
            found.to_take_over,
            "sessions to take over; their cookies go on working.",
        ),
        (
            found.orphans,
            "sessions of users who are gone; they open nothing and will be swept.",
        ),
        (
            found.unusable_hashes,
            "accounts whose password hash nobody can sign in with.",
        ),
        (
            found.others,
            "other connections to this database: stop the old system before the switch.",
        ),
    ];
    let mut lines: Vec<String> = counted
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    for spellings in &found.shared {
        lines.push(format!(
            "One address, several accounts, each signs in as typed here: {}",
            spellings.join("  |  ")
        ));
    }
    lines
}

/// 1 when there is something to do.
pub(super) fn exit_code(found: &Survey) -> ExitCode {
    if found.missing.is_empty() && found.to_take_over == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
