//! Every mail, as its reader sees it.

use super::*;

const LINK: &str = "https://auth.example.com/api/auth/verify-email?token=t0-K_en&callbackURL=%2F";

fn values(kind: &Kind) -> Values<'static> {
    Values {
        service: "Example",
        name: "Ann Lee",
        email: "ann@example.com",
        link: kind.has_link().then_some(LINK),
        valid: Duration::from_hours(24),
        new_email: Some("new@example.com"),
    }
}

fn renderer() -> Renderer {
    Renderer::new(&Templates::default()).unwrap()
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[test]
fn every_mail_says_who_it_is_from_why_it_came_and_what_to_do() {
    let renderer = renderer();
    let expected = [
        ("verify-email", "Confirm your e-mail address for Example"),
        ("reset-password", "Choose a new password for Example"),
        ("sign-up-attempt", "You already have an account at Example"),
        (
            "change-email",
            "Confirm your new e-mail address for Example",
        ),
        (
            "email-change-requested",
            "A new e-mail address was given at Example",
        ),
        (
            "email-changed",
            "Your e-mail address at Example was changed",
        ),
        ("delete-user", "Delete your account at Example?"),
        ("password-changed", "Your password at Example was changed"),
    ];
    let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    assert_eq!(kinds, expected.map(|(kind, _)| kind));
    for (kind, (_, subject)) in KINDS.iter().zip(expected) {
        let texts = renderer.render(kind.name, &values(kind)).unwrap();
        assert_eq!(texts.subject, subject);
        for text in [&texts.text, &texts.html] {
            for part in [
                "Hello Ann Lee,",
                "Example",
                "ann@example.com",
                " not",
                "sent this to",
            ] {
                assert!(text.contains(part), "{}: {part}: {text}", kind.name);
            }
            assert!(!text.contains("{{") && !text.contains("{%"), "{text}");
        }
        assert_eq!(
            texts.text.contains("new@example.com"),
            kind.own == ["new_email"]
        );
        let mut others = texts.text.lines().filter(|line| *line != LINK);
        assert!(others.all(|line| line.len() <= 80), "{}", texts.text);
    }
}

#[test]
fn a_link_stands_once_in_the_text_and_on_a_button_and_in_words_in_the_html() {
    let renderer = renderer();
    let escaped = LINK.replace('&', "&amp;");
    for kind in KINDS {
        let texts = renderer.render(kind.name, &values(kind)).unwrap();
        let times = usize::from(kind.has_link());
        let of_its_own = texts.text.lines().filter(|line| *line == LINK).count();
        assert_eq!((count(&texts.text, LINK), of_its_own), (times, times));
        assert_eq!(
            count(&texts.html, &format!("href=\"{escaped}\"")),
            2 * times
        );
        assert_eq!(count(&texts.html, &format!(">{escaped}</a>")), times);
        // A notice that something was changed leads nowhere: it would teach to
        // follow such links, which everybody can write.
        assert_eq!(count(&texts.html, "<a "), 2 * times, "{}", kind.name);
        assert_eq!(count(&texts.text, "://"), times, "{}", kind.name);
    }
}

#[test]
fn the_html_is_whole_and_loads_nothing() {
    let renderer = renderer();
    for kind in KINDS {
        let html = renderer.render(kind.name, &values(kind)).unwrap().html;
        assert!(
            html.starts_with("<!doctype html>\n<html lang=\"en\">"),
            "{html}"
        );
        assert!(html.contains("prefers-color-scheme: dark"));
        for tag in [
            "table", "tr", "td", "h1", "style", "body", "html", "p", "strong", "a",
        ] {
            let opened = count(&html, &format!("<{tag}>")) + count(&html, &format!("<{tag} "));
            assert_eq!(opened, count(&html, &format!("</{tag}>")), "{tag}: {html}");
        }
        for remote in ["<img", "src=", "url(", "@import", "<link", "<script"] {
            assert!(!html.contains(remote), "{remote}: {html}");
        }
    }
}

#[test]
fn sec_f4_what_users_chose_is_text_and_never_markup_or_a_link() {
    let renderer = renderer();
    for kind in KINDS {
        let values = Values {
            name: "<script>alert(1)</script>",
            email: "\"<b>\"@example.com",
            new_email: Some("<i>@example.com\r\nBcc: bob@example.com"),
            ..values(kind)
        };
        let texts = renderer.render(kind.name, &values).unwrap();
        for markup in ["<script", "<b>", "<i>", "\r", "\nBcc"] {
            assert!(!texts.html.contains(markup), "{markup}: {}", texts.html);
        }
        assert!(!texts.text.contains("\nBcc"), "{}", texts.text);
        let mild = Values {
            name: "<u>Ann & Bob",
            ..values
        };
        let html = renderer.render(kind.name, &mild).unwrap().html;
        assert!(html.contains("Hello &lt;u&gt;Ann &amp; Bob,"), "{html}");
        let spam = Values {
            name: "Visit http://evil.example",
            ..mild
        };
        let texts = renderer.render(kind.name, &spam).unwrap();
        for text in [texts.text, texts.html] {
            assert!(text.contains("Hello,") && !text.contains("evil"), "{text}");
        }
    }
}

#[test]
fn sec_f4_a_service_of_any_name_has_one_line_of_subject() {
    let renderer = renderer();
    let kind = KINDS.first().unwrap();
    let odd = Values {
        service: "Ex\r\nBcc: bob@example.com\n\nample",
        ..values(kind)
    };
    let subject = renderer.render(kind.name, &odd).unwrap().subject;
    assert!(
        subject.ends_with("for Ex Bcc: bob@example.com ample"),
        "{subject}"
    );
}

#[test]
fn nothing_is_said_of_what_was_filled_in_when_that_fails() {
    let mut renderer = Renderer::empty();
    let source = "Subject: a\n\n{{ link.secret.x }}{{ name|nope }}";
    renderer.add("verify-email.txt", source).unwrap();
    let error = renderer
        .render("verify-email", &values(&KINDS[0]))
        .unwrap_err();
    let shown = error.to_string();
    assert!(shown.starts_with("verify-email.txt: line 3: "), "{shown}");
    assert!(
        !shown.contains("t0-K_en") && !shown.contains("Ann"),
        "{shown}"
    );
}
