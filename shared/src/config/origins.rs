//! Who may call from a browser, where users reach this service, and whether the
//! two are one site.

use super::env::Reader;
use super::names;
use super::place::{Place, Platform, Program};
use crate::domain::origin::{Origin, OriginPattern, TrustedOrigins, same_site};

/// The longest `SERVICE_NAME`, in characters: it stands in subjects of mails.
const LONGEST_NAME: usize = 60;

/// What follows from `FRONTEND_URL`, `PUBLIC_URL` and `SERVICE_NAME`.
#[derive(Debug)]
pub(super) struct Origins {
    pub(super) trusted: TrustedOrigins,
    pub(super) public_url: Origin,
    pub(super) cross_site: bool,
    pub(super) service_name: String,
}

/// Reads the settings; `None` after a fault that leaves no public origin.
pub(super) fn settings(reader: &mut Reader<'_>, place: &Place) -> Option<Origins> {
    let frontends = frontends(reader, place);
    let name = reader.parsed(&names::SERVICE_NAME, parse_name);
    let first_exact = frontends.iter().find_map(OriginPattern::exact);
    let public_url = public_url(reader, place, first_exact)?;
    let service_name = name.unwrap_or_else(|| first_exact.unwrap_or(&public_url).host().to_owned());
    // A Space is shown within a page of huggingface.co, which is another site.
    let is_framed = place.platform == Platform::Space;
    let mut others = frontends.iter().filter_map(OriginPattern::example);
    let cross_site = public_url.is_https()
        && (is_framed
            || others.any(|origin| origin.is_https() && !same_site(&origin, &public_url)));
    let mut patterns = frontends;
    for own in own_origins(reader, place)
        .into_iter()
        .chain([public_url.clone()])
    {
        if let Ok(pattern) = own.as_str().parse::<OriginPattern>()
            && !patterns.contains(&pattern)
        {
            patterns.push(pattern);
        }
    }
    Some(Origins {
        trusted: TrustedOrigins::new(patterns),
        public_url,
        cross_site,
        service_name,
    })
}

fn frontends(reader: &mut Reader<'_>, place: &Place) -> Vec<OriginPattern> {
    let setting = &names::FRONTEND_URL;
    if !reader.is_set(setting) {
        // The pages that are meant are the platform's own hosts'.
        let is_told = platforms_origin(reader, place).is_some();
        if place.platform == Platform::Vercel || (place.platform == Platform::Space && is_told) {
            return Vec::new();
        }
        if place.production {
            reader.fault(
                setting,
                "is not set: no web page could sign anybody in; name the origin of the front end",
            );
        }
        return "http://localhost:3000".parse().into_iter().collect();
    }
    let Some(text) = reader.text(setting) else {
        return Vec::new();
    };
    let entries: Vec<&str> = text.split(',').map(str::trim).collect();
    let mut patterns = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        match entry.parse::<OriginPattern>() {
            Ok(pattern) => patterns.push(pattern),
            // A comma at the end of a list that goes on in nobody's mind.
            Err(_) if entry.is_empty() && index > 0 => {}
            Err(error) if entries.len() == 1 => reader.fault(setting, format!("is wrong: {error}")),
            Err(error) => {
                let number = index + 1;
                reader.fault(setting, format!("is wrong in entry {number}: {error}"));
            }
        }
    }
    patterns
}

fn parse_name(text: &str) -> Result<String, String> {
    if text.chars().any(char::is_control) {
        return Err("holds a control character".to_owned());
    }
    if text.chars().count() > LONGEST_NAME {
        return Err(format!("is longer than {LONGEST_NAME} characters"));
    }
    Ok(text.to_owned())
}

fn public_url(reader: &mut Reader<'_>, place: &Place, frontend: Option<&Origin>) -> Option<Origin> {
    let setting = &names::PUBLIC_URL;
    if reader.is_set(setting) {
        let origin = reader.parsed(setting, parse_origin)?;
        if place.production && !origin.is_https() && !origin.is_loopback() {
            reader.warn(
                setting.name,
                "is http: passwords and cookies cross the network in clear",
            );
        }
        return Some(origin);
    }
    if let Some(origin) = platforms_origin(reader, place) {
        return Some(origin);
    }
    // The front end passes its browsers' requests on: links in mails lead to it.
    if let (Program::Project, false, Some(origin)) = (place.program, place.production, frontend) {
        return Some(origin.clone());
    }
    match place.platform {
        Platform::Vercel => {
            reader.fault(
                setting,
                "is not set, and Vercel does not tell its own hosts: switch \"Automatically \
                 expose System Environment Variables\" on in the project's settings, or set it",
            );
            None
        }
        Platform::Plain | Platform::Lambda | Platform::Space => {
            let origin = Origin::of_url(&format!("http://localhost:{}", place.listen.port()));
            if place.production {
                reader.warn(
                    setting.name,
                    "is not set: links and cookies are made for http://localhost, without TLS",
                );
            }
            origin
        }
    }
}

/// An http or https origin; one slash at its end is forgiven.
fn parse_origin(text: &str) -> Result<Origin, String> {
    let bare = text.strip_suffix('/').unwrap_or(text);
    let is_origin = bare
        .split_once("://")
        .is_some_and(|(_, rest)| !rest.contains(['/', '?', '#']));
    Some(bare)
        .filter(|_| is_origin)
        .and_then(Origin::of_url)
        .ok_or_else(|| {
            "must be http:// or https://, a host and perhaps a port, without path, user or password"
                .to_owned()
        })
}

/// Where the platform says that users reach this deployment. The project's
/// production host is known to previews too, and is not theirs.
fn platforms_origin(reader: &Reader<'_>, place: &Place) -> Option<Origin> {
    let is_live = reader.env.platform("VERCEL_ENV") == Some("production");
    let names: &[&str] = match place.platform {
        Platform::Vercel if is_live => &["VERCEL_PROJECT_PRODUCTION_URL", "VERCEL_URL"],
        Platform::Vercel => &["VERCEL_URL", "VERCEL_BRANCH_URL"],
        Platform::Space => &["SPACE_HOST"],
        Platform::Plain | Platform::Lambda => &[],
    };
    names.iter().find_map(|name| platform_host(reader, name))
}

/// The hosts at which Vercel serves this deployment: pages there are its own.
fn own_origins(reader: &Reader<'_>, place: &Place) -> Vec<Origin> {
    if place.platform != Platform::Vercel {
        return Vec::new();
    }
    [
        "VERCEL_URL",
        "VERCEL_BRANCH_URL",
        "VERCEL_PROJECT_PRODUCTION_URL",
    ]
    .into_iter()
    .filter_map(|name| platform_host(reader, name))
    .collect()
}

/// A bare host of the platform as an origin. Platforms speak https only.
fn platform_host(reader: &Reader<'_>, name: &str) -> Option<Origin> {
    parse_origin(&format!("https://{}", reader.env.platform(name)?)).ok()
}

#[cfg(test)]
mod tests;
