//! What the checks found, in words for whoever deployed it.

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// As it should be.
    Ok,
    /// It works, but not as well as it could, or not for everybody.
    Warning,
    /// It does not work, or is not safe.
    Failed,
    /// Not looked at.
    Skipped,
}

impl Mark {
    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// What is amiss: what was seen, what it means, what to do, a sentence each.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    pub(crate) found: String,
    pub(crate) means: String,
    pub(crate) advice: String,
}

impl Words {
    pub(super) fn new(
        found: impl Into<String>,
        means: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            found: found.into(),
            means: means.into(),
            advice: advice.into(),
        }
    }

    /// The same, seen in some place.
    pub(super) fn at(mut self, place: &str) -> Self {
        self.found = format!("{place}: {}", self.found);
        self
    }
}

/// One check's line.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) name: &'static str,
    pub(crate) mark: Mark,
    pub(crate) found: String,
    /// What it means and what to do, where something is amiss.
    pub(crate) amiss: Option<(String, String)>,
}

impl Finding {
    pub(super) fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self::plain(name, Mark::Ok, found.into())
    }

    pub(super) fn skipped(name: &'static str, why: impl Into<String>) -> Self {
        Self::plain(name, Mark::Skipped, why.into())
    }

    pub(super) fn warning(name: &'static str, words: Words) -> Self {
        Self::amiss(name, Mark::Warning, words)
    }

    pub(super) fn failed(name: &'static str, words: Words) -> Self {
        Self::amiss(name, Mark::Failed, words)
    }

    fn plain(name: &'static str, mark: Mark, found: String) -> Self {
        Self {
            name,
            mark,
            found,
            amiss: None,
        }
    }

    fn amiss(name: &'static str, mark: Mark, words: Words) -> Self {
        Self {
            name,
            mark,
            found: words.found,
            amiss: Some((words.means, words.advice)),
        }
    }
}

/// All findings so far. Each is told as soon as it is known: a deployment that
/// sleeps takes its time.
pub(crate) struct Report<'t> {
    pub(crate) findings: Vec<Finding>,
    tell: &'t mut dyn FnMut(&Finding),
}

impl<'t> Report<'t> {
    pub(crate) fn new(tell: &'t mut dyn FnMut(&Finding)) -> Self {
        Self {
            findings: Vec::new(),
            tell,
        }
    }

    pub(super) fn add(&mut self, finding: Finding) {
        (self.tell)(&finding);
        self.findings.push(finding);
    }

    pub(super) fn skip(&mut self, names: &[&'static str], why: &str) {
        for name in names {
            self.add(Finding::skipped(name, why));
        }
    }

    /// How many went so.
    pub(crate) fn count(&self, mark: Mark) -> usize {
        let all = self.findings.iter();
        all.filter(|finding| finding.mark == mark).count()
    }
}
