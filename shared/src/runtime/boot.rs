//! From the environment to an [`App`].

use std::io::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::sync::OnceCell;

use super::machine;
use crate::app::{
    App, Background, Clock as _, LastDone, NoRandomness, Random as _, SystemClock, SystemRandom,
};
use crate::config::{
    self, Config, DatabaseSettings, Env, Faults, Program, SecretKey, SecretSource, Secrets,
    Transport,
};
use crate::crypto::hasher::{Cost, HashError, PasswordHasher};
use crate::crypto::jwt::KeyCache;
use crate::crypto::keys::Keys;
use crate::mail::{Mailer, Stamp};
use crate::store::migrate::MigrateError;
use crate::store::{StoreError, connect};
use crate::telemetry::{self, Output};

/// Why a process could not start, or not go on.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The socket could not be listened on.
    #[error("cannot listen on {0}: {1} (PORT chooses another port)")]
    Listen(std::net::SocketAddr, #[source] std::io::Error),
    /// The app would be where this process listens.
    #[error("the app would be looked for on this service's own port: set UPSTREAM_URL or PORT")]
    Itself,
    /// The platform's runtime gave up.
    #[error("the platform's runtime failed")]
    Platform,
    /// The kept secret could not be read or made.
    #[error("{0} (or set SECRET_KEY)")]
    Secret(#[source] std::io::Error),
    /// The database could not be opened.
    #[error("DATABASE_URL: {0}")]
    Database(#[from] StoreError),
    /// The tunnel to the database could not be made.
    #[error("DATABASE_TRANSPORT: {0}")]
    Tunnel(#[source] std::io::Error),
    /// The schema could not be brought up to date.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The system has no randomness.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// The costs of hashing are none that argon2 takes.
    #[error(transparent)]
    Hashing(#[from] HashError),
}

/// Makes the database's addresses lead through a tunnel, where the settings ask for
/// one. Called in an asynchronous runtime, which the tunnel then works in.
pub type OpenTunnel = fn(&mut DatabaseSettings) -> std::io::Result<()>;

/// Functions have none; the settings say so, too.
pub(super) fn no_tunnel(settings: &DatabaseSettings) -> std::io::Result<()> {
    match settings.transport {
        Transport::Tcp => Ok(()),
        Transport::WebSocket(_) => Err(std::io::Error::other(
            "only the server `doorkey` reaches Postgres in a WebSocket",
        )),
    }
}

/// Reads the settings and starts logging. Faults go to the standard error, all
/// of them at once, in words for whoever starts the process.
pub fn load_settings(program: Program, log: Output) -> Result<Config, Faults> {
    match config::load(program, &Env::from_process()) {
        Ok(loaded) => {
            telemetry::init(&loaded.config.log.filter, log);
            for warning in &loaded.warnings {
                tracing::warn!(
                    event = "setting",
                    name = warning.name,
                    message = warning.text
                );
            }
            Ok(loaded.config)
        }
        Err(faults) => {
            let _ = writeln!(std::io::stderr(), "{faults}");
            Err(faults)
        }
    }
}

/// Builds the app. Nothing connects and nothing is hashed yet: a cold start pays
/// for what it uses.
pub fn boot(config: Config) -> Result<App, BootError> {
    install_tls();
    let secrets = secrets(&config.secrets)?;
    let previous = secrets.previous.as_ref().map(SecretKey::expose);
    Ok(App {
        keys: Keys::new(secrets.current.expose(), previous),
        signing_keys: KeyCache::default(),
        db: connect::open(&config.database)?,
        hasher: PasswordHasher::new(cost(&config))?,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        mailer: Mailer::new(&config, stamp),
        background: Background::default(),
        legacy_lives: OnceCell::new(),
        swept: LastDone::default(),
        config,
    })
}

/// Makes ring the process's one TLS provider: two in one binary panic when the
/// first connection is made.
pub fn install_tls() {
    // Fails only if another was installed before, which is then as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// A new secret for `SECRET_KEY`: 256 random bits as base64url.
pub fn new_secret() -> Result<String, NoRandomness> {
    let mut bytes = [0; 32];
    SystemRandom.fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Without randomness a mail is as good: its id is no secret.
fn stamp() -> Stamp {
    let mut id = [0; 16];
    let _ = SystemRandom.fill(&mut id);
    Stamp {
        at: SystemClock.now(),
        id,
    }
}

fn secrets(source: &SecretSource) -> Result<Secrets, BootError> {
    let folder = match source {
        SecretSource::Given(secrets) => return Ok(secrets.clone()),
        SecretSource::KeptIn(folder) => folder,
    };
    let kept = config::secret::keep_or_make(folder, &mut |buf| {
        SystemRandom.fill(buf).map_err(std::io::Error::other)
    });
    let current = kept.map_err(BootError::Secret)?;
    Ok(Secrets {
        current,
        previous: None,
    })
}

fn cost(config: &Config) -> Cost {
    let hashing = &config.hashing;
    Cost {
        m_kib: hashing.m_kib,
        t: hashing.t,
        p: hashing.p,
        permits: machine::hashes_at_once(hashing.m_kib),
        queue: usize::try_from(hashing.queue).unwrap_or(usize::MAX),
    }
}
