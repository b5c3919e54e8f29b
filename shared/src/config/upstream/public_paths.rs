//! Paths of the upstream that are open to all.

/// Prefixes of paths, by whole segments: `/open` is `/open` and `/open/x`, and not
/// `/opening`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicPaths(Vec<Vec<String>>);

impl PublicPaths {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        text.split(',')
            .map(parse_one)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether a path of these segments, decoded, is open.
    pub fn cover(&self, segments: &[&[u8]]) -> bool {
        let begins_with = |prefix: &Vec<String>| {
            let wanted = prefix.iter().map(String::as_bytes);
            prefix.len() <= segments.len()
                && segments
                    .iter()
                    .copied()
                    .zip(wanted)
                    .all(|(one, other)| one == other)
        };
        self.0.iter().any(begins_with)
    }

    /// Whether nothing is guarded.
    pub fn are_all(&self) -> bool {
        self.0.iter().any(Vec::is_empty)
    }
}

fn parse_one(text: &str) -> Result<Vec<String>, String> {
    let wrong = || {
        "must be paths such as /open,/assets: whole segments, as they read decoded, without \
         dots alone, doubled slashes, and any of % ? # ; \\ *"
            .to_owned()
    };
    let path = text.trim().strip_prefix('/').ok_or_else(wrong)?;
    if path.is_empty() {
        return Ok(Vec::new());
    }
    let path = path.strip_suffix('/').unwrap_or(path);
    let odd = |c: char| matches!(c, '%' | '?' | '#' | ';' | '\\' | '*') || c.is_control();
    let is_good = |segment: &str| !matches!(segment, "" | "." | "..") && !segment.contains(odd);
    if !path.split('/').all(is_good) {
        return Err(wrong());
    }
    Ok(path.split('/').map(str::to_owned).collect())
}
