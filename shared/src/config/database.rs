//! The database: where it is, how many connections, who migrates it.

use super::data_folder::{DATA_FOLDER, DataFolder};
use super::database_url::{DatabaseUrl, Tls};
use super::env::Reader;
use super::names;
use super::place::{Place, Platform, Program};
use super::transport::{self, Transport};
use std::path::{Path, PathBuf};

/// Where the database is and how it is reached.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// For everything but migrations.
    pub url: DatabaseUrl,
    /// For migrations, where it is not the same.
    pub unpooled: Option<DatabaseUrl>,
    /// Most connections of this process.
    pub connections: u32,
    /// Whether a pooler seems to stand before `url`'s server.
    pub looks_pooled: bool,
    /// How the server is reached.
    pub transport: Transport,
    /// Whether all is lost when the process's place is restarted: a file on a disk
    /// that is not kept.
    pub is_lost_at_restart: bool,
}

/// Whether this process migrates the database when it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Migrate {
    /// It does.
    Auto,
    /// Only `doorkey migrate` does.
    Off,
}

/// Reads the settings; `None` after a fault in a URL.
pub(super) fn settings(reader: &mut Reader<'_>, place: &Place) -> Option<DatabaseSettings> {
    let default_connections = match place.program {
        Program::Function => 2,
        Program::Project if place.platform.is_functions() => 2,
        Program::Server | Program::Project => 10,
    };
    let connections = reader.number(&names::DB_POOL, 1..=200, default_connections);
    let unpooled = reader.parsed(&names::DATABASE_URL_UNPOOLED, DatabaseUrl::parse);
    let url = url(reader, place)?;
    let transport = transport::settings(reader, place, &url);
    if let Some(unpooled) = &unpooled {
        compare(reader, &url, unpooled);
    }
    // A WebSocket's own TLS is always verified.
    if transport == Transport::Tcp {
        warn_of_tls(reader, names::DATABASE_URL.name, &url);
        if let Some(unpooled) = &unpooled {
            warn_of_tls(reader, names::DATABASE_URL_UNPOOLED.name, unpooled);
        }
    }
    Some(DatabaseSettings {
        looks_pooled: url.looks_pooled(),
        is_lost_at_restart: is_lost_file(reader, place, &url),
        transport,
        url,
        unpooled,
        connections,
    })
}

fn url(reader: &mut Reader<'_>, place: &Place) -> Option<DatabaseUrl> {
    if reader.is_set(&names::DATABASE_URL) {
        return reader.parsed(&names::DATABASE_URL, DatabaseUrl::parse);
    }
    if place.platform.is_functions() {
        reader.fault(
            &names::DATABASE_URL,
            "is not set: functions have no disk of their own and need a Postgres server",
        );
        return None;
    }
    let file = data_folder(reader).join("doorkey.db");
    DatabaseUrl::parse(&format!("sqlite:{}", file.display())).ok()
}

/// Where a process keeps what it makes itself: the database's file and the key.
pub(super) fn data_folder(reader: &Reader<'_>) -> PathBuf {
    match reader.env.data_folder() {
        DataFolder::Missing => PathBuf::from("./data"),
        DataFolder::Plain | DataFolder::Mounted => PathBuf::from(DATA_FOLDER),
    }
}

fn compare(reader: &mut Reader<'_>, url: &DatabaseUrl, unpooled: &DatabaseUrl) {
    let setting = &names::DATABASE_URL_UNPOOLED;
    if url.is_sqlite() != unpooled.is_sqlite() {
        reader.fault(setting, "is another kind of database than DATABASE_URL");
    } else if url.is_sqlite() && url.sqlite_path() != unpooled.sqlite_path() {
        reader.fault(setting, "is another file than DATABASE_URL");
    }
    if unpooled.looks_pooled() {
        reader.warn(
            setting.name,
            "goes through a pooler all the same, and migrations cannot: name the server itself",
        );
    }
}

fn warn_of_tls(reader: &mut Reader<'_>, name: &str, url: &DatabaseUrl) {
    let text = match url.tls() {
        Tls::Enough => return,
        Tls::Unverified => {
            "has sslmode=require, which encrypts but does not check who answers: \
             use sslmode=verify-full"
        }
        Tls::Optional => {
            "lets passwords and sessions cross the network in clear: use sslmode=verify-full"
        }
    };
    reader.warn(name, text);
}

/// Whether the database is a file that will be gone, which is warned of.
fn is_lost_file(reader: &mut Reader<'_>, place: &Place, url: &DatabaseUrl) -> bool {
    let Some(path) = url.sqlite_path() else {
        return false;
    };
    let text = match place.platform {
        Platform::Plain => return false,
        Platform::Vercel | Platform::Lambda => {
            "is an SQLite file, but a function's disk is neither kept nor shared: \
             use a Postgres server"
        }
        Platform::Space => {
            let mounted = reader.env.data_folder() == DataFolder::Mounted;
            if mounted && path.starts_with(Path::new(DATA_FOLDER)) {
                return false;
            }
            "is an SQLite file on a Space's own disk: every account is lost at the next \
             restart; mount storage at /data or use a Postgres server"
        }
    };
    reader.warn(names::DATABASE_URL.name, text);
    true
}

/// Functions on Vercel and Lambda never migrate: many instances start at once,
/// and a request must not wait for it.
pub(super) fn migrate(reader: &mut Reader<'_>, place: &Place) -> Migrate {
    let asked = reader.parsed(&names::MIGRATE, |text| {
        match text.to_ascii_lowercase().as_str() {
            "auto" => Ok(Migrate::Auto),
            "off" => Ok(Migrate::Off),
            _ => Err("must be auto or off".to_owned()),
        }
    });
    if !place.platform.is_functions() {
        return asked.unwrap_or(Migrate::Auto);
    }
    if asked == Some(Migrate::Auto) {
        reader.warn(
            names::MIGRATE.name,
            "is auto, but functions never migrate: run `doorkey migrate` before you deploy",
        );
    }
    Migrate::Off
}

#[cfg(test)]
mod tests;
