//! `doorkey init`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{fail, say};
use crate::init::{Options, Plan, Project, Refusal, Source, What, apply, plan};

pub(super) const EXAMPLES: &str = "\
Examples:
  doorkey init                                         the project in this folder
  doorkey init ../my-app --path .                      with the crate of this checkout
  doorkey init ../my-app --git https://example.com/doorkey --rev 0123abc
  doorkey init ../my-app --check                       tell, change nothing

Run it again after an update: what it wrote is brought up to date, what you edited
is left and named. Exit codes: 0 done, or nothing to do; 1 something is in the way,
or --check found something to do; 2 wrong usage, or no Next.js project.";

/// What to add.
#[derive(Args)]
pub(super) struct Init {
    /// The project's folder.
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Take the crate from a checkout of Doorkey.
    #[arg(long, value_name = "DIR", conflicts_with = "git")]
    path: Option<PathBuf>,
    /// Take the crate from a Git repository.
    #[arg(long, value_name = "URL")]
    git: Option<String>,
    /// The commit or tag to take; else the newest commit of its default branch.
    #[arg(long, requires = "git")]
    rev: Option<String>,
    /// One function for all of Doorkey, for a project that is near its plan's
    /// number of functions.
    #[arg(long, conflicts_with = "split")]
    single: bool,
    /// A function each again.
    #[arg(long)]
    split: bool,
    /// Change nothing: tell what would be done; exit with 1 if something would be.
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    output: super::Output,
}

impl Init {
    pub(super) fn run(&self) -> ExitCode {
        match self.work() {
            Ok(code) => code,
            Err(refusal) => {
                let usage = matches!(refusal, Refusal::Usage(_));
                if self.output.json {
                    say(&json!({"check": self.check, "refused": refusal.reasons()}).to_string());
                }
                let failed = fail(&refusal);
                if usage { ExitCode::from(2) } else { failed }
            }
        }
    }

    fn work(&self) -> Result<ExitCode, Refusal> {
        let project = Project::open(&self.dir)?;
        let plan = plan(&project, &self.options())?;
        if !self.check {
            apply(&project, &plan)?;
        }
        if self.output.json {
            say(&as_json(&plan, self.check));
        } else {
            for line in lines(&plan, self.check) {
                say(&line);
            }
        }
        let found_something = self.check && !plan.steps.is_empty();
        Ok(ExitCode::from(u8::from(found_something)))
    }

    fn options(&self) -> Options {
        let source = match (&self.path, &self.git) {
            (Some(path), _) => Some(Source::Path(path.clone())),
            (None, Some(url)) => Some(Source::Git(url.clone(), self.rev.clone())),
            (None, None) => None,
        };
        let single = (self.single || self.split).then_some(self.single);
        Options { single, source }
    }
}

/// What a change is called: done, or to do.
fn word(what: What, check: bool) -> &'static str {
    match (what, check) {
        (What::Add, false) => "added",
        (What::Update, false) => "changed",
        (What::Remove, false) => "removed",
        (What::Add, true) => "would add",
        (What::Update, true) => "would change",
        (What::Remove, true) => "would remove",
    }
}

fn lines(plan: &Plan, check: bool) -> Vec<String> {
    let mut lines: Vec<String> = plan
        .steps
        .iter()
        .map(|step| format!("{:<12} {}", word(step.what, check), step.path))
        .collect();
    if lines.is_empty() {
        lines.push("Nothing to do: Doorkey is in this project.".to_owned());
    }
    for left in &plan.left {
        lines.push(format!("{:<12} {} ({})", "left", left.path, left.why));
    }
    numbered(&mut lines, "For you to look at:", &plan.attention);
    numbered(&mut lines, "Next:", &plan.next);
    lines
}

fn numbered(lines: &mut Vec<String>, heading: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    lines.extend([String::new(), heading.to_owned()]);
    for (index, item) in items.iter().enumerate() {
        let item = item.replace('\n', "\n     ");
        lines.push(format!("  {}. {item}", index + 1));
    }
}

fn as_json(plan: &Plan, check: bool) -> String {
    let of = |what| {
        let steps = plan.steps.iter().filter(move |step| step.what == what);
        steps.map(|step| step.path.as_str()).collect::<Vec<_>>()
    };
    let left = plan
        .left
        .iter()
        .map(|left| json!({"path": left.path, "why": left.why}));
    json!({
        "check": check, "added": of(What::Add), "changed": of(What::Update), "removed": of(What::Remove),
        "left": left.collect::<Vec<_>>(), "attention": plan.attention, "next": plan.next,
    })
    .to_string()
}
