//! How the domain's types are written to and read from both databases.
//!
//! | type | Postgres | SQLite |
//! |---|---|---|
//! | ids | `uuid` | 32 hex digits as text (`CHAR(32)`), as the seed has them |
//! | [`Timestamp`] | `timestamp` in UTC, microseconds | text, `YYYY-MM-DD HH:MM:SS.ffffff` |
//! | [`TokenHash`] | text, 64 hex digits | the same |

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueFormat, PgValueRef};
use sqlx::sqlite::{SqliteArgumentValue, SqliteTypeInfo, SqliteValueRef};
use sqlx::{Decode, Encode, Postgres, Sqlite, Type};
use uuid::Uuid;

use crate::domain::ids::{SessionId, UserId};
use crate::domain::timestamp::Timestamp;
use crate::domain::token::TokenHash;

/// SQLite's declared types are advice; what counts is whether the value reads.
macro_rules! sqlite_text {
    ($name:ty, |$value:ident| $text:expr) => {
        impl Type<Sqlite> for $name {
            fn type_info() -> SqliteTypeInfo {
                <str as Type<Sqlite>>::type_info()
            }
            fn compatible(_: &SqliteTypeInfo) -> bool {
                true
            }
        }
        impl<'q> Encode<'q, Sqlite> for $name {
            fn encode_by_ref(
                &self,
                args: &mut Vec<SqliteArgumentValue<'q>>,
            ) -> Result<IsNull, BoxDynError> {
                let $value = self;
                <String as Encode<'q, Sqlite>>::encode($text, args)
            }
        }
    };
}

macro_rules! id_codec {
    ($name:ident) => {
        impl Type<Postgres> for $name {
            fn type_info() -> PgTypeInfo {
                <Uuid as Type<Postgres>>::type_info()
            }
        }
        impl Encode<'_, Postgres> for $name {
            fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
                <Uuid as Encode<'_, Postgres>>::encode_by_ref(&self.uuid(), buf)
            }
        }
        impl Decode<'_, Postgres> for $name {
            fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
                <Uuid as Decode<'_, Postgres>>::decode(value).map($name::from_uuid)
            }
        }
        sqlite_text!($name, |id| id.uuid().simple().to_string());
        impl Decode<'_, Sqlite> for $name {
            fn decode(value: SqliteValueRef<'_>) -> Result<Self, BoxDynError> {
                let text = <&str as Decode<'_, Sqlite>>::decode(value)?;
                $name::parse(text).ok_or_else(|| "not a UUID".into())
            }
        }
    };
}
id_codec! { UserId }
id_codec! { SessionId }

/// `timestamp` (without time zone) in Postgres' catalogue.
const TIMESTAMP_OID: Oid = Oid(1114);
/// A list of them.
const TIMESTAMPS_OID: Oid = Oid(1115);
/// 2000-01-01, from where Postgres counts, in milliseconds since 1970.
const POSTGRES_EPOCH_MS: i64 = 946_684_800_000;

impl Type<Postgres> for Timestamp {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(TIMESTAMP_OID)
    }
    fn compatible(ty: &PgTypeInfo) -> bool {
        ty.oid() == Some(TIMESTAMP_OID)
    }
}

impl PgHasArrayType for Timestamp {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(TIMESTAMPS_OID)
    }
}

impl Encode<'_, Postgres> for Timestamp {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let micros = (self.millis() - POSTGRES_EPOCH_MS) * 1000;
        buf.extend_from_slice(&micros.to_be_bytes());
        Ok(IsNull::No)
    }
}

impl Decode<'_, Postgres> for Timestamp {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        match value.format() {
            PgValueFormat::Binary => {
                // `infinity` and `-infinity` are the ends of i64: clamped.
                let micros = i64::from_be_bytes(value.as_bytes()?.try_into()?);
                let ms = micros.div_euclid(1000).saturating_add(POSTGRES_EPOCH_MS);
                Ok(Timestamp::from_millis(ms))
            }
            PgValueFormat::Text => {
                Timestamp::from_sql_text(value.as_str()?).ok_or_else(|| "not a timestamp".into())
            }
        }
    }
}

sqlite_text!(Timestamp, |at| at.to_sql_text());
impl Decode<'_, Sqlite> for Timestamp {
    fn decode(value: SqliteValueRef<'_>) -> Result<Self, BoxDynError> {
        let text = <&str as Decode<'_, Sqlite>>::decode(value)?;
        Timestamp::from_sql_text(text).ok_or_else(|| "not a timestamp".into())
    }
}

impl Type<Postgres> for TokenHash {
    fn type_info() -> PgTypeInfo {
        <str as Type<Postgres>>::type_info()
    }
}
impl Encode<'_, Postgres> for TokenHash {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <String as Encode<'_, Postgres>>::encode(self.to_hex(), buf)
    }
}
sqlite_text!(TokenHash, |hash| hash.to_hex());
