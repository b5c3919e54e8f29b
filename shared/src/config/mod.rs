//! Settings: read once at start, from the environment alone, into values that
//! cannot be wrong.
//!
//! [`load`] reports every fault at once, each with the variable's name and an
//! example, and repeats no value, since a secret may stand in any of them. One
//! file a topic; [`names`] is the table of all variables.

use crate::domain::origin::{Origin, TrustedOrigins};
use crate::domain::session::Lifetime;
use crate::domain::sign_ups::SignUps;
use crate::domain::user_fields::FieldSpecs;
use crate::templates::Templates;
use std::net::SocketAddr;

mod data_folder;
mod database;
mod database_url;
mod env;
mod legacy;
mod limits;
mod logging;
mod mail;
pub mod names;
mod origins;
mod pages;
mod place;
mod proxies;
mod report;
pub mod secret;
mod sessions;
mod sign_ups;
#[cfg(test)]
mod tests;
mod tokens;
mod transport;
mod typos;
mod upstream;
mod user_fields;

pub use data_folder::{DATA_FOLDER, DataFolder};
pub use database::{DatabaseSettings, Migrate};
pub use database_url::{DatabaseUrl, Detour, Tls};
pub use env::Env;
pub use limits::Hashing;
pub use logging::LogSettings;
pub use mail::{
    Credentials, HttpsMail, MailSettings, MailTo, Provider, Sender, SmtpServer, SmtpTls,
    Verification,
};
pub use pages::{Logo, PageSettings};
pub use place::{Platform, Program};
pub use proxies::ClientAddress;
pub use report::{Fault, Faults, Warning};
pub use secret::{SecretKey, SecretSource, Secrets};
pub use sessions::Carriers;
pub use tokens::TokenSettings;
pub use transport::{Proxy, Transport};
pub use upstream::{PublicPaths, Rate, UpstreamAddress, UpstreamSettings};

/// Everything that can be set, as this process runs with it.
#[derive(Clone, Debug)]
pub struct Config {
    /// What the binary is.
    pub program: Program,
    /// Where it runs.
    pub platform: Platform,
    /// Whether others than this machine can reach it.
    pub production: bool,
    /// Where accounts are kept.
    pub database: DatabaseSettings,
    /// Whether this process migrates the database at start.
    pub migrate: Migrate,
    /// The keys, or where the machine's own is kept.
    pub secrets: SecretSource,
    /// Origins that may call with cookies: `FRONTEND_URL`, the service's own, and
    /// on Vercel the deployment's own hosts.
    pub trusted: TrustedOrigins,
    /// Where users reach this service.
    pub public_url: Origin,
    /// Whether some front end is another site than this service, both on https, or a
    /// platform shows it within a page of its own: cookies are third-party ones then.
    pub cross_site: bool,
    /// Where to listen; unused on Vercel and Lambda.
    pub listen: SocketAddr,
    /// How a client's address is found.
    pub proxies: ClientAddress,
    /// Whether credential endpoints count tries.
    pub rate_limit: bool,
    /// What a password hash costs.
    pub hashing: Hashing,
    /// Fewest characters of a new password.
    pub password_min: u32,
    /// How long sessions live.
    pub session: Lifetime,
    /// What carries a session between requests.
    pub carriers: Carriers,
    /// The name of the unsigned cookie that sessions taken over still have.
    pub legacy_cookie: Option<String>,
    /// How mails are sent; `None` where they cannot be.
    pub mail: Option<MailSettings>,
    /// The texts of mails.
    pub templates: Templates,
    /// When an address must be verified.
    pub verification: Verification,
    /// Who may make an account.
    pub sign_ups: SignUps,
    /// Tokens for other back ends.
    pub tokens: TokenSettings,
    /// The back end that is guarded, if there is one.
    pub upstream: UpstreamSettings,
    /// The operator's own fields of a user.
    pub user_fields: FieldSpecs,
    /// The service's own pages.
    pub pages: PageSettings,
    /// The service's name in pages and mails.
    pub service_name: String,
    /// What is logged.
    pub log: LogSettings,
}

/// Settings, and what to tell the operator about them.
#[derive(Debug)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// For the log; none of them stops the start.
    pub warnings: Vec<Warning>,
}

/// Where a process runs and listens, whatever its other settings are.
pub fn listening(program: Program, env: &Env) -> (Platform, SocketAddr) {
    let place = place::find(&mut env::Reader::new(env), program);
    (place.platform, place.listen)
}

/// Reads all settings.
///
/// # Errors
/// Every setting that cannot be used.
pub fn load(program: Program, env: &Env) -> Result<Loaded, Faults> {
    let reader = &mut env::Reader::new(env);
    let place = place::find(reader, program);
    let database = database::settings(reader, &place);
    let migrate = database::migrate(reader, &place);
    let secrets = secret::settings(reader, &place);
    let origins = origins::settings(reader, &place);
    let proxies = proxies::settings(reader, &place);
    let rate_limit = rate_limit(reader, place.production);
    let hashing = limits::hashing(reader, &place);
    let password_min = reader.number(&names::PASSWORD_MIN, 8..=64, 8);
    let session = limits::session(reader);
    let public_url = origins.as_ref().map(|found| &found.public_url);
    let carriers = sessions::carriers(reader, public_url);
    let legacy_cookie = legacy::cookie(reader);
    let mail = mail::settings(reader, &place, public_url);
    let templates = mail::templates(reader);
    let verification = mail::verification(reader, mail.is_some());
    let sign_ups = sign_ups::settings(reader, verification);
    let tokens = tokens::settings(reader);
    let upstream = upstream::settings(reader, &place);
    let user_fields = user_fields::settings(reader);
    let pages = pages::settings(reader, &place);
    let log = logging::settings(reader);
    typos::warn(reader);

    let faults = std::mem::take(&mut reader.faults);
    let (Some(database), Some(secrets), Some(origins), true) =
        (database, secrets, origins, faults.is_empty())
    else {
        return Err(Faults(faults));
    };
    let config = Config {
        tokens: tokens.or(&origins.public_url),
        program,
        platform: place.platform,
        production: place.production,
        database,
        migrate,
        secrets,
        trusted: origins.trusted,
        public_url: origins.public_url,
        cross_site: origins.cross_site,
        listen: place.listen,
        proxies,
        rate_limit,
        hashing,
        password_min,
        session,
        carriers,
        legacy_cookie,
        mail,
        templates,
        verification,
        sign_ups,
        upstream,
        user_fields,
        pages,
        service_name: origins.service_name,
        log,
    };
    let warnings = std::mem::take(&mut reader.warnings);
    Ok(Loaded { config, warnings })
}

fn rate_limit(reader: &mut env::Reader<'_>, production: bool) -> bool {
    let limited = reader.switch(&names::RATE_LIMIT, true);
    if production && !limited {
        reader.warn(
            names::RATE_LIMIT.name,
            "is off: anybody may try passwords without end",
        );
    }
    limited
}
