//! The command, and what it said.

use std::path::Path;

use serde_json::Value;
use tokio::process::Command;

/// What it said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs `doorkey doctor` in a folder with these variables and no others.
pub(crate) async fn run(folder: &Path, env: &[(&str, &str)], words: &[&str]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_doorkey"))
        .arg("doctor")
        .args(words)
        .env_clear()
        .envs(env.iter().copied())
        .current_dir(folder)
        .output();
    let output = output.await.unwrap();
    Said {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs it against a URL, as JSON.
pub(crate) async fn check(url: &str, words: &[&str]) -> Said {
    let words = [&[url, "--json"], words].concat();
    run(Path::new("/"), &[], &words).await
}

impl Said {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The checks of that name.
    pub(crate) fn all(&self, name: &str) -> Vec<Value> {
        let json = self.json();
        let checks = json["checks"].as_array().unwrap().iter();
        checks
            .filter(|check| check["name"] == name)
            .cloned()
            .collect()
    }

    /// How the one check of that name went.
    pub(crate) fn result(&self, name: &str) -> String {
        let all = self.all(name);
        assert_eq!(all.len(), 1, "{name}: {self:?}");
        all[0]["result"].as_str().unwrap().to_owned()
    }

    /// That a check went so, and that what was found and what is to be done has
    /// these words in it.
    #[track_caller]
    pub(crate) fn says(&self, name: &str, result: &str, found: &str, advice: &str) {
        let all = self.all(name);
        let is_it = |check: &Value| {
            let has = |key: &str, text: &str| check[key].as_str().unwrap_or("").contains(text);
            check["result"] == result && has("found", found) && has("do", advice)
        };
        assert!(all.iter().any(is_it), "{name}: {all:#?}");
        let is_amiss = matches!(result, "warning" | "failed");
        for check in all.iter().filter(|check| is_it(check) && is_amiss) {
            assert!(check["means"].as_str().unwrap().ends_with('.'), "{check}");
            assert!(check["do"].as_str().unwrap().len() > 10, "{check}");
        }
    }

    /// That nothing failed but this.
    #[track_caller]
    pub(crate) fn only_failed(&self, names: &[&str]) {
        let json = self.json();
        let checks = json["checks"].as_array().unwrap().iter();
        let failed: Vec<_> = checks.filter(|check| check["result"] == "failed").collect();
        let failed_names: Vec<_> = failed
            .iter()
            .map(|check| check["name"].as_str().unwrap())
            .collect();
        assert_eq!(failed_names, names, "{failed:#?}");
        assert_eq!(json["ok"], names.is_empty());
        assert_eq!(self.code, i32::from(!names.is_empty()), "{self:?}");
    }
}
