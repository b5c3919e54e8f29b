//! Every setting by name, with its meaning, default and an example.
//!
//! One table, so that `.env.example`, the examples in faults and the check for
//! misspelt names cannot drift apart.

/// One environment variable that this service knows.
#[derive(Debug)]
pub struct Setting {
    /// The variable's name.
    pub name: &'static str,
    /// What it does, in one line.
    pub meaning: &'static str,
    /// What holds when it is not set, in words or as a value.
    pub default: &'static str,
    /// A value of the right form. Those of secrets are refused as keys.
    pub example: &'static str,
}

macro_rules! settings {
    ($($name:ident: $meaning:literal, $default:literal, $example:literal;)*) => {
        $(
            /// The setting of this name.
            pub static $name: Setting = Setting {
                name: stringify!($name),
                meaning: $meaning,
                default: $default,
                example: $example,
            };
        )*
        /// The whole table, in the order of `.env.example`.
        pub static ALL: &[&Setting] = &[$(&$name),*];
    };
}

settings! {
    DATABASE_URL: "Where accounts are kept: postgres://... or sqlite:PATH; required on Vercel and Lambda.",
        "sqlite:./data/doorkey.db, or /data/doorkey.db when /data can be written",
        "postgres://user:password@db.example.com/doorkey?sslmode=verify-full";
    DATABASE_URL_UNPOOLED: "The same database without a pooler between, for migrations.",
        "DATABASE_URL",
        "postgres://user:password@direct.example.com/doorkey?sslmode=verify-full";
    DATABASE_TRANSPORT: "How the server reaches Postgres: tcp, websocket (on port 443, as Neon's hosts take it), or wss://HOST/PATH of a proxy that speaks the same.",
        "auto: websocket on a Space, else tcp", "websocket";
    DB_POOL: "Most database connections of one process, 1 to 200.",
        "10; functions 2", "10";
    MIGRATE: "auto: migrate the database at start; off: only `doorkey migrate` does (always so on Vercel and Lambda).",
        "auto", "off";
    SECRET_KEY: "Signs cookies; 32 bytes or more, as `doorkey secret` prints; required in production.",
        "where only this machine is served, made once and kept in the data folder",
        "run-doorkey-secret-and-put-its-output-here";
    BETTER_AUTH_SECRET: "Another name of SECRET_KEY, shared with a Better Auth front end.",
        "none", "run-doorkey-secret-and-put-its-output-here";
    SECRET_KEY_PREVIOUS: "The key before the last change: still accepted, signs nothing new.",
        "none", "the-secret-key-that-you-had-before-this-one";
    FRONTEND_URL: "Origins that may use this service from a browser, comma-separated; * stands inside one label.",
        "where only this machine is served, http://localhost:3000; on Vercel and on a Space their own hosts; required elsewhere",
        "https://app.example.com,https://app-*-team.vercel.app";
    PUBLIC_URL: "The origin at which users reach this service.",
        "the platform's own host, else http://localhost:PORT",
        "https://auth.example.com";
    SERVICE_NAME: "The service's name in pages and mails.",
        "host name of the first FRONTEND_URL", "Example";
    PAGES: "on or off: the server's own pages, /sign-in, /account and others (docs/pages.md).",
        "on", "off";
    LOGO_URL: "A picture above those pages: a path on this origin, or an https:// URL.",
        "none", "https://example.com/logo.svg";
    HOST: "IP address to listen on; anything but loopback counts as production.",
        "127.0.0.1; on a Space 0.0.0.0", "0.0.0.0";
    PORT: "Port to listen on; 0 takes any free one.",
        "7860; one function alone 3000", "7860";
    TRUSTED_PROXIES: "Networks whose X-Forwarded-For is believed, as CIDRs, comma-separated.",
        "none; on a Space the private networks", "10.0.0.0/8,192.168.0.0/16";
    LEGACY_COOKIE: "Name of the unsigned cookie of the system that was taken over, or off.",
        "session_token", "off";
    RATE_LIMIT: "on or off: limit sign-ins, sign-ups and mails by client and by account.",
        "on", "on";
    PASSWORD_MIN: "Fewest characters of a new password, 8 to 64.",
        "8", "15";
    SESSION_TTL: "How long a session lives without use, 1s to 400d.",
        "7d", "7d";
    SESSION_REFRESH: "How often a session in use is extended; less than SESSION_TTL.",
        "1d, or a seventh of a SESSION_TTL under 7d", "1d";
    COOKIE_CACHE: "off, on (300s) or a time from 10s to 1h: how long get-session answers from a signed cookie without asking the database.",
        "off", "on";
    COOKIE_DOMAIN: "Domain whose hosts share the session's cookies: the host of PUBLIC_URL or a parent of it.",
        "none: only that host has them", "example.com";
    BEARER: "on or off: a session's token is also given in answers and taken from Authorization: Bearer, for clients without cookies.",
        "off", "on";
    ARGON2_M_KIB: "Memory of one password hash, in KiB.",
        "47104", "47104";
    ARGON2_T: "Passes of one password hash.",
        "1", "1";
    ARGON2_P: "Lanes of one password hash.",
        "1", "1";
    HASH_QUEUE: "Password hashes that may wait before others are turned away (503), 1 to 10000.",
        "64", "64";
    LOG: "What is logged: trace, debug, info, warn, error or off, or a filter by module.",
        "info", "info,sqlx=warn";
    LOG_REQUESTS: "on or off: a line for every request.",
        "off", "on";
    MAIL_URL: "How mail is sent: smtps://, smtp:// (STARTTLS), resend://KEY, postmark://TOKEN, file:PATH or log:.",
        "where only this machine is served, log:; else none is sent", "smtps://user:password@smtp.example.com";
    MAIL_FROM: "The sender of mails: an address, or a name and <address>; required to send any.",
        "no-reply@localhost for file: and log:; the name is SERVICE_NAME", "Example <no-reply@example.com>";
    TEMPLATES: "Folder of templates that replace the built-in ones of mails, file by file.",
        "built in", "./templates";
    REQUIRE_EMAIL_VERIFICATION: "on or off: sign-in needs a verified e-mail address.", "off", "on";
    SIGN_UP: "Who may make an account: on, off, or @domains and addresses, comma-separated (needs REQUIRE_EMAIL_VERIFICATION).", "on",
        "off";
    SEND_ON_SIGN_UP: "on or off: mail a verification link at sign-up.", "on when mail is set", "on";
    JWT_ALG: "What signs tokens for other back ends: EdDSA, ES256 or RS256.", "EdDSA", "ES256";
    JWT_ISSUER: "Who tokens say they are from.", "PUBLIC_URL", "https://auth.example.com";
    JWT_AUDIENCE: "Whom tokens say they are for.", "PUBLIC_URL", "https://api.example.com";
    USER_FIELDS: "Further fields of a user, as JSON (docs/user-fields.md); in quotation marks in a shell alone.", "none",
        r#"{"company":{"type":"string","required":true},"age":{"type":"number","required":false}}"#;
    UPSTREAM_URL: "Back end that the server guards (docs/guard.md): requests with a session are passed on to it.",
        "none; with `doorkey -- COMMAND` http://127.0.0.1:8000", "http://127.0.0.1:8000";
    PUBLIC_PATHS: "Paths of the guarded back end that are open to all, comma-separated: each with all below it.",
        "none", "/open,/assets";
    UPSTREAM_RATE: "Most requests of one user to the guarded back end: a number and /s, /min or /h.", "off", "600/min";
    UPSTREAM_JWT: "on or off: give the guarded back end a signed token about the user, too.", "off", "on";
    UPSTREAM_TIMEOUT: "How long the guarded back end may be silent, 1s to 1h.", "5m", "5m";
}

#[cfg(test)]
mod tests;
