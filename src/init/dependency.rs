//! Where the project takes the crate `doorkey` from.

use std::path::{Component, Path, PathBuf};

use super::Refusal;

/// Where this program's own sources were when it was built.
const CHECKOUT: &str = env!("CARGO_MANIFEST_DIR");
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// Where the crate is.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// In a checkout of Doorkey's repository.
    Path(PathBuf),
    /// In a repository, at a commit or at the newest one.
    Git(String, Option<String>),
}

impl Source {
    /// The checkout that this program was built from, if it is still there; else
    /// Doorkey's own repository, if this build knows one.
    pub(super) fn usual() -> Result<Self, Refusal> {
        let checkout = PathBuf::from(CHECKOUT);
        // Cargo's own copy is of no use to others, and is swept one day.
        let is_cargos = CHECKOUT.replace('\\', "/").contains("/git/checkouts/");
        if !is_cargos && checkout.join("shared/Cargo.toml").is_file() {
            return Ok(Self::Path(checkout));
        }
        if REPOSITORY.is_empty() {
            let why =
                "say where the crate `doorkey` is: --path ../doorkey (a checkout) or --git URL";
            return Err(Refusal::Usage(why.to_owned()));
        }
        Ok(Self::Git(REPOSITORY.to_owned(), None))
    }

    /// What `Cargo.toml` says of it.
    pub(super) fn line(&self, project: &Path) -> Result<String, Refusal> {
        match self {
            Self::Path(path) => {
                let path = relative(project, &crate_folder(path)?);
                Ok(format!("{{ path = {} }}", quoted(&path)?))
            }
            Self::Git(url, _) if has_credentials(url) => Err(Refusal::Usage(
                "--git: the URL holds a user or a password, which would be committed with Cargo.toml: leave them \
                 out, and let Git know them (a credential helper, or ssh)"
                    .to_owned(),
            )),
            Self::Git(url, None) => Ok(format!("{{ git = {} }}", quoted(url)?)),
            Self::Git(url, Some(rev)) => Ok(format!(
                "{{ git = {}, rev = {} }}",
                quoted(url)?,
                quoted(rev)?
            )),
        }
    }
}

/// Over ssh a name alone is no secret, and there must be one.
fn has_credentials(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| {
        let is_web = matches!(url.scheme(), "http" | "https");
        url.password().is_some() || (is_web && !url.username().is_empty())
    })
}

/// The crate's folder in a checkout, or the folder itself.
fn crate_folder(given: &Path) -> Result<PathBuf, Refusal> {
    for folder in [given.join("shared"), given.to_owned()] {
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        if manifest.contains("\nname = \"doorkey\"\n") {
            return folder
                .canonicalize()
                .map_err(|error| Refusal::File(folder.display().to_string(), error));
        }
    }
    Err(Refusal::Usage(format!(
        "--path {}: no checkout of Doorkey is there (no shared/Cargo.toml)",
        given.display()
    )))
}

/// The way from one absolute folder to another, with `/`.
fn relative(from: &Path, to: &Path) -> String {
    let mut from: Vec<Component<'_>> = from.components().collect();
    let mut to: Vec<Component<'_>> = to.components().collect();
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from.split_off(same).into_iter().map(|_| "..".to_owned());
    let down = to.split_off(same).into_iter();
    let down = down.map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// As a string of TOML, if it needs no escapes: no path or URL should.
fn quoted(text: &str) -> Result<String, Refusal> {
    if text.is_empty() || text.contains(['"', '\\']) || text.chars().any(char::is_control) {
        return Err(Refusal::Usage(format!(
            "{text:?} cannot stand in Cargo.toml"
        )));
    }
    Ok(format!("\"{text}\""))
}

/// Whether a line of `Cargo.toml` names a folder that is not in the project, where
/// Vercel will not have it.
pub(super) fn leads_outside(line: &str) -> bool {
    let path = line.split_once("path = \"").map(|(_, rest)| rest);
    path.is_some_and(|path| path.starts_with("..") || path.starts_with('/') || path.contains(":/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_told_from_the_project() {
        let way = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(
            way("/home/ann/app", "/home/ann/doorkey/shared"),
            "../doorkey/shared"
        );
        assert_eq!(
            way("/home/ann/app", "/home/ann/app/vendor/shared"),
            "vendor/shared"
        );
        assert_eq!(way("/a", "/b/c"), "../b/c");
    }

    #[test]
    fn only_a_checkout_is_taken_for_one() {
        let root = Path::new(CHECKOUT);
        assert!(crate_folder(root).unwrap().ends_with("shared"));
        assert!(crate_folder(&root.join("shared")).is_ok());
        assert!(crate_folder(&root.join("docs")).is_err());
    }

    #[test]
    fn what_would_break_the_file_is_refused() {
        let git =
            |url: &str| Source::Git(url.to_owned(), Some("abc".to_owned())).line(Path::new("/"));
        let line = "{ git = \"https://example.com/doorkey\", rev = \"abc\" }";
        assert_eq!(git("https://example.com/doorkey").unwrap(), line);
        assert!(git("x\" }\n[evil]").is_err() && git("").is_err());
    }

    #[test]
    fn a_password_is_not_written_for_all_to_read() {
        for url in [
            "https://ann:secret@example.com/d",
            "https://token@example.com/d",
        ] {
            let refusal = Source::Git(url.to_owned(), None).line(Path::new("/"));
            let why = refusal.unwrap_err().to_string();
            assert!(
                why.contains("committed") && !why.contains("example"),
                "{why}"
            );
        }
        for url in ["https://example.com/d", "ssh://git@example.com/d"] {
            assert!(!has_credentials(url), "{url}");
        }
    }

    #[test]
    fn what_vercel_will_not_have_is_known() {
        assert!(leads_outside("{ path = \"../doorkey/shared\" }"));
        assert!(!leads_outside("{ path = \"vendor/doorkey/shared\" }"));
        assert!(!leads_outside("{ git = \"https://example.com/doorkey\" }"));
    }
}
