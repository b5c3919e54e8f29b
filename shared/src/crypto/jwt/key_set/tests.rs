//! The lives of keys, day by day.

use super::*;
use crate::crypto::jwt::{generate, private};

const HOUR: Duration = Duration::from_hours(1);

fn day(day: u64) -> Timestamp {
    Timestamp::from_millis(0).plus(24 * HOUR * u32::try_from(day).unwrap())
}

/// A key of that algorithm, made on that day.
fn key(alg: Alg, serial: i64, made_at: Timestamp) -> Key {
    let seed = [u8::try_from(serial).unwrap(); 32];
    let bytes = generate(alg, &seed).unwrap();
    let private = private::PrivateKey::read(alg, &bytes).unwrap();
    Key {
        serial,
        made_at,
        public: private.public().unwrap(),
        private: Some(Arc::new(private)),
        is_to_be_sealed: false,
    }
}

fn lost(key: Key) -> Key {
    Key {
        private: None,
        ..key
    }
}

fn set(keys: Vec<Key>) -> KeySet {
    KeySet::new(keys, day(0))
}

fn signs(set: &KeySet, alg: Alg, now: Timestamp) -> Option<i64> {
    let (public, _) = set.signer(alg, now)?;
    let key = set.keys.iter().find(|key| key.public == *public);
    Some(key.unwrap().serial)
}

use Alg::{EdDsa, Es256};

#[test]
fn without_a_key_one_is_wanted_and_it_signs_at_once() {
    let none = set(vec![]);
    assert!(none.wants_key(EdDsa, day(0)));
    assert_eq!(signs(&none, EdDsa, day(0)), None);
    assert_eq!(none.next_serial(EdDsa), 1);
    let one = set(vec![key(EdDsa, 1, day(0))]);
    assert!(!one.wants_key(EdDsa, day(0)));
    assert_eq!(signs(&one, EdDsa, day(0)), Some(1));
    // A maker's clock that is ahead of ours changes nothing.
    assert_eq!(
        signs(&set(vec![key(EdDsa, 1, day(2))]), EdDsa, day(0)),
        Some(1)
    );
}

#[test]
fn sec_k3_the_next_key_is_published_a_day_before_it_signs() {
    let mut keys = vec![key(EdDsa, 1, day(0))];
    let first = set(vec![key(EdDsa, 1, day(0))]);
    assert!(!first.wants_key(EdDsa, day(90).minus(HOUR)));
    assert!(first.wants_key(EdDsa, day(90)));
    keys.push(key(EdDsa, 2, day(90)));
    let both = set(keys);
    assert_eq!(both.next_serial(EdDsa), 3);
    assert!(!both.wants_key(EdDsa, day(90)));
    assert_eq!(both.published(day(90)).count(), 2);
    assert_eq!(signs(&both, EdDsa, day(91).minus(HOUR)), Some(1));
    assert_eq!(signs(&both, EdDsa, day(91)), Some(2));
    assert!(both.wants_key(EdDsa, day(180)));
}

#[test]
fn sec_k3_a_key_is_published_until_a_day_after_its_last_token_died() {
    let both = set(vec![key(EdDsa, 1, day(0)), key(EdDsa, 2, day(90))]);
    let signed_until = day(91);
    let last = signed_until.plus(LIFE).plus(24 * HOUR);
    assert_eq!(
        both.published(last.minus(Duration::from_millis(1))).count(),
        2
    );
    assert_eq!(both.published(last).count(), 1);
}

#[test]
fn a_key_long_unused_signs_on_while_the_next_is_made_known() {
    let idle = set(vec![key(EdDsa, 1, day(0))]);
    assert!(idle.wants_key(EdDsa, day(400)));
    let both = set(vec![key(EdDsa, 1, day(0)), key(EdDsa, 2, day(400))]);
    assert_eq!(signs(&both, EdDsa, day(400)), Some(1));
    assert_eq!(signs(&both, EdDsa, day(401)), Some(2));
}

#[test]
fn another_algorithm_signs_at_once_and_the_old_key_stays_for_its_tokens() {
    let only = set(vec![key(EdDsa, 1, day(0))]);
    assert!(only.wants_key(Es256, day(10)));
    let both = set(vec![key(EdDsa, 1, day(0)), key(Es256, 1, day(10))]);
    assert_eq!(signs(&both, Es256, day(10)), Some(1));
    // An instance that has not heard of it signs on for a day, and then makes its own.
    assert_eq!(signs(&both, EdDsa, day(11).minus(HOUR)), Some(1));
    assert_eq!(signs(&both, EdDsa, day(11)), None);
    assert!(both.wants_key(EdDsa, day(11)));
    assert_eq!(both.published(day(12)).count(), 2);
    assert_eq!(both.published(day(13)).count(), 1);
}

#[test]
fn sec_k4_a_key_that_cannot_be_opened_is_followed_at_once_and_stays_published() {
    let lost_one = set(vec![lost(key(EdDsa, 1, day(0)))]);
    assert!(lost_one.wants_key(EdDsa, day(5)));
    assert_eq!(lost_one.unreadable(EdDsa, day(5)).count(), 1);
    let both = set(vec![lost(key(EdDsa, 1, day(0))), key(EdDsa, 2, day(5))]);
    assert!(!both.wants_key(EdDsa, day(5)));
    assert_eq!(signs(&both, EdDsa, day(5)), Some(2));
    assert_eq!(both.published(day(7)).count(), 2);
    assert_eq!(both.published(day(8)).count(), 1);
}

#[test]
fn clocks_that_differ_never_make_two_keys_follow_each_other() {
    // The second was made by an instance whose clock is an hour late.
    let keys = vec![key(EdDsa, 1, day(3)), key(EdDsa, 2, day(3).minus(HOUR))];
    let both = set(keys);
    assert_eq!(signs(&both, EdDsa, day(10)), Some(2));
    assert_eq!(both.published(day(10)).count(), 1);
}

#[test]
fn what_was_opened_is_remembered_unless_it_must_be_sealed_anew() {
    let (mut old, new) = (key(EdDsa, 1, day(0)), key(EdDsa, 2, day(1)));
    old.is_to_be_sealed = true;
    let (old_kid, new_kid) = (old.public.kid().to_owned(), new.public.kid().to_owned());
    let both = set(vec![old, new]);
    assert!(both.opened(&old_kid).is_none());
    assert!(both.opened(&new_kid).is_some());
    assert!(both.opened("another").is_none());
}
