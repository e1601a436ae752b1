//! Secrets: key files that only their owner may read, and the sealing of values in the database.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use thiserror::Error;
use zeroize::Zeroizing;

use super::file_fault::FileFault;
use super::randomness::Randomness;

/// Faults of a secret on disk or of a sealed value.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The file cannot be read or written.
    #[error("{}", told(path, cause))]
    File {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        cause: io::Error,
    },
    /// Others than the owner may read the file.
    #[error("{path} may be read by others (mode {mode:o}); run: chmod 600 {path}")]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file does not hold the expected content.
    #[error("{path} is not {expected}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The expected content, in words.
        expected: &'static str,
    },
    /// A sealed value was changed, moved from its place, or sealed under another key.
    #[error("a sealed value cannot be opened: it was changed, or keys/seal.key is not the key it was sealed under")]
    NotOpened,
}

/// Returns the fault with advice, for the operator that starts a node.
fn told(path: &Path, cause: &io::Error) -> String {
    let FileFault { text, advice } = FileFault::of(path, cause, "restore it from a backup");
    format!("{text}; {advice}")
}

/// Longest key file that is read: a few PEM blocks.
const KEY_FILE_LIMIT_BYTES: u64 = 64 * 1024;

/// Reads a secret file whole; refused if longer than 64 KiB, or if others than its owner may read or change it. There
/// is one exception: a secret given to a container is often root's and read-only for one of the process's groups
/// (0440). It cannot be made narrower from within. Such a file nobody can change but root.
pub fn read_secret_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    let failed = |cause| SecretError::File { path: path.to_owned(), cause };
    let file = fs::File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 && !is_given_by_root(mode, (metadata.uid(), metadata.gid()), own_groups) {
        return Err(SecretError::TooOpen { path: path.to_owned(), mode });
    }
    let mut content = Zeroizing::new(Vec::new());
    let length = file.take(KEY_FILE_LIMIT_BYTES + 1).read_to_end(&mut content).map_err(failed)?;
    if length as u64 > KEY_FILE_LIMIT_BYTES {
        return Err(SecretError::Malformed { path: path.to_owned(), expected: "a key file (it is over 64 KiB)" });
    }
    Ok(content)
}

/// Whether root gives the file to one of the process's own groups and to nobody else, and nobody may change it.
fn is_given_by_root(mode: u32, (owner, group): (u32, u32), own_groups: impl FnOnce() -> Vec<u32>) -> bool {
    mode == 0o440 && owner == 0 && own_groups().contains(&group)
}

/// The groups of this process.
fn own_groups() -> Vec<u32> {
    let more = rustix::process::getgroups().unwrap_or_default();
    more.into_iter().chain([rustix::process::getegid()]).map(rustix::process::Gid::as_raw).collect()
}

/// Writes a secret file (0600) beside its place, flushes it to disk, and moves it in at once.
pub fn write_secret_file(path: &Path, content: &[u8]) -> Result<(), SecretError> {
    let failed = |cause| SecretError::File { path: path.to_owned(), cause };
    let beside = path.with_extension("new");
    // A file left there by another may be open to others, and would stay so.
    if let Err(cause) = fs::remove_file(&beside)
        && cause.kind() != io::ErrorKind::NotFound
    {
        return Err(failed(cause));
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).map_err(failed)?;
    file.write_all(content).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    fs::rename(&beside, path).map_err(failed)?;
    if let Some(folder) = path.parent() {
        fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    Ok(())
}

/// The key for sealing bodies, URLs and e-mail addresses at rest (AES-256-GCM-SIV, RFC 8452).
///
/// A sealed value is a random 96-bit nonce, then the ciphertext with its tag. `place` is bound in as associated
/// data, so that a value moved to another row does not open.
pub struct SealKey {
    aead: LessSafeKey,
    index: hmac::Key,
}

impl SealKey {
    /// Derives the sealing key and the index key from the 32 bytes of `keys/seal.key`.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "a SHA-256 value has the length of an AES-256 key")]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        let derive = |label: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, bytes), label);
        let aead = UnboundKey::new(&AES_256_GCM_SIV, derive(b"hotline-node/seal/1").as_ref())
            .expect("a SHA-256 value has the length of an AES-256 key");
        Self {
            aead: LessSafeKey::new(aead),
            index: hmac::Key::new(hmac::HMAC_SHA256, derive(b"hotline-node/index/1").as_ref()),
        }
    }

    /// Reads `keys/seal.key`: 32 raw bytes.
    pub fn read(path: &Path) -> Result<Self, SecretError> {
        let content = read_secret_file(path)?;
        let bytes: &[u8; 32] = content
            .as_slice()
            .try_into()
            .map_err(|_| SecretError::Malformed { path: path.to_owned(), expected: "a sealing key of 32 bytes" })?;
        Ok(Self::from_bytes(bytes))
    }

    /// Seals `plain` for its `place`.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "a value of less than 64 GiB can be sealed")]
    pub fn seal(&self, place: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = Randomness.unique_bytes();
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + 16);
        sealed.extend_from_slice(&nonce);
        let mut cipher = plain.to_vec();
        self.aead
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut cipher)
            .expect("a value of less than 64 GiB can be sealed");
        sealed.extend_from_slice(&cipher);
        sealed
    }

    /// Opens a value sealed for `place`.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SecretError> {
        let (nonce, cipher) = sealed.split_at_checked(NONCE_LEN).ok_or(SecretError::NotOpened)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SecretError::NotOpened)?;
        let mut plain = Zeroizing::new(cipher.to_vec());
        let length =
            self.aead.open_in_place(nonce, Aad::from(place), &mut plain).map_err(|_| SecretError::NotOpened)?.len();
        plain.truncate(length);
        Ok(plain)
    }

    /// Returns a keyed digest (32 bytes): it lets a value be searched without standing in the database. `kind` keeps
    /// digests of different columns apart.
    #[must_use]
    pub fn index_digest(&self, kind: &str, value: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.index);
        context.update(kind.as_bytes());
        context.update(&[0]);
        context.update(value);
        let mut digest = [0; 32];
        digest.copy_from_slice(context.sign().as_ref());
        digest
    }
}

