//! A project in a temporary folder, and the command.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// A project, gone when dropped.
pub(crate) struct Project(TempDir);

/// What the command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// The paths under a name of the JSON.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let value: Value = serde_json::from_str(&self.out).unwrap();
        let list = value[name].as_array().unwrap().iter();
        list.map(|one| one["path"].as_str().or(one.as_str()).unwrap().to_owned())
            .collect()
    }
}

const PACKAGE: &str = r#"{"name": "app", "dependencies": {"next": "16.4.3", "react": "19.3.0"}}"#;
const CONFIG: &str = "import type { NextConfig } from \"next\";\n\nconst nextConfig: NextConfig = {\n  /* config options here */\n};\n\nexport default nextConfig;\n";

impl Project {
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// As create-next-app writes it, as far as it matters.
    pub(crate) fn new() -> Self {
        let project = Self::empty();
        project.write("package.json", PACKAGE);
        project.write("next.config.ts", CONFIG);
        project.write(".gitignore", "/node_modules\n/.next/\n.env*\n.vercel\n");
        project.write("app/page.tsx", "export default function Page() {}\n");
        project.write("public/next.svg", "<svg/>\n");
        project
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    pub(crate) fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.read(path)).unwrap()
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.path().join(path).exists()
    }

    pub(crate) fn init(&self, options: &[&str]) -> Said {
        let output = Command::new(env!("CARGO_BIN_EXE_doorkey"))
            .arg("init")
            .arg(self.path())
            .args(options)
            .output()
            .unwrap();
        Said {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The same, which must succeed, with its answer as JSON.
    pub(crate) fn done(&self, options: &[&str]) -> Said {
        let said = self.init(&[options, &["--json"]].concat());
        assert_eq!(said.code, 0, "{said:?}");
        said
    }

    /// Every file with its bytes.
    pub(crate) fn snapshot(&self) -> BTreeMap<String, Vec<u8>> {
        let (mut found, mut folders) = (BTreeMap::new(), vec![self.path().to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.path()).unwrap();
                    found.insert(
                        name.to_string_lossy().into_owned(),
                        fs::read(&path).unwrap(),
                    );
                }
            }
        }
        found
    }
}
