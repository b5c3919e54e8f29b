//! Over TLS. `tls/` has an authority of the tests' own and a certificate for
//! `localhost`, and one that is its own authority; valid until 2126.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::command::check;
use crate::deployment::{Alter, Deployment, Setup, answer, set, sound};

const CA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doctor/tls/ca.pem");

fn acceptor(name: &str) -> TlsAcceptor {
    let file = |name: &str| Path::new(CA).with_file_name(name);
    let certificate = CertificateDer::from_pem_file(file(&format!("{name}.pem"))).unwrap();
    let key = PrivateKeyDer::from_pem_file(file(&format!("{name}.key"))).unwrap();
    let provider = rustls::crypto::ring::default_provider();
    let config = ServerConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// The deployment behind a proxy that speaks TLS; its address has `host`.
async fn behind_tls(setup: Setup, host: &str) -> Deployment {
    showing("localhost", setup, host).await
}

/// The same with the certificate of that name.
async fn showing(certificate: &str, setup: Setup, host: &str) -> Deployment {
    let front = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let public = format!("https://{host}:{}", front.local_addr().unwrap().port());
    let back = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = back.local_addr().unwrap();
    let acceptor = acceptor(certificate);
    tokio::spawn(async move {
        while let Ok((stream, _)) = front.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await.ok()?;
                let mut to = TcpStream::connect(address).await.ok()?;
                copy_bidirectional(&mut stream, &mut to).await.ok()
            });
        }
    });
    setup.serve(back, public).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_an_authority_that_is_trusted() {
    let deployment = behind_tls(sound(), "localhost").await;
    let said = check(&deployment.url, &["--ca", CA]).await;
    said.only_failed(&[]);
    said.says("reachable", "ok", "certificate verified", "");
    said.says("hsts", "ok", "max-age=31536000", "");
    said.says(
        "cookies",
        "ok",
        "__Secure-better-auth.session_token; Secure",
        "",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_browsers_refuse() {
    let deployment = behind_tls(sound(), "localhost").await;
    let said = check(&deployment.url, &[]).await;
    said.says("reachable", "failed", "certificate is refused", "--ca FILE");
    said.only_failed(&["reachable"]);
    let other = deployment.url.replace("localhost", "127.0.0.1");
    let said = check(&other, &["--ca", CA]).await;
    said.says("reachable", "failed", "not valid for name", "Add 127.0.0.1");
    said.only_failed(&["reachable"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_certificate_of_an_authority_shown_as_the_servers() {
    let deployment = showing("own", sound(), "localhost").await;
    let own = CA.replace("ca.pem", "own.pem");
    let said = check(&deployment.url, &["--ca", &own]).await;
    said.says(
        "reachable",
        "failed",
        "that of an authority",
        "mkcert localhost",
    );
    said.only_failed(&["reachable"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn https_where_there_is_none() {
    let deployment = sound().start().await;
    let url = deployment.url.replace("http://", "https://");
    let said = check(&url, &[]).await;
    said.says("reachable", "failed", "TLS failed", "http://");
    said.only_failed(&["reachable"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_hsts_it_works_and_is_warned_of() {
    let without: Alter = |_, response| set(response, "strict-transport-security", None);
    let deployment = behind_tls(sound().altered(without), "localhost").await;
    let said = check(&deployment.url, &["--ca", CA]).await;
    said.says(
        "hsts",
        "warning",
        "no Strict-Transport-Security",
        "PUBLIC_URL=https://localhost",
    );
    said.only_failed(&[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_public_url_that_is_not_https() {
    let setup = sound().with("PUBLIC_URL", "http://localhost:7860");
    let deployment = behind_tls(setup, "localhost").await;
    let said = check(&deployment.url, &["--ca", CA]).await;
    said.says(
        "cookies",
        "failed",
        "better-auth.session_token",
        "PUBLIC_URL=https://localhost",
    );
    said.only_failed(&["own origin", "cookies"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http_that_sends_on_to_https_of_the_same_host_is_followed() {
    let deployment = behind_tls(sound(), "localhost").await;
    let to = format!("{}/health", deployment.url);
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let from = format!("http://localhost:{}", plain.local_addr().unwrap().port());
    let sends_on = axum::Router::new().fallback(move || {
        let to = to.clone();
        async move { answer(308, &[("location", &to)], "") }
    });
    tokio::spawn(async move { axum::serve(plain, sends_on).await });
    let said = check(&from, &["--ca", CA]).await;
    said.says("reachable", "ok", "sends on to https://localhost", "");
    said.only_failed(&[]);
    assert_eq!(said.json()["url"], deployment.url.as_str());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cookies_across_sites_are_told_apart_from_those_that_are_never_sent() {
    let page = "https://app-team.vercel.app";
    let deployment = behind_tls(sound().with("FRONTEND_URL", page), "localhost").await;
    let said = check(&deployment.url, &["--ca", CA, "--origin", page]).await;
    said.says("site", "warning", "another site", "a rewrite");
    said.says("cookies", "ok", "Partitioned; SameSite=None", "");
    said.only_failed(&[]);
}
