//! A federation's certificate authority, run with OpenSSL as a federation may run it: a root, and an issuer under it.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::process::Command;

use crate::node::cli::{done, run};

/// Settings that `openssl ca` needs for each of the two.
const SETTINGS: &str = "[ca]
default_ca = here
[here]
database = index
crlnumber = number
default_md = default
crl_extensions = list
[list]
authorityKeyIdentifier = keyid
";

/// The authority's way of signing: a key's type, such as `ec:P-384`, `rsa:2048` or `ed25519`, a digest, and whether RSA
/// is padded as PSS does.
#[derive(Debug, Clone, Copy)]
pub struct Signing {
    /// The key's type.
    pub key: &'static str,
    /// The digest; empty where the key's type has its own.
    pub digest: &'static str,
    /// RSA's newer padding.
    pub pss: bool,
}

impl Signing {
    fn new_key(self) -> Vec<String> {
        let key: Vec<String> = match self.key.split_once(':') {
            Some(("ec", curve)) => ["ec", "-pkeyopt", &format!("ec_paramgen_curve:{curve}")].map(str::to_owned).into(),
            _ => vec![self.key.to_owned()],
        };
        [vec!["-newkey".to_owned()], key, vec!["-nodes".to_owned()], self.options("-")].concat()
    }

    /// The digest and the padding; `openssl ca` names the digest by an option of its own.
    fn options(self, digest: &str) -> Vec<String> {
        let mut options = Vec::new();
        match (self.digest, digest) {
            ("", _) => {}
            (name, "-") => options.push(format!("-{name}")),
            (name, option) => options.extend([option.to_owned(), name.to_owned()]),
        }
        if self.pss {
            for option in ["rsa_padding_mode:pss", "rsa_pss_saltlen:digest"] {
                options.extend(["-sigopt".to_owned(), option.to_owned()]);
            }
        }
        options
    }
}

/// The authority's folder: keys, certificates, revocations. Dropped, it is removed.
pub struct Authority {
    folder: TempDir,
    signing: Signing,
}

impl Authority {
    /// Makes both.
    pub async fn new() -> anyhow::Result<Self> {
        Self::signing_by(Signing { key: "ec:P-256", digest: "sha256", pss: false }).await
    }

    /// [`Authority::new`] with other keys and signatures.
    pub async fn signing_by(signing: Signing) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("hotline-authority-").tempdir()?;
        let authority = Self { folder, signing };
        for name in ["root", "issuer"] {
            let folder = authority.folder.path().join(name);
            fs::create_dir(&folder)?;
            fs::write(folder.join("settings"), SETTINGS)?;
            fs::write(folder.join("index"), "")?;
            fs::write(folder.join("number"), "01\n")?;
        }
        let key = signing.new_key();
        let key: Vec<&str> = key.iter().map(String::as_str).collect();
        let usages =
            ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"];
        let root =
            ["req", "-x509", "-days", "365", "-subj", "/CN=Example root", "-keyout", "key", "-out", "certificate"];
        authority.call("root", &[&root[..], &key, &usages[..2], &usages[2..]].concat()).await?;
        let issuer = ["req", "-subj", "/CN=Example issuer", "-keyout", "key", "-out", "request"];
        authority.call("issuer", &[&issuer[..], &key, &usages].concat()).await?;
        let request = authority.file("issuer", "request");
        authority.sign("root", &request, &authority.file("issuer", "certificate")).await?;
        Ok(authority)
    }

    /// The certificates that nodes are told of.
    #[must_use]
    pub fn certificates(&self) -> [PathBuf; 2] {
        ["root", "issuer"].map(|name| self.file(name, "certificate"))
    }

    /// The lists that nodes are told of, where [`Authority::publish`] puts them.
    #[must_use]
    pub fn lists(&self) -> [PathBuf; 2] {
        ["root", "issuer"].map(|name| self.file(name, "list"))
    }

    /// Issues the certificate for a request (PEM). Returns a file with the certificate, as a program in Windows may
    /// write it: behind a byte order mark, and behind its issuers.
    pub async fn issue(&self, id: &str, request: &str) -> anyhow::Result<PathBuf> {
        let (asked, issued) = (self.file("issuer", &format!("{id}.csr")), self.file("issuer", &format!("{id}.crt")));
        fs::write(&asked, request)?;
        // OpenSSL's own eyes: the request is signed by the key that it is for.
        self.call("issuer", &["req", "-verify", "-noout", "-in", &asked.to_string_lossy()]).await?;
        self.sign("issuer", &asked, &issued).await?;
        let read = |name: &str| fs::read_to_string(self.file(name, "certificate"));
        let file = self.file("issuer", &format!("{id}.pem"));
        fs::write(&file, ["\u{feff}", &read("root")?, &read("issuer")?, &fs::read_to_string(&issued)?].concat())?;
        Ok(file)
    }

    /// Revokes the certificate issued to a node. Nobody knows before [`Authority::publish`].
    pub async fn revoke(&self, id: &str) -> anyhow::Result<()> {
        let key = ["-keyfile", "key", "-cert", "certificate"];
        let revoke = ["ca", "-config", "settings", "-revoke", &format!("{id}.crt")];
        self.call("issuer", &[&revoke[..], &key].concat()).await
    }

    /// Makes new lists, good for so many hours, and moves them in.
    pub async fn publish(&self, hours: u32) -> anyhow::Result<()> {
        let options = self.signing.options("-md");
        self.publish_with(&[&["-crlhours", &hours.to_string()], &borrowed(&options)[..]].concat()).await
    }

    /// Makes new lists with these options of `openssl ca`, and moves them in.
    pub async fn publish_with(&self, options: &[&str]) -> anyhow::Result<()> {
        for name in ["root", "issuer"] {
            let make =
                ["ca", "-config", "settings", "-gencrl", "-keyfile", "key", "-cert", "certificate", "-out", "new"];
            self.call(name, &[&make[..], options].concat()).await?;
            fs::rename(self.file(name, "new"), self.file(name, "list"))?;
        }
        Ok(())
    }

    /// Makes lists of version 1 from now on, as `openssl ca` does where nobody tells it otherwise.
    pub fn forget_versions(&self) -> anyhow::Result<()> {
        for name in ["root", "issuer"] {
            let settings = SETTINGS.replace("crl_extensions = list\n", "").replace("crlnumber = number\n", "");
            fs::write(self.file(name, "settings"), settings)?;
        }
        Ok(())
    }

    async fn sign(&self, name: &str, request: &Path, to: &Path) -> anyhow::Result<()> {
        let (request, to) = (request.to_string_lossy(), to.to_string_lossy());
        let (key, options) = (["-CA", "certificate", "-CAkey", "key", "-CAcreateserial"], self.signing.options("-"));
        let sign = ["x509", "-req", "-days", "90", "-copy_extensions", "copyall", "-in", &request, "-out", &to];
        self.call(name, &[&sign[..], &key, &borrowed(&options)].concat()).await
    }

    async fn call(&self, name: &str, arguments: &[&str]) -> anyhow::Result<()> {
        let mut openssl = Command::new("openssl");
        openssl.current_dir(self.folder.path().join(name)).args(arguments);
        done(&run(&mut openssl, None).await?)
    }

    fn file(&self, name: &str, file: &str) -> PathBuf {
        self.folder.path().join(name).join(file)
    }
}

fn borrowed(options: &[String]) -> Vec<&str> {
    options.iter().map(String::as_str).collect()
}
