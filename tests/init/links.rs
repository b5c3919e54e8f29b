//! A repository can hold links and folders may hold pipes: nothing is written outside
//! of the project, and nothing is waited for.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Command;

use crate::project::Project;

/// Refused with this, by name, and nothing written in either folder.
fn refused(project: &Project, outside: &Project, named: &str) {
    let said = project.init(&[]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains(named), "{}", said.err);
    assert!(!project.has("Cargo.toml") && !project.has("vercel.json"));
    assert_eq!(outside.snapshot().len(), 1, "{:?}", outside.snapshot());
    assert_eq!(outside.read("precious"), "mine\n");
}

fn outside() -> Project {
    let outside = Project::empty();
    outside.write("precious", "mine\n");
    outside
}

#[test]
fn a_link_at_the_name_beside_a_file_is_not_written_through() {
    let (project, outside) = (Project::new(), outside());
    let planted = outside.path().join("precious");
    for name in ["vercel.json", "api/signin.rs", ".gitignore"] {
        fs::create_dir_all(project.path().join("api")).unwrap();
        let name = project.path().join(format!("{name}.doorkey-new"));
        symlink(&planted, name).unwrap();
    }
    project.done(&[]);
    assert_eq!(outside.read("precious"), "mine\n");
}

#[test]
fn a_folder_that_leads_out_is_refused() {
    let (project, outside) = (Project::new(), outside());
    symlink(outside.path(), project.path().join("api")).unwrap();
    refused(&project, &outside, "api is a link out of the project");
}

#[test]
fn a_file_that_leads_out_or_nowhere_is_refused() {
    for name in ["vercel.json", "Cargo.lock", "api/signin.rs", ".gitignore"] {
        let (project, outside) = (Project::new(), outside());
        let link = project.path().join(name);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&link);
        let target = outside.path().join("precious");
        symlink(target, &link).unwrap();
        let said = project.init(&[]);
        // A Cargo.lock is the project's own, and is not written where there is one.
        if name != "Cargo.lock" {
            assert_eq!(said.code, 1, "{said:?}");
            let named = format!("{name} is a link out of the project");
            assert!(said.err.contains(&named), "{}", said.err);
        }
        assert_eq!(outside.read("precious"), "mine\n");
        let (project, outside) = (Project::new(), self::outside());
        let link = project.path().join(name);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&link);
        symlink(outside.path().join("new"), &link).unwrap();
        let said = project.init(&[]);
        assert_eq!(said.code, 1, "{said:?}");
        let named = format!("{name} is a link that leads nowhere");
        assert!(said.err.contains(&named), "{}", said.err);
        assert!(!project.has("Cargo.toml"));
        assert_eq!(outside.snapshot().len(), 1);
    }
}

#[test]
fn a_link_within_the_project_stays_one_and_its_file_keeps_its_permissions() {
    let project = Project::new();
    project.write("settings/vercel.json", "{}\n");
    let target = project.path().join("settings/vercel.json");
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    let link = project.path().join("vercel.json");
    symlink("settings/vercel.json", &link).unwrap();
    project.done(&[]);
    assert!(link.is_symlink());
    assert!(
        project
            .read("settings/vercel.json")
            .contains("doorkey_path")
    );
    let mode = fs::metadata(&target).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    let beside = fs::read_dir(target.parent().unwrap()).unwrap().count();
    assert_eq!(beside, 1, "nothing is left beside it");
}

#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    for name in ["api/mine.rs", "api/signin.rs", "vercel.json"] {
        let (project, outside) = (Project::new(), outside());
        fs::create_dir_all(project.path().join("api")).unwrap();
        let pipe = project.path().join(name);
        assert!(
            Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        let said = project.init(&[]);
        assert_eq!(said.code, 1, "{said:?}");
        let named = format!("{name} is no regular file");
        assert!(said.err.contains(&named), "{}", said.err);
        assert!(!project.has("Cargo.toml"));
        drop(outside);
    }
}
