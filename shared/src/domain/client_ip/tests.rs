//! The spellings of an address, and the walk through forwarded hops.

use super::*;
use crate::domain::scramble;

fn ip(text: &str) -> ClientIp {
    ClientIp::parse(text).unwrap_or_else(|| panic!("{text} is an address"))
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn proxies(text: &str) -> TrustedProxies {
    text.parse().unwrap()
}

#[test]
fn sec_e2_every_spelling_of_an_address_is_one_client() {
    let families: [(&str, &[&str]); 4] = [
        (
            "192.0.2.1",
            &[
                " 192.0.2.1 ",
                "192.0.2.1:8080",
                "::ffff:192.0.2.1",
                "::FFFF:192.0.2.1",
                "::ffff:c000:201",
                "::FfFf:C000:0201",
                "0:0:0:0:0:ffff:192.0.2.1",
                "0000:0000:0000:0000:0000:ffff:c000:0201",
                "[::ffff:192.0.2.1]",
                "[::ffff:192.0.2.1]:443",
                "::ffff:192.0.2.1%eth0",
            ],
        ),
        (
            "2001:db8::1",
            &[
                "2001:DB8::1",
                "2001:0db8::0001",
                "2001:db8:0:0:0:0:0:1",
                "2001:0db8:0000:0000:0000:0000:0000:0001",
                "2001:db8:0::0:1",
                "2001:db8::0.0.0.1",
                "[2001:db8::1]",
                "[2001:DB8::1]:50000",
                "2001:db8::1%eth0",
                "[2001:db8::1%25eth0]:80",
            ],
        ),
        (
            "::1",
            &["0:0:0:0:0:0:0:1", "::0001", "::0.0.0.1", "[::1]:1"],
        ),
        ("fe80::1", &["fe80::1%lo", "FE80:0::1%12"]),
    ];
    for (canonical, spellings) in families {
        assert_eq!(ip(canonical).to_string(), canonical);
        for spelling in spellings {
            assert_eq!(ip(spelling), ip(canonical), "{spelling}");
            assert_eq!(ip(spelling).to_string(), canonical, "{spelling}");
            assert_eq!(ip(spelling).rate_key(), ip(canonical).rate_key());
        }
    }
    assert_eq!(ClientIp::new(address("::ffff:192.0.2.1")), ip("192.0.2.1"));
}

#[test]
fn sec_e2_an_ipv6_client_is_its_64() {
    let cases = [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:ffff:ffff:ffff", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
    ];
    for (text, key) in cases {
        assert_eq!(ip(text).rate_key(), key, "{text}");
    }
    assert_ne!(ip("192.0.2.1").rate_key(), ip("192.0.2.2").rate_key());
}

#[test]
fn what_is_no_address_is_refused() {
    for text in [
        "",
        " ",
        "unknown",
        "_hidden",
        "localhost",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "01.2.3.4",
        "0x1.2.3.4",
        "16909060",
        "1.2.3.4/24",
        "1.2.3.4:",
        "1.2.3.4:+80",
        "1.2.3.4:65536",
        "1.2.3.4:80:80",
        "1.2.3.4%eth0",
        "[1.2.3.4]",
        "[1.2.3.4]:80",
        "[::1",
        "::1]",
        "[::1]80",
        "[::1]:",
        "[::1]:x",
        "[]",
        ":::",
        "::1::",
        "2001:db8::g",
        "::1%",
        "::1%a b",
        "\"[::1]\"",
        "for=1.2.3.4",
        "1.2.3.4, 5.6.7.8",
        "１.2.3.4",
    ] {
        assert_eq!(ClientIp::parse(text), None, "{text:?}");
    }
}

#[test]
fn proxies_are_addresses_and_networks() {
    let list =
        proxies(" 10.0.0.0/8,192.0.2.1, fd00::/8,::ffff:198.51.100.0/120, ::ffff:203.0.113.9,");
    for text in [
        "10.0.0.1",
        "10.255.255.255",
        "::ffff:10.1.2.3",
        "192.0.2.1",
        "fd12::1",
        "198.51.100.77",
        "203.0.113.9",
    ] {
        assert!(list.trusts(&address(text)), "{text}");
    }
    for text in ["11.0.0.1", "192.0.2.2", "fe80::1", "198.51.101.1", "::1"] {
        assert!(!list.trusts(&address(text)), "{text}");
    }
    assert_eq!(proxies(""), TrustedProxies::default());
    assert!(!proxies(" , ").trusts(&address("127.0.0.1")));
}

#[test]
fn a_wrong_proxy_is_named() {
    use TrustedProxiesError::{Everybody, Malformed};
    for bad in ["proxy.local", "10.0.0.0/33", "10.0.0", "10.0.0.1:80", "*"] {
        let list = format!("10.0.0.1, {bad}, ::1");
        let error = list.parse::<TrustedProxies>().unwrap_err();
        assert_eq!(error, Malformed(bad.to_owned()));
        assert!(error.to_string().contains(bad));
    }
    for bad in ["0.0.0.0/0", "::/0", "1.2.3.4/0", "::ffff:0.0.0.0/96"] {
        let error = bad.parse::<TrustedProxies>().unwrap_err();
        assert_eq!(error, Everybody(bad.to_owned()));
    }
}

fn resolve(peer: &str, headers: &[&str]) -> String {
    let proxies = proxies("10.0.0.0/8, 127.0.0.1, fd00::/8");
    ClientIp::resolve(Some(address(peer)), headers, &proxies)
        .map(|ip| ip.to_string())
        .unwrap()
}

#[test]
fn sec_e3_a_stranger_cannot_name_an_address() {
    for header in ["1.2.3.4", "10.0.0.1", "1.2.3.4, 10.0.0.1", "", "junk"] {
        assert_eq!(resolve("203.0.113.5", &[header]), "203.0.113.5");
    }
    let nobody = TrustedProxies::default();
    let peer = address("127.0.0.1");
    let found = ClientIp::resolve(Some(peer), &["1.2.3.4"], &nobody);
    assert_eq!(found, Some(ip("127.0.0.1")));
    let all = proxies("10.0.0.0/8");
    assert_eq!(ClientIp::resolve(None, &["1.2.3.4"], &all), None);
}

#[test]
fn sec_e3_the_right_most_untrusted_hop_is_the_client() {
    let cases: [(&str, &[&str], &str); 12] = [
        ("10.0.0.1", &[], "10.0.0.1"),
        ("10.0.0.1", &["203.0.113.5"], "203.0.113.5"),
        ("10.0.0.1", &["203.0.113.5, 10.0.0.2"], "203.0.113.5"),
        ("10.0.0.1", &["1.1.1.1, 203.0.113.5"], "203.0.113.5"),
        (
            "10.0.0.1",
            &["1.1.1.1,203.0.113.5 , 10.9.9.9"],
            "203.0.113.5",
        ),
        ("10.0.0.1", &["1.1.1.1", "203.0.113.5"], "203.0.113.5"),
        (
            "10.0.0.1",
            &["203.0.113.5", "10.0.0.3, 10.0.0.2"],
            "203.0.113.5",
        ),
        ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("127.0.0.1", &["[2001:DB8::1]:443"], "2001:db8::1"),
        ("127.0.0.1", &["203.0.113.5:1234"], "203.0.113.5"),
        (
            "::ffff:10.0.0.1",
            &["203.0.113.5, ::ffff:10.0.0.2"],
            "203.0.113.5",
        ),
        ("fd00::1", &["2001:db8::1, FD00:0::2"], "2001:db8::1"),
    ];
    for (peer, headers, client) in cases {
        assert_eq!(resolve(peer, headers), client, "{peer} {headers:?}");
    }
}

#[test]
fn sec_e3_nothing_left_of_garbage_is_believed() {
    let cases: [(&[&str], &str); 7] = [
        (&["1.1.1.1, junk"], "10.0.0.1"),
        (&["1.1.1.1, unknown, 10.0.0.2"], "10.0.0.2"),
        (&["1.1.1.1, , 10.0.0.2"], "10.0.0.2"),
        (&["1.1.1.1", ""], "10.0.0.1"),
        (&["1.1.1.1", "junk", "10.0.0.2"], "10.0.0.2"),
        (&["1.1.1.1, 2.2.2.2/8, 10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        (&["junk, 203.0.113.5"], "203.0.113.5"),
    ];
    for (headers, client) in cases {
        assert_eq!(resolve("10.0.0.1", headers), client, "{headers:?}");
    }
}

const PIECES: &[&str] = &[
    "1",
    "10",
    "0",
    "255",
    "256",
    ".",
    "..",
    ":",
    "::",
    "ffff",
    "fd00",
    "[",
    "]",
    "%",
    "eth0",
    "/",
    "8",
    "64",
    "129",
    ",",
    " ",
    "-",
    "+",
    "é",
    "\0",
    "\t",
    "10.0.0.1",
    "::1",
    "192.0.2.7",
    "unknown",
];

#[test]
fn sec_g1_no_text_upsets_the_parsers() {
    let list = proxies("10.0.0.0/8, fd00::/8");
    let peer = address("10.0.0.1");
    let mut read = 0;
    for text in scramble::strings(13, PIECES, 10, 8000) {
        let _ = text.parse::<TrustedProxies>();
        if let Some(found) = ClientIp::parse(&text) {
            read += 1;
            assert_eq!(ClientIp::parse(&found.to_string()), Some(found));
            assert_ne!(found.rate_key(), "");
        }
        let spoofed = format!("{text}, 203.0.113.5");
        let client = ClientIp::resolve(Some(peer), &[&text, &spoofed], &list);
        assert_eq!(client, Some(ip("203.0.113.5")), "{text:?}");
    }
    assert!(read > 100, "only {read} addresses among the texts");
}
