//! The key of a machine that serves only itself: made at the first start, kept in
//! a file, read at every later one.

use super::SecretKey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use zeroize::Zeroizing;

const FILE: &str = "secret.key";

/// Fills a buffer with bytes nobody can foresee, or says why not.
pub type Randomness<'a> = &'a mut dyn FnMut(&mut [u8]) -> io::Result<()>;

/// Reads the key in `dir`, or makes one of 32 bytes from `random`.
///
/// The file is readable by its owner alone (0600), and so is the folder when it
/// is made here (0700). Several processes that start at once agree on one key:
/// each writes a file of its own, and only the first gets it to the final name.
///
/// # Errors
/// What the file system says, with the file's name; `InvalidData` when the file
/// holds no key.
pub fn keep_or_make(dir: &Path, random: Randomness<'_>) -> io::Result<SecretKey> {
    let path = dir.join(FILE);
    read(&path)
        .and_then(|found| match found {
            Some(key) => Ok(key),
            None => make(dir, &path, random),
        })
        .map_err(|error| {
            let text = format!("cannot keep a key in {}: {error}", path.display());
            io::Error::new(error.kind(), text)
        })
}

/// The key in the file; `None` when there is no file.
fn read(path: &Path) -> io::Result<Option<SecretKey>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    SecretKey::new(text.trim()).map(Some).ok_or_else(|| {
        let text = "the file holds no key of 32 characters; remove it to have one made";
        io::Error::new(io::ErrorKind::InvalidData, text)
    })
}

fn make(dir: &Path, path: &Path, random: Randomness<'_>) -> io::Result<SecretKey> {
    private_folder(dir)?;
    let mut bytes = Zeroizing::new([0; 32]);
    random(bytes.as_mut_slice())?;
    let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()));
    let mut suffix = [0; 12];
    random(&mut suffix)?;
    let own = dir.join(format!(".{FILE}.{}", URL_SAFE_NO_PAD.encode(suffix)));
    let placed = write_private(&own, &text).and_then(|()| link(&own, path));
    // Whether it was linked or not, this name has served; left behind, it would
    // hold the key, in the same folder, under the same mode.
    let removed = fs::remove_file(&own);
    placed?;
    removed?;
    File::open(dir)?.sync_all()?;
    read(path)?.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
}

/// Gives the file its final name, unless another process was first. Unlike a
/// rename, a link never replaces.
fn link(own: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(own, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn private_folder(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
