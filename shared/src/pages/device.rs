//! What to call a browser in the list of sessions: a guess for people's eyes, from what
//! it says of itself.

use super::words::UNKNOWN_DEVICE;

/// The first that is found counts: browsers name their kin, too.
const BROWSERS: &[(&[&str], &str)] = &[
    (&["Edg/", "EdgA/", "EdgiOS/"], "Edge"),
    (&["OPR/"], "Opera"),
    (&["SamsungBrowser/"], "Samsung Internet"),
    (&["Firefox/", "FxiOS/"], "Firefox"),
    (&["Chrome/", "CriOS/"], "Chrome"),
    (&["Safari/"], "Safari"),
    (&["curl/"], "curl"),
];

const SYSTEMS: &[(&[&str], &str)] = &[
    (&["iPhone"], "iPhone"),
    (&["iPad"], "iPad"),
    (&["Android"], "Android"),
    (&["Windows"], "Windows"),
    (&["Mac OS X", "Macintosh"], "Mac"),
    (&["CrOS"], "Chromebook"),
    (&["Linux"], "Linux"),
];

/// "Firefox on Windows", as far as that can be told.
pub(super) fn name(user_agent: Option<&str>) -> String {
    let text = user_agent.unwrap_or_default();
    let find = |names: &[(&[&str], &'static str)]| {
        let is_there = |(marks, _): &&(&[&str], &str)| marks.iter().any(|mark| text.contains(mark));
        names.iter().find(is_there).map(|(_, name)| *name)
    };
    match (find(BROWSERS), find(SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => UNKNOWN_DEVICE.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_and_systems_are_told_apart() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (agent, expected) in [
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/131.0.0.0 Safari/537.36 Edg/131.0"),
                "Edge on Windows",
            ),
            (
                format!("Mozilla/5.0 (Linux; Android 14) {webkit} Chrome/131.0.0.0 Mobile Safari/537.36"),
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0".to_owned(),
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1".to_owned(),
                "Safari on iPhone",
            ),
            ("curl/8.5.0".to_owned(), "curl"),
            ("<script>".to_owned(), UNKNOWN_DEVICE),
            (String::new(), UNKNOWN_DEVICE),
        ] {
            assert_eq!(name(Some(&agent)), expected, "{agent}");
        }
        assert_eq!(name(None), UNKNOWN_DEVICE);
    }
}
