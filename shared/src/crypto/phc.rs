//! Stored argon2id hashes: PHC strings, `$argon2id$v=19$m=47104,t=1,p=1$SALT$HASH`.
//!
//! A string from the database is obeyed only within bounds: whoever can write a
//! row must not be able to make a sign-in cost gigabytes or minutes.

use argon2::password_hash::{Ident, Output, ParamsString, PasswordHash, Salt, SaltString};
use argon2::{ARGON2ID_IDENT, MIN_SALT_LEN, Params, Version};

/// Bytes of a salt (RFC 9106 §3.1 recommends 16).
pub const SALT_LEN: usize = 16;
/// Bytes of a hash.
pub const HASH_LEN: usize = 32;

/// Most memory that is obeyed, in KiB.
pub const MAX_M_KIB: u32 = 256 * 1024;
/// Most passes that are obeyed.
pub const MAX_T: u32 = 16;
/// Most lanes that are obeyed.
pub const MAX_P: u32 = 16;

/// A stored hash that can be verified.
pub struct Argon2idHash {
    /// What it costs.
    pub params: Params,
    /// Its salt.
    pub salt: Vec<u8>,
    /// The hash itself.
    pub output: Vec<u8>,
}

impl Argon2idHash {
    /// Reads a PHC string; `None` for anything that is not argon2id version 19
    /// within the bounds.
    pub fn parse(stored: &str) -> Option<Self> {
        let hash = PasswordHash::new(stored).ok()?;
        let version = hash
            .version
            .map_or(Some(Version::V0x13), |v| Version::try_from(v).ok());
        if hash.algorithm != ARGON2ID_IDENT || version != Some(Version::V0x13) {
            return None;
        }
        let params = Params::try_from(&hash).ok()?;
        if params.m_cost() > MAX_M_KIB || params.t_cost() > MAX_T || params.p_cost() > MAX_P {
            return None;
        }
        let mut salt = [0; Salt::MAX_LENGTH];
        let salt = hash.salt?.decode_b64(&mut salt).ok()?.to_vec();
        if salt.len() < MIN_SALT_LEN {
            return None;
        }
        let output = hash.hash?.as_bytes().to_vec();
        Some(Self {
            params,
            salt,
            output,
        })
    }

    /// Whether it was made with other costs than `wanted`.
    pub fn is_outdated(&self, wanted: &Params) -> bool {
        let costs = |p: &Params| (p.m_cost(), p.t_cost(), p.p_cost());
        costs(&self.params) != costs(wanted) || self.output.len() != HASH_LEN
    }
}

/// Writes a PHC string; `None` only if the parts do not fit the format.
pub fn format(params: &Params, salt: &[u8], output: &[u8]) -> Option<String> {
    let salt = SaltString::encode_b64(salt).ok()?;
    let hash = PasswordHash {
        algorithm: Ident::new(ARGON2ID_IDENT.as_str()).ok()?,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).ok()?,
        salt: Some(salt.as_salt()),
        hash: Some(Output::new(output).ok()?),
    };
    Some(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> Params {
        Params::new(47104, 1, 1, Some(HASH_LEN)).unwrap()
    }

    #[test]
    fn sec_a1_hashes_are_phc_strings_that_read_back() {
        let text = format(&params(), &[3; SALT_LEN], &[5; HASH_LEN]).unwrap();
        assert!(
            text.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"),
            "{text}"
        );
        let read = Argon2idHash::parse(&text).unwrap();
        assert_eq!(
            (read.salt, read.output.len()),
            (vec![3; SALT_LEN], HASH_LEN)
        );
    }

    #[test]
    fn costs_other_than_the_wanted_ones_are_outdated() {
        let other = Params::new(19456, 2, 1, Some(HASH_LEN)).unwrap();
        let text = format(&other, &[3; SALT_LEN], &[5; HASH_LEN]).unwrap();
        let read = Argon2idHash::parse(&text).unwrap();
        assert!(read.is_outdated(&params()));
        assert!(!read.is_outdated(&other));
    }

    #[test]
    fn sec_a6_what_is_malformed_or_too_dear_is_not_obeyed() {
        let good = format(&params(), &[3; SALT_LEN], &[5; HASH_LEN]).unwrap();
        for bad in [
            String::new(),
            "!".into(),
            "$2b$12$abcdefghijklmnopqrstuv".into(),
            good.replace("m=47104", "m=4194304"),
            good.replace("t=1", "t=4000000"),
            good.replace("p=1", "p=255"),
            good.replace("argon2id", "argon2i"),
            good.replace("v=19", "v=16"),
            good[..good.len() - 45].to_owned(),
            good.replace("m=47104", "m=1"),
            // Four bytes of salt: the format's own least, and none that argon2 takes.
            "$argon2id$v=19$m=64,t=1,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA".into(),
        ] {
            assert!(Argon2idHash::parse(&bad).is_none(), "{bad}");
        }
    }
}
