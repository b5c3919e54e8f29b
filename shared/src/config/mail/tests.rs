//! What `MAIL_URL`, `MAIL_FROM` and `TEMPLATES` take, and what they say.

use super::*;
use crate::config::Program;
use crate::config::tests::{NEEDED, good, warned};
use crate::config::{Env, load};
use secrecy::ExposeSecret as _;

/// Settings with these two, on a machine of one's own.
fn mail(url: &str, from: &str) -> MailSettings {
    let pairs = [("MAIL_URL", url), ("MAIL_FROM", from)];
    good(Program::Server, &pairs).config.mail.unwrap()
}

fn server(url: &str) -> SmtpServer {
    match mail(url, "a@example.com").to {
        MailTo::Smtp(server) => server,
        other => panic!("{other:?}"),
    }
}

/// What is wrong with `MAIL_URL`.
fn wrong(url: &str) -> String {
    let pairs = [("MAIL_URL", url), ("MAIL_FROM", "a@example.com")];
    let faults = load(Program::Server, &Env::from_pairs(pairs)).unwrap_err();
    assert_eq!(faults.0.len(), 1, "{faults}");
    assert_eq!(faults.0[0].name, "MAIL_URL");
    faults.0[0].wrong.clone()
}

#[test]
fn the_scheme_and_the_host_say_how_a_server_is_spoken_to() {
    use SmtpTls::{IfOffered, Implicit, Off, Required};
    for (url, host, port, tls) in [
        (
            "smtps://smtp.example.com",
            "smtp.example.com",
            465,
            Implicit,
        ),
        (
            "smtps://SMTP.example.com:2465/",
            "smtp.example.com",
            2465,
            Implicit,
        ),
        ("smtp://smtp.example.com", "smtp.example.com", 587, Required),
        (
            "smtp://smtp.example.com:25",
            "smtp.example.com",
            25,
            Required,
        ),
        ("smtp://192.0.2.1", "192.0.2.1", 587, Required),
        ("smtp://[2001:db8::1]", "2001:db8::1", 587, Required),
        ("smtp://localhost:1025", "localhost", 1025, IfOffered),
        ("smtp://[::1]:1025", "::1", 1025, IfOffered),
        ("smtp://127.0.0.1:1025?tls=off", "127.0.0.1", 1025, Off),
        ("smtps://localhost", "localhost", 465, Implicit),
    ] {
        let server = server(url);
        let found = (server.host.as_str(), server.port, server.tls);
        assert_eq!(found, (host, port, tls), "{url}");
        assert!(server.credentials.is_none() && server.ca.is_none());
    }
}

#[test]
fn credentials_are_decoded() {
    let server = server("smtps://ann%40example.com:p%2Fw%3A%25%C3%A4@smtp.example.com");
    let known = server.credentials.unwrap();
    assert_eq!(known.user.expose_secret(), "ann@example.com");
    assert_eq!(known.password.expose_secret(), "p/w:%ä");
}

