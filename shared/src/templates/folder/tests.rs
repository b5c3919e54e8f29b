//! Folders that replace templates, well and badly.

use super::*;

/// The name of a file and what is in it.
type File<'a> = (&'a str, &'a str);

struct Folder(std::path::PathBuf);

impl Folder {
    fn of(name: &str, files: &[File<'_>]) -> Self {
        let path = std::env::temp_dir().join(format!("doorkey-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        for (file, source) in files {
            std::fs::write(path.join(file), source).unwrap();
        }
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const VALUES: Values<'_> = Values {
    service: "Beispiel",
    name: "Ann",
    email: "ann@example.com",
    link: Some("https://auth.example.com/l"),
    valid: Duration::from_hours(1),
    new_email: None,
};

#[test]
fn files_of_the_folder_replace_the_built_in_ones_one_by_one() {
    let text = "Subject: Hallo {{ service }}\n\nKlick: {{ link }}\n";
    let folder = Folder::of(
        "replace",
        &[
            ("verify-email.txt", text),
            (".keep", "{{"),
            (
                "reset-password.txt",
                "\u{FEFF}Subject: CRLF\r\n\r\n{{ link }}\r\n",
            ),
        ],
    );
    let renderer = Renderer::new(&Templates::read(&folder.0).unwrap()).unwrap();
    let texts = renderer.render("verify-email", &VALUES).unwrap();
    assert_eq!(texts.subject, "Hallo Beispiel");
    assert_eq!(texts.text, "Klick: https://auth.example.com/l\n");
    assert!(
        texts.html.contains("Hello Ann,"),
        "the HTML is still the built-in"
    );
    let texts = renderer.render("reset-password", &VALUES).unwrap();
    assert_eq!(
        (texts.subject.as_str(), texts.text.as_str()),
        ("CRLF", "https://auth.example.com/l\n")
    );
}

#[test]
fn a_layout_of_ones_own_gets_every_part() {
    let layout = "<html lang=\"de\">{{ title }}|{{ content }}|{{ button }}|{{ note }}|{{ link }}|{{ service }}";
    let middle = "{% set title %}T{% endset %}{% set button = 'B' %}{% set note %}<p>{{ minutes }}</p>{% endset %}<p>C</p>";
    let folder = Folder::of(
        "layout",
        &[("layout.html", layout), ("verify-email.html", middle)],
    );
    let renderer = Renderer::new(&Templates::read(&folder.0).unwrap()).unwrap();
    let html = renderer.render("verify-email", &VALUES).unwrap().html;
    let expected = "<html lang=\"de\">T|<p>C</p>|B|<p>60</p>|https://auth.example.com/l|Beispiel";
    assert_eq!(html, expected);
    let notice = Values {
        link: None,
        ..VALUES
    };
    let html = renderer.render("password-changed", &notice).unwrap().html;
    assert!(html.contains("|Beispiel") && html.contains("||"), "{html}");
}

#[test]
fn the_built_in_files_are_a_folder_that_passes() {
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    Templates::read(&built_in).unwrap();
    let files = std::fs::read_dir(&built_in).unwrap().count();
    assert_eq!(files, 2 * KINDS.len() + 1);
}

#[test]
fn whatever_is_wrong_is_said_with_its_file_and_line() {
    let cases: [(File<'_>, &str); 11] = [
        (("verify-mail.txt", "x"), "no mail has a file of this name"),
        (
            ("verify-email.txt", "Hallo"),
            "its first line must be `Subject: ...`",
        ),
        (
            ("verify-email.txt", "Subject:\n\n{{ link }}"),
            "its first line must be `Subject: ...`",
        ),
        (
            ("verify-email.txt", "Subject: a\n{{ link }}"),
            "its second line must be empty",
        ),
        (
            ("verify-email.txt", "Subject: a\n\n{{ link"),
            "line 3: syntax error",
        ),
        (
            ("verify-email.txt", "Subject: {{ nam }}\n\n{{ link }}"),
            "there is no value nam; there are email, hours, link,",
        ),
        (
            ("verify-email.txt", "Subject: a\n\nHallo {{ name }}"),
            "does not show {{ link }}",
        ),
        (
            (
                "password-changed.html",
                "{% if false %}{{ link }}{% endif %}",
            ),
            "there is no value link",
        ),
        (
            ("verify-email.html", "\n{{ name|loud }}"),
            "line 2: unknown filter: filter loud is unknown",
        ),
        (("layout.html", "{{ content }}"), "does not show {{ link }}"),
        (
            ("layout.html", "{% for x in content %}"),
            "line 1: syntax error",
        ),
    ];
    for (number, (file, expected)) in cases.into_iter().enumerate() {
        let folder = Folder::of(&format!("wrong-{number}"), &[file]);
        let wrong = Templates::read(&folder.0).unwrap_err();
        let shown: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        assert_eq!(shown.len(), 1, "{shown:?}");
        let expected = format!("{}: {expected}", file.0);
        assert!(
            shown[0].starts_with(&expected),
            "{} is not {expected}",
            shown[0]
        );
    }
}

#[test]
fn every_wrong_file_is_named_at_once() {
    let folder = Folder::of(
        "several",
        &[
            ("layout.html", "{{"),
            ("readme.md", ""),
            ("email-changed.txt", ""),
        ],
    );
    std::fs::write(folder.0.join("change-email.txt"), b"Subject: \xFF").unwrap();
    let wrong = Templates::read(&folder.0).unwrap_err();
    let files: Vec<&str> = wrong.iter().map(|error| error.file.as_str()).collect();
    assert_eq!(
        files,
        [
            "change-email.txt",
            "email-changed.txt",
            "layout.html",
            "readme.md"
        ]
    );
    let missing = Templates::read(Path::new("/nowhere/at/all")).unwrap_err();
    assert_eq!(missing[0].to_string(), "the folder: cannot be read");
}
