//! Whom a proxy's certificate must be from: the same authorities as elsewhere, and
//! those of `sslrootcert`. There is no way to do without: Neon's proxy asks for the
//! password in clear inside the WebSocket.

use std::io;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// The TLS of a tunnel. It remembers sessions, so that later connections need less.
pub(super) fn tls(roots: Option<&str>) -> io::Result<Arc<ClientConfig>> {
    let mut store = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(given) = roots {
        for certificate in certificates(given)? {
            store.add(certificate).map_err(unusable)?;
        }
    }
    let mut config = ClientConfig::builder()
        .with_root_certificates(store)
        .with_no_client_auth();
    // A proxy that prefers HTTP/2 could not be spoken to.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// The file that is named, or what is given itself, as sqlx takes it.
fn certificates(given: &str) -> io::Result<Vec<CertificateDer<'static>>> {
    let found: Result<Vec<_>, _> = if given.trim_start().starts_with("-----BEGIN") {
        CertificateDer::pem_slice_iter(given.as_bytes()).collect()
    } else {
        CertificateDer::pem_file_iter(given).and_then(Iterator::collect)
    };
    let found = found.map_err(unusable)?;
    if found.is_empty() {
        return Err(unusable("no certificate in it"));
    }
    Ok(found)
}

fn unusable(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(format!(
        "sslrootcert in the database's URL cannot be used: {error}"
    ))
}