#[test]
fn sec_a7_what_is_wrong_with_a_mail_url_is_said_without_it() {
    for (url, reason) in [
        ("sendmail:hunter2", "must begin with smtps://"),
        ("hunter2", "must begin with smtps://"),
        ("smtp:hunter2", "must begin with smtps://"),
        ("smtps://u:hunter2", "must be smtps://user:password@host"),
        (
            "smtps://u:hunter2/hunter2@smtp.example.com",
            "must be smtps://user:password@host",
        ),
        (
            "smtps://u:hunter2@smtp.example.com/hunter2",
            "must be smtps://user:password@host",
        ),
        ("smtps://u:hunter2@", "must be smtps://user:password@host"),
        (
            "smtps://u:hunter2@b%C3%BCcher.example",
            "must be smtps://user:password@host",
        ),
        ("smtps://u:hunter2@smtp.example.com:0", "has port 0"),
        (
            "smtps://hunter2@smtp.example.com",
            "has a user and no password",
        ),
        (
            "smtps://:hunter2@smtp.example.com",
            "has a password and no user",
        ),
        (
            "smtps://u:hunter2%FF@smtp.example.com",
            "has a user or password that is not UTF-8",
        ),
        (
            "smtp://u:hunter2@smtp.example.com?tls=off",
            "may switch TLS off",
        ),
        (
            "smtps://u:hunter2@localhost?tls=off",
            "has tls=off, and smtps://",
        ),
        (
            "smtp://u:hunter2@localhost?hunter2=1",
            "has an option that is neither",
        ),
        (
            "smtps://u:hunter2@localhost?ca=/hunter2",
            "names a ca file that cannot be read",
        ),
        (
            "smtps://u:hunter2@localhost?ca=Cargo.toml",
            "names a ca file that is no certificate",
        ),
        ("resend://", "must have the service's key"),
        ("resend://re_hunter2/x", "must have the service's key"),
        ("resend://re_hunter2@evil.example", "may name another host"),
        (
            "postmark://hunter2@evil.example:80",
            "may name another host",
        ),
        ("postmark://hunter2@localhost:1/x", "may name another host"),
        (
            "postmark://hunter2@localhost@evil.example",
            "may name another host",
        ),
        ("file:", "must begin with smtps://"),
        ("file:///hunter2", "must be file: and a path"),
        ("log:hunter2", "must begin with smtps://"),
    ] {
        let wrong = wrong(url);
        assert!(wrong.starts_with(reason), "{url}: {wrong}");
        assert!(!wrong.contains("hunter2"), "{url}: {wrong}");
    }
}

