//! Memory for argon2, reused: a fresh 46 MiB costs the page faults of 11,776
//! pages, more than the hashing itself. Wiped after each use, since its blocks
//! are made of the password.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};

use super::phc::HASH_LEN;

/// Arenas that are not in use. There are never more than hashes run at once.
#[derive(Clone, Default)]
pub struct Arenas(Arc<Mutex<Vec<Vec<Block>>>>);

impl Arenas {
    /// Hashes `password`, `len` bytes long (at most 64), in an arena of its own.
    /// Blocks the thread for tens of milliseconds.
    pub fn hash(
        &self,
        params: &Params,
        password: &[u8],
        salt: &[u8],
        len: usize,
    ) -> Option<Vec<u8>> {
        let mut arena = self.take();
        // Only grows: an arena that once held a dearer hash stays that large.
        if arena.len() < params.block_count() {
            arena.resize(params.block_count(), Block::default());
        }
        let mut output = vec![0; len];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let blocks = arena.get_mut(..params.block_count())?;
        let hashed =
            argon2.hash_password_into_with_memory(password, salt, &mut output, &mut *blocks);
        // Plain stores, not volatile ones of eight bytes each: the arena goes back
        // to a pool that outlives this call, so they cannot be optimised away.
        blocks.fill(Block::default());
        self.put_back(arena);
        hashed.ok().map(|()| output)
    }

    /// The same with [`HASH_LEN`] bytes.
    pub fn hash_new(&self, params: &Params, password: &[u8], salt: &[u8]) -> Option<Vec<u8>> {
        self.hash(params, password, salt, HASH_LEN)
    }

    fn take(&self) -> Vec<Block> {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        free.pop().unwrap_or_default()
    }

    fn put_back(&self, arena: Vec<Block>) {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        free.push(arena);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reused_arena_gives_what_a_fresh_one_gives_and_is_left_empty() {
        let (small, large) = (Params::new(64, 1, 1, None), Params::new(128, 2, 2, None));
        let (small, large) = (small.unwrap(), large.unwrap());
        let arenas = Arenas::default();
        let first = arenas
            .hash_new(&small, b"password", b"salt-of-16-bytes")
            .unwrap();
        arenas
            .hash_new(&large, b"other", b"salt-of-16-bytes")
            .unwrap();
        let again = arenas
            .hash_new(&small, b"password", b"salt-of-16-bytes")
            .unwrap();
        assert_eq!(first, again);
        let fresh = Argon2::new(Algorithm::Argon2id, Version::V0x13, small);
        let mut output = [0; HASH_LEN];
        fresh
            .hash_password_into(b"password", b"salt-of-16-bytes", &mut output)
            .unwrap();
        assert_eq!(first, output);
        let free = arenas.0.lock().unwrap();
        assert_eq!(free.len(), 1);
        assert!(
            free[0]
                .iter()
                .all(|block| block.as_ref().iter().all(|word| *word == 0))
        );
    }
}
