//! Reading the keys, sealing them anew, and making the next one: at the first
//! request that needs it, by whichever instance that reaches.

use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::app::App;
use crate::crypto::jwt::{Key, KeySet, MOST, PrivateKey, PublicJwk, Turn, generate};
use crate::crypto::keys::SignedWith;
use crate::service::{AuthError, housekeeping};
use crate::store::signing_keys::{self, NewKey, Stored};

/// Others may make keys at the same time that we cannot read.
const TRIES: usize = 3;

/// The keys, read at most `age` ago; with one to sign with, if need be a new one.
pub(super) async fn current(app: &App, age: Duration) -> Result<Arc<KeySet>, AuthError> {
    if let Some(set) = kept(app, age) {
        return Ok(set);
    }
    let mut turn = app.signing_keys.turn().await;
    if let Some(set) = kept(app, age) {
        return Ok(set);
    }
    for _ in 0..TRIES {
        let set = Arc::new(read(app).await?);
        app.signing_keys.put(Arc::clone(&set));
        if !set.wants_key(app.config.tokens.alg, app.now()) {
            return Ok(set);
        }
        turn = make(app, &set, turn).await?;
    }
    Err(AuthError::Internal(
        "others keep taking the next key's place",
    ))
}

fn kept(app: &App, age: Duration) -> Option<Arc<KeySet>> {
    let now = app.now();
    app.signing_keys
        .get()
        .filter(|set| now.since(set.read_at()) < age && !set.wants_key(app.config.tokens.alg, now))
}

async fn read(app: &App) -> Result<KeySet, AuthError> {
    let (now, before) = (app.now(), app.signing_keys.get());
    let rows = signing_keys::all(&app.db).await?;
    let mut keys = Vec::with_capacity(rows.len());
    for row in rows {
        // A later version's key, of an algorithm that this one does not know.
        let Ok(public) = serde_json::from_str::<PublicJwk>(&row.public_jwk) else {
            continue;
        };
        let opened = before.as_ref().and_then(|set| set.opened(public.kid()));
        keys.push(match opened {
            Some(private) => key(&row, public, Some(private)),
            None => open(app, &row, public).await?,
        });
    }
    Ok(KeySet::new(keys, now))
}

fn key(row: &Stored, public: PublicJwk, private: Option<Arc<PrivateKey>>) -> Key {
    Key {
        serial: row.serial,
        made_at: row.created_at,
        public,
        private,
        is_to_be_sealed: false,
    }
}

/// Opens a private half, with either secret.
async fn open(app: &App, row: &Stored, public: PublicJwk) -> Result<Key, AuthError> {
    let context = context(&public);
    let Some(opened) = app.keys.sealing().open(&row.private_key, &context) else {
        return Ok(key(row, public, None));
    };
    let private = PrivateKey::read(public.alg(), &opened.plain).ok();
    let Some(private) = private.filter(|key| key.public().is_ok_and(|own| own == public)) else {
        return Ok(key(row, public, None));
    };
    let mut key = key(row, public, Some(Arc::new(private)));
    if opened.with == SignedWith::Previous {
        key.is_to_be_sealed = !seal_anew(app, row, &opened.plain, &context).await?;
    }
    Ok(key)
}

/// Seals with today's secret what the one before had sealed, so that the latter may
/// go; whether that worked. If not, the next read tries again.
async fn seal_anew(
    app: &App,
    row: &Stored,
    plain: &[u8],
    context: &str,
) -> Result<bool, AuthError> {
    let sealed = seal(app, plain, context)?;
    let done = signing_keys::reseal(&app.db, &row.kid, &row.private_key, &sealed).await;
    match &done {
        Ok(()) => tracing::info!(event = "signing_key_sealed_anew", kid = row.kid),
        Err(error) => tracing::warn!(event = "signing_key_not_sealed_anew", kid = row.kid, %error),
    }
    Ok(done.is_ok())
}

fn seal(app: &App, plain: &[u8], context: &str) -> Result<String, AuthError> {
    let sealed = app.keys.sealing().seal(plain, context, app.random()?);
    sealed.ok_or(AuthError::Internal("a signing key could not be sealed"))
}

/// What a private half is bound to.
fn context(public: &PublicJwk) -> String {
    format!("{} {}", public.alg(), public.kid())
}

/// Makes the next key and keeps it, unless another instance has done so meanwhile.
async fn make(app: &App, set: &KeySet, turn: Turn) -> Result<Turn, AuthError> {
    let (alg, now) = (app.config.tokens.alg, app.now());
    for lost in set.unreadable(alg, now) {
        tracing::warn!(
            event = "signing_key_unreadable",
            kid = lost.kid(),
            message =
                "sealed with another SECRET_KEY: set that as SECRET_KEY_PREVIOUS to use it on",
        );
    }
    if set.len() >= MOST {
        return Err(AuthError::Internal(
            "there are too many signing keys: do all instances have one SECRET_KEY?",
        ));
    }
    let seed = Zeroizing::new(app.random()?);
    // The turn goes along: whoever asked may hang up, and the next one must not
    // begin a second search for primes beside this.
    let made = tokio::task::spawn_blocking(move || (generate(alg, &seed), turn)).await;
    let (plain, turn) = made.map_err(|_| AuthError::Internal("making a signing key broke off"))?;
    let plain = plain?;
    let public = PrivateKey::read(alg, &plain)?.public()?;
    let public_jwk = serde_json::to_string(&public)
        .map_err(|_| AuthError::Internal("a public key could not be written"))?;
    let key = Stored {
        kid: public.kid().to_owned(),
        serial: set.next_serial(alg),
        public_jwk,
        private_key: seal(app, &plain, &context(&public))?,
        created_at: now,
    };
    let new = NewKey {
        alg: alg.name(),
        key: &key,
    };
    if signing_keys::add(&app.db, &new).await? {
        tracing::info!(event = "signing_key_made", kid = key.kid, alg = new.alg);
        housekeeping::sweep_if_due(app);
    }
    Ok(turn)
}
