//! `.env.local.example`: what a developer may set, and what the deployment needs.

use super::files::File;

const BODY: &str = "\
#
# Copy what you need to .env.local, which next dev and next build read. Nothing has
# to be set for `npm run dev` beside `cargo run`.

# Where next dev passes the paths of sign-in on to.
#DOORKEY_URL=http://127.0.0.1:7860

# For front ends of the FastAPI system that Doorkey takes over. The client of Better
# Auth needs no address: it asks the page's own origin.
#NEXT_PUBLIC_API_URL=http://localhost:3000/api

# The deployment needs these two; set them in the settings of the project on Vercel.
# SECRET_KEY: what `openssl rand -base64 33` prints.
# DATABASE_URL: postgres://user:password@db.example.com/doorkey?sslmode=verify-full
";

pub(super) fn file() -> File {
    File::optional(".env.local.example", "#", BODY)
}