/// Returns the first eight bytes of a keyed digest: a number for finding rows. Of 25 million, two are alike with a
/// chance of 1 in 60,000.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "a digest has 32 bytes")]
pub fn index_number(digest: &[u8; 32]) -> i64 {
    i64::from_be_bytes(digest[..8].try_into().expect("eight bytes of 32"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("a file").mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
    }

    #[test]
    fn a_key_file_that_anybody_else_may_read_or_change_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.key");
        write_secret_file(&path, b"secret").expect("written");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(read_secret_file(&path).expect("read").as_slice(), b"secret");
        for wide in [0o604, 0o602, 0o601, 0o640, 0o620, 0o610, 0o644, 0o666] {
            set_mode(&path, wide);
            let refused = read_secret_file(&path).expect_err("too open");
            assert!(matches!(refused, SecretError::TooOpen { mode, .. } if mode == wide), "{refused}");
            assert!(!format!("{refused} {refused:?}").contains("secret\""), "{refused:?}");
        }
        set_mode(&path, 0o400);
        assert!(read_secret_file(&path).is_ok());
    }

    #[test]
    fn what_root_gives_read_only_to_one_of_our_groups_is_read() {
        let ours = || vec![1000, 2000];
        for (mode, owner, group, is_read) in [
            (0o440, 0, 2000, true),
            (0o440, 0, 3000, false),
            (0o440, 1000, 2000, false),
            (0o640, 0, 2000, false),
            (0o444, 0, 2000, false),
            (0o441, 0, 2000, false),
            (0o460, 0, 2000, false),
        ] {
            assert_eq!(is_given_by_root(mode, (owner, group), ours), is_read, "{mode:o} {owner} {group}");
        }
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mounted");
        write_secret_file(&path, b"secret").expect("written");
        set_mode(&path, 0o440);
        let file = fs::metadata(&path).expect("a file");
        assert!(own_groups().contains(&file.gid()), "{:?}", own_groups());
        assert_eq!(read_secret_file(&path).is_ok(), file.uid() == 0);
    }

    #[test]
    fn a_key_file_is_moved_in_whole_and_is_its_owners_alone_whatever_stood_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, beside) = (folder.path().join("a.key"), folder.path().join("a.new"));
        fs::write(&path, b"first").expect("written");
        fs::write(&beside, b"left over").expect("written");
        set_mode(&path, 0o644);
        set_mode(&beside, 0o644);
        // A reader with the old file open keeps it whole: the new one is another file.
        let mut old = fs::File::open(&path).expect("opened");
        write_secret_file(&path, b"second").expect("written");
        let mut read = String::new();
        old.read_to_string(&mut read).expect("read");
        assert_eq!((read.as_str(), mode(&path)), ("first", 0o600));
        assert_eq!(read_secret_file(&path).expect("read").as_slice(), b"second");
        assert!(!beside.exists());
        let into_nothing = folder.path().join("none/a.key");
        assert!(write_secret_file(&into_nothing, b"third").is_err());
    }

    #[test]
    fn a_sealed_value_opens_only_unchanged_at_its_place_and_under_its_key() {
        let key = SealKey::from_bytes(&[7; 32]);
        let sealed = key.seal(b"place", b"value");
        assert_eq!(key.open(b"place", &sealed).expect("opens").as_slice(), b"value");
        assert!(key.open(b"another place", &sealed).is_err());
        assert!(SealKey::from_bytes(&[8; 32]).open(b"place", &sealed).is_err());
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert!(key.open(b"place", &changed).is_err(), "byte {position}");
            assert!(key.open(b"place", &sealed[..position]).is_err(), "length {position}");
        }
    }
}