#[test]
fn sec_a7_credentials_of_mail_cannot_be_printed() {
    for url in [
        "smtps://hunter2:hunter2@smtp.example.com",
        "resend://hunter2",
        "postmark://hunter2@127.0.0.1:8025",
    ] {
        let shown = format!("{:?}", mail(url, "a@example.com"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn services_are_known_by_their_scheme() {
    for (url, provider, stand_in) in [
        ("resend://re_Ab-1", Provider::Resend, None),
        (
            "postmark://0f-1@localhost:8025",
            Provider::Postmark,
            Some("localhost:8025"),
        ),
        (
            "resend://k@[::1]:8025",
            Provider::Resend,
            Some("[::1]:8025"),
        ),
    ] {
        let MailTo::Https(service) = mail(url, "a@example.com").to else {
            panic!("{url}");
        };
        assert_eq!(service.provider, provider);
        assert_eq!(service.stand_in.as_deref(), stand_in);
    }
    assert!(
        matches!(mail("file:./m.jsonl", "a@b.c").to, MailTo::File(path) if path == Path::new("./m.jsonl"))
    );
}

#[test]
fn the_sender_is_an_address_with_or_without_a_name() {
    for (from, name, address) in [
        ("no-reply@example.com", None, "no-reply@example.com"),
        (
            "Example <no-reply@example.com>",
            Some("Example"),
            "no-reply@example.com",
        ),
        (
            "\"Käse, AG\" <a@example.com>",
            Some("Käse, AG"),
            "a@example.com",
        ),
        ("<a@example.com>", None, "a@example.com"),
        ("a@mailhost", None, "a@mailhost"),
    ] {
        let sender = mail("smtps://smtp.example.com", from).from;
        assert_eq!(
            (sender.name.as_deref(), sender.address.as_str()),
            (name, address)
        );
    }
    for from in [
        "example.com",
        "a@",
        "Example a@example.com",
        "a@bücher.example",
        "A <a@b.c>, B <b@b.c>",
        "a b@example.com",
    ] {
        let pairs = [("MAIL_URL", "log:"), ("MAIL_FROM", from)];
        let faults = load(Program::Server, &Env::from_pairs(pairs)).unwrap_err();
        assert_eq!(faults.0[0].name, "MAIL_FROM", "{from}");
    }
}

#[test]
fn a_sender_is_asked_for_where_mails_leave() {
    for url in ["smtps://smtp.example.com", "resend://k", "postmark://k"] {
        let faults = load(Program::Server, &Env::from_pairs([("MAIL_URL", url)])).unwrap_err();
        assert_eq!(faults.0[0].name, "MAIL_FROM");
    }
    for url in ["log:", "file:m.jsonl"] {
        let loaded = good(Program::Server, &[("MAIL_URL", url)]);
        assert_eq!(loaded.config.mail.unwrap().from, Sender::local());
    }
}

#[test]
fn a_bad_mail_url_is_one_fault_even_where_mail_is_asked_for() {
    let pairs = [("MAIL_URL", "x"), ("REQUIRE_EMAIL_VERIFICATION", "on")];
    let faults = load(Program::Server, &Env::from_pairs(pairs)).unwrap_err();
    let names: Vec<_> = faults.0.iter().map(|fault| fault.name).collect();
    assert_eq!(names, ["MAIL_URL"]);
}

#[test]
fn where_others_use_it_mail_that_reaches_nobody_is_warned_of() {
    let cases: [((&str, &str), Program, &str, bool); 11] = [
        (("HOST", "0.0.0.0"), Program::Server, "", true),
        (("HOST", "0.0.0.0"), Program::Server, "log:", true),
        (
            ("HOST", "0.0.0.0"),
            Program::Server,
            "file:/data/m.jsonl",
            true,
        ),
        (
            ("HOST", "0.0.0.0"),
            Program::Server,
            "smtps://smtp.example.com",
            false,
        ),
        (
            ("VERCEL_IPC_PATH", "/tmp/i"),
            Program::Function,
            "file:m.jsonl",
            true,
        ),
        (
            ("SPACE_ID", "a/b"),
            Program::Server,
            "smtps://smtp.example.com",
            true,
        ),
        (
            ("SPACE_ID", "a/b"),
            Program::Server,
            "smtps://smtp.example.com:443",
            false,
        ),
        (("SPACE_ID", "a/b"), Program::Server, "resend://k", false),
        // Behind a proxy of the same machine, by the public URL that all these have.
        (("HOST", "127.0.0.1"), Program::Server, "", true),
        (("HOST", "127.0.0.1"), Program::Server, "log:", true),
        (
            ("PUBLIC_URL", "https://app.localhost"),
            Program::Server,
            "",
            false,
        ),
    ];
    for (place, program, url, warns) in cases {
        let mut pairs = NEEDED.to_vec();
        pairs.retain(|(name, _)| *name != "MAIL_URL");
        pairs.extend([place, ("MAIL_URL", url)]);
        let loaded = good(program, &pairs);
        assert_eq!(
            warned(&loaded).contains(&"MAIL_URL"),
            warns,
            "{place:?} {url}"
        );
        assert_eq!(
            loaded.config.mail.is_none(),
            warns && url.is_empty(),
            "{place:?} {url}"
        );
    }
}

#[test]
fn templates_are_judged_at_start() {
    let folder = std::env::temp_dir().join(format!("doorkey-{}-config", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("verify.txt"), "").unwrap();
    std::fs::write(folder.join("layout.html"), "{{ nope }}").unwrap();
    let path = folder.display().to_string();
    let faults = load(
        Program::Server,
        &Env::from_pairs([("TEMPLATES", path.as_str())]),
    );
    std::fs::remove_dir_all(&folder).unwrap();
    let shown = faults.unwrap_err().to_string();
    for part in [
        "TEMPLATES is wrong in layout.html: there is no value nope; there are ",
        "TEMPLATES is wrong in verify.txt: no mail has a file of this name",
    ] {
        assert!(shown.contains(part), "{shown}");
    }
    assert!(!shown.contains(&path), "{shown}");
}
