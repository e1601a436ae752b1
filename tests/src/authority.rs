//! A federation's certificate authority, run with OpenSSL as a federation may run it: a root, and an issuer under it.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::process::Command;

use crate::cli::{done, run};

/// What `openssl ca` needs to know of each of the two.
const SETTINGS: &str = "[ca]
default_ca = here
[here]
database = index
crlnumber = number
default_md = sha256
crl_extensions = list
[list]
authorityKeyIdentifier = keyid
";

/// The authority's folder: keys, certificates, what was revoked. Dropped, it is removed.
pub struct Authority {
    folder: TempDir,
}

impl Authority {
    /// Makes both.
    pub async fn new() -> anyhow::Result<Self> {
        let authority = Self { folder: tempfile::Builder::new().prefix("hotline-authority-").tempdir()? };
        for name in ["root", "issuer"] {
            let folder = authority.folder.path().join(name);
            fs::create_dir(&folder)?;
            fs::write(folder.join("settings"), SETTINGS)?;
            fs::write(folder.join("index"), "")?;
            fs::write(folder.join("number"), "01\n")?;
        }
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
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

    /// Issues what a request (PEM) asks for; gives a file with the certificate and the issuer's behind it.
    pub async fn issue(&self, id: &str, request: &str) -> anyhow::Result<PathBuf> {
        let (asked, issued) = (self.file("issuer", &format!("{id}.csr")), self.file("issuer", &format!("{id}.crt")));
        fs::write(&asked, request)?;
        // OpenSSL's own eyes: the request is signed by the key that it is for.
        self.call("issuer", &["req", "-verify", "-noout", "-in", &asked.to_string_lossy()]).await?;
        self.sign("issuer", &asked, &issued).await?;
        let chain = fs::read_to_string(&issued)? + &fs::read_to_string(self.file("issuer", "certificate"))?;
        fs::write(&issued, chain)?;
        Ok(issued)
    }

    /// Revokes what was issued to a node. Nobody knows before [`Authority::publish`].
    pub async fn revoke(&self, id: &str) -> anyhow::Result<()> {
        let key = ["-keyfile", "key", "-cert", "certificate"];
        let revoke = ["ca", "-config", "settings", "-revoke", &format!("{id}.crt")];
        self.call("issuer", &[&revoke[..], &key].concat()).await
    }

    /// Makes new lists, good for so many hours, and moves them in.
    pub async fn publish(&self, hours: u32) -> anyhow::Result<()> {
        for name in ["root", "issuer"] {
            let (key, hours) = (["-keyfile", "key", "-cert", "certificate"], hours.to_string());
            let make = ["ca", "-config", "settings", "-gencrl", "-crlhours", &hours, "-out", "new"];
            self.call(name, &[&make[..], &key].concat()).await?;
            fs::rename(self.file(name, "new"), self.file(name, "list"))?;
        }
        Ok(())
    }

    async fn sign(&self, name: &str, request: &Path, to: &Path) -> anyhow::Result<()> {
        let (request, to) = (request.to_string_lossy(), to.to_string_lossy());
        let key = ["-CA", "certificate", "-CAkey", "key", "-CAcreateserial"];
        let sign = ["x509", "-req", "-days", "90", "-copy_extensions", "copyall", "-in", &request, "-out", &to];
        self.call(name, &[&sign[..], &key].concat()).await
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
