//! Every kind of hash that may stand in the database: our own, and those of the
//! systems that users come from. The others are replaced at the next sign-in.

use argon2::Params;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::arena::Arenas;
use super::phc::Argon2idHash;
use crate::domain::password::LoginPassword;

/// Dearest bcrypt that is obeyed: cost 15 takes about two seconds.
const BCRYPT_MAX_COST: u32 = 15;
/// Better Auth's scrypt: N = 2^14, r = 16, p = 1, 64 bytes.
const SCRYPT: (u8, u32, u32, usize) = (14, 16, 1, 64);
const BCRYPT_ALPHABET: &[u8; 64] =
    b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A stored hash that can be verified.
pub enum StoredHash {
    /// Ours.
    Argon2id(Argon2idHash),
    /// The first system's (passlib), and most others': `$2a$ $2b$ $2x$ $2y$`.
    Bcrypt(String),
    /// Better Auth's, `salt:key` in hex.
    Scrypt {
        /// The salt, which Better Auth takes as the hex text itself.
        salt: String,
        /// The key.
        key: [u8; SCRYPT.3],
    },
}

impl StoredHash {
    /// Reads what is stored; `None` for what is disabled, malformed, unknown or
    /// too dear to obey.
    pub fn parse(stored: &str) -> Option<Self> {
        if stored.starts_with("$2") {
            return bcrypt(stored).map(Self::Bcrypt);
        }
        if stored.starts_with('$') {
            return Argon2idHash::parse(stored).map(Self::Argon2id);
        }
        scrypt(stored)
    }

    /// Whether today's hash would be another.
    pub fn is_outdated(&self, wanted: &Params) -> bool {
        match self {
            Self::Argon2id(hash) => hash.is_outdated(wanted),
            Self::Bcrypt(_) | Self::Scrypt { .. } => true,
        }
    }

    /// The forms of a typed password that this kind of hash may have been made
    /// of, likeliest first. Ours were normalised (NFC), passlib's were not,
    /// Better Auth's were by NFKC.
    pub fn candidates(&self, password: &LoginPassword) -> Vec<Zeroizing<Vec<u8>>> {
        let own = |bytes: &[u8]| Zeroizing::new(bytes.to_vec());
        match self {
            Self::Argon2id(_) => vec![own(password.normalised())],
            Self::Bcrypt(_) if password.raw() == password.normalised() => {
                vec![own(password.raw())]
            }
            Self::Bcrypt(_) => vec![own(password.raw()), own(password.normalised())],
            Self::Scrypt { .. } => vec![own(password.compatible().as_bytes())],
        }
    }

    /// Compares one form of a password, in constant time once hashed; `None` if
    /// hashing failed. Blocks the thread.
    pub fn verify(&self, arenas: &Arenas, password: &[u8]) -> Option<bool> {
        match self {
            Self::Argon2id(hash) => {
                let len = hash.output.len();
                let output = arenas.hash(&hash.params, password, &hash.salt, len)?;
                Some(output.ct_eq(&hash.output).into())
            }
            // Cuts at 72 bytes, as whoever made the hash did.
            Self::Bcrypt(hash) => bcrypt::verify(password, hash).ok(),
            Self::Scrypt { salt, key } => {
                let (log_n, r, p, len) = SCRYPT;
                let params = scrypt::Params::new(log_n, r, p, len).ok()?;
                let mut output = [0; SCRYPT.3];
                scrypt::scrypt(password, salt.as_bytes(), &params, &mut output).ok()?;
                Some(output.ct_eq(key).into())
            }
        }
    }
}

/// A bcrypt hash in the one spelling that the library reads: some programs leave
/// the unused low bits of salt and hash set.
fn bcrypt(stored: &str) -> Option<String> {
    let mut text = stored.as_bytes().to_vec();
    let fixed = [(0, b'$'), (1, b'2'), (3, b'$'), (6, b'$')];
    let is_shaped = text.len() == 60 && fixed.iter().all(|(at, byte)| text.get(*at) == Some(byte));
    let cost: u32 = stored.get(4..6)?.parse().ok()?;
    if !is_shaped || !matches!(text.get(2)?, b'a' | b'b' | b'x' | b'y') || cost > BCRYPT_MAX_COST {
        return None;
    }
    for (at, used) in [(28, 0b11_0000), (59, 0b11_1100)] {
        let byte = text.get_mut(at)?;
        let value = BCRYPT_ALPHABET.iter().position(|letter| letter == byte)?;
        *byte = *BCRYPT_ALPHABET.get(value & used)?;
    }
    String::from_utf8(text).ok()
}

fn scrypt(stored: &str) -> Option<StoredHash> {
    let (salt, key) = stored.split_once(':')?;
    let is_hex = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_hex(salt) || !is_hex(key) || salt.len() > 128 || key.len() != SCRYPT.3 * 2 {
        return None;
    }
    let mut bytes = [0; SCRYPT.3];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(key.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(StoredHash::Scrypt {
        salt: salt.to_owned(),
        key: bytes,
    })
}

#[cfg(test)]
mod tests;
