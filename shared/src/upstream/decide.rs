//! What a request's target is: ours, open to all, guarded, or nothing that two readers
//! would agree on.
//!
//! It is looked at once, as it is written, and what is passed on is what was looked
//! at. Where a server in front and the one behind read a path differently, one of them
//! checks what the other does not serve (CVE-2025-71399; RFC 3986 §6.2, RFC 9110
//! §4.2.3); so whatever has a second reading is refused, or at least never public.

use http::Uri;
use percent_encoding::percent_decode;

use crate::config::PublicPaths;
use crate::http::own_paths::{RETURN, is_own, is_page};

/// Decoding more often than any chain of servers would.
const MAX_DECODINGS: usize = 5;

/// Whose a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// For our own routes.
    Own,
    /// Where people come back to from signing in.
    Return,
    /// For the upstream, whoever asks.
    Public,
    /// For the upstream, from somebody with a session.
    Guarded,
    /// For nobody.
    Ambiguous,
}

/// Decides; `has_pages` says whether signing in is done on pages of ours, or on the
/// upstream's, which are then open to all.
pub(super) fn target(uri: &Uri, public: &PublicPaths, has_pages: bool) -> Target {
    let path = uri.path();
    // Ours are served to the letter or not at all, so any of them may go there.
    if path == RETURN {
        return Target::Return;
    }
    if is_own(path) && (has_pages || !is_page(path)) {
        return Target::Own;
    }
    // With a host in the target there are two, and `*` is no path (RFC 9112 §3.2).
    let has_one_host = uri.authority().is_none() && uri.scheme().is_none();
    // To the letter one of the pages: clear, though it would be ours with them.
    let is_theirs = is_page(path);
    if !has_one_host || !path.starts_with('/') || !(is_theirs || is_clear(path)) {
        return Target::Ambiguous;
    }
    if is_theirs || is_public(path, public) {
        Target::Public
    } else {
        Target::Guarded
    }
}

/// Whether no reader, however often it decodes, finds dots that lead elsewhere, control
/// characters, or a path of ours.
fn is_clear(path: &str) -> bool {
    let is_graphic = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    if !path.bytes().all(is_graphic) || !is_well_encoded(path) {
        return false;
    }
    let mut read = path.as_bytes().to_vec();
    for _ in 0..MAX_DECODINGS {
        if !is_clear_as_read(&read) {
            return false;
        }
        let decoded: Vec<u8> = percent_decode(&read).collect();
        if decoded == read {
            return true;
        }
        read = decoded;
    }
    false
}

fn is_well_encoded(path: &str) -> bool {
    let is_hex = |part: Option<&str>| {
        part.is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    path.split('%').skip(1).all(|part| is_hex(part.get(..2)))
}

fn is_clear_as_read(path: &[u8]) -> bool {
    if path.iter().any(u8::is_ascii_control) {
        return false;
    }
    // Java's servers take what follows a `;` for a parameter of the segment.
    let segments = path.split(|byte| matches!(byte, b'/' | b'\\'));
    let names = segments.map(|segment| segment.split(|byte| *byte == b';').next());
    let names: Vec<&[u8]> = names.map(Option::unwrap_or_default).collect();
    if names
        .iter()
        .any(|name| matches!(name, [b'.'] | [b'.', b'.']))
    {
        return false;
    }
    let mut loosest = String::with_capacity(path.len());
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        loosest.push('/');
        loosest.push_str(&String::from_utf8_lossy(name).to_ascii_lowercase());
    }
    !is_own(&loosest)
}

/// Whether a clear path is open to all: only one that every reader splits alike.
fn is_public(path: &str, public: &PublicPaths) -> bool {
    let encoded: Vec<&str> = path.split('/').skip(1).collect();
    let inner = encoded.len().saturating_sub(1);
    if encoded.iter().take(inner).any(|segment| segment.is_empty()) {
        return false;
    }
    let decoded = encoded
        .iter()
        .map(|segment| percent_decode(segment.as_bytes()).collect::<Vec<u8>>());
    let decoded: Vec<Vec<u8>> = decoded.collect();
    let is_plain = |segment: &Vec<u8>| {
        let odd = |byte: &u8| matches!(byte, b'/' | b'\\' | b';' | b'%');
        std::str::from_utf8(segment).is_ok() && !segment.iter().any(odd)
    };
    let segments: Vec<&[u8]> = decoded.iter().map(Vec::as_slice).collect();
    decoded.iter().all(is_plain) && public.cover(&segments)
}

#[cfg(test)]
mod tests;
