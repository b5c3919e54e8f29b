//! Identifiers as types of their own, so that one cannot stand for another.

use std::fmt;

use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// A version 4 UUID (RFC 9562 §5.4) of the given random bytes.
            pub fn from_random(bytes: [u8; 16]) -> Self {
                Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
            }

            /// From a UUID as read.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside.
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// From text, dashed or not; `None` when it is no UUID.
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::try_parse(text).ok().map(Self)
            }
        }

        /// Dashed, lower case: how every answer shows it.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    };
}

id! {
    /// Names a user.
    UserId
}
id! {
    /// Names a session; as text it is the *handle* that answers carry where
    /// Better Auth has the raw token. It opens nothing.
    SessionId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_dashed_and_reads_both_forms() {
        let id = UserId::from_random([0xab; 16]);
        let dashed = id.to_string();
        assert_eq!(dashed, "abababab-abab-4bab-abab-abababababab");
        assert_eq!(UserId::parse(&dashed), Some(id));
        assert_eq!(UserId::parse(&dashed.replace('-', "")), Some(id));
        assert_eq!(UserId::parse("nope"), None);
    }
}
