//! The member's identity: a node's folder with keys that are used by hand.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::ensure;
use hotline_node::clock::Clock;
use hotline_node::randomness::Randomness;
use hotline_protocol::bytes::Hash;
use hotline_protocol::card::{CardKey, NodeCard};
use hotline_protocol::entry::{BodyCommitment, Content, EntryType, Header, Origin};
use hotline_protocol::hello::{AcceptMode, Hello, Limits};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, Position, SignedCheckpoint};
use rustls_pki_types::ServerName;
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::branch::Branch;
use super::door::{Asked, Door, Said};
use crate::node::cli::NETWORK;
use crate::node::node_process::ProcessNode;
use crate::peer::forged_run::Forger;
use crate::peer::outsider::{Answer, Outsider, Shown, tls_of};

/// A member of a federation with a node that does not serve.
pub struct Member {
    /// Its id.
    pub id: NodeId,
    /// Its start, as its hellos say it.
    pub boot: String,
    /// Its pen.
    pub pen: Forger,
    folder: PathBuf,
    address: SocketAddr,
    from: Option<IpAddr>,
}

/// An entry as a hostile author has it: a content, and a body line with any text.
pub type Told = (Content, Option<String>);

impl Member {
    /// With the keys of a node that does not serve.
    pub fn of(node: &ProcessNode) -> anyhow::Result<Self> {
        Ok(Self {
            id: node.who.id.parse()?,
            boot: Randomness.uuid_v7(Clock::system().now()).to_string(),
            pen: Forger::of_folder(node.who.id, node.folder())?,
            folder: node.folder().to_owned(),
            address: node.exchange_address(),
            from: None,
        })
    }

    /// The same, calling from this address of the machine.
    #[must_use]
    pub fn calling_from(self, from: IpAddr) -> Self {
        Self { from: Some(from), ..self }
    }

    /// Its certificate and key for TLS.
    pub fn shown(&self) -> anyhow::Result<Shown> {
        Shown::of_folder(&self.folder)
    }

    /// A client of another node, in its name.
    pub fn client(&self, of: &ProcessNode) -> anyhow::Result<Outsider> {
        Outsider::calling_from(self.from, of.exchange_address(), Some(self.shown()?))
    }

    /// A client of another node that shows this.
    pub fn client_showing(&self, shown: Shown, of: &ProcessNode) -> anyhow::Result<Outsider> {
        Outsider::calling_from(self.from, of.exchange_address(), Some(shown))
    }

    /// A card of it, to be changed and signed: its certificate, its seat, where it listens, and a key that signs all of its
    /// log.
    pub fn card(&self, pen: &Forger, counter: u64) -> anyhow::Result<NodeCard> {
        let whole_log = CardKey { key: pen.key().public(), from: Position { epoch: 1, seq: 1 }, to: None };
        Ok(NodeCard {
            network: NETWORK.parse()?,
            id: self.id.clone(),
            countries: vec![self.id.seat()],
            name: "Example hotline".to_owned(),
            endpoints: vec![format!("https://{}", self.address).parse()?],
            certificates: vec![self.shown()?.certificate.to_vec()],
            keys: vec![whole_log],
            counter,
        })
    }

    /// A connection to another node in its name, after the handshake, with nothing sent yet.
    pub async fn wire(&self, of: &ProcessNode) -> anyhow::Result<TlsStream<TcpStream>> {
        let mut tls = tls_of(&rustls::version::TLS13, Some(self.shown()?))?;
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let socket = TcpSocket::new_v4()?;
        if let Some(from) = self.from {
            socket.bind((from, 0).into())?;
        }
        let stream = socket.connect(of.exchange_address()).await?;
        Ok(TlsConnector::from(Arc::new(tls)).connect(ServerName::try_from("localhost")?, stream).await?)
    }

    /// A hello that shows nothing.
    pub fn hello(&self) -> anyhow::Result<Hello> {
        Ok(Hello {
            net: NETWORK.parse()?,
            id: self.id.clone(),
            software: "by hand".to_owned(),
            versions: vec![1],
            features: Vec::new(),
            limits: Limits { run_entries: 1_024, run_bytes: 4 * 1_024 * 1_024 },
            clock: Clock::system().unix_seconds(),
            boot: self.boot.clone(),
            check: false,
            accept: AcceptMode::Automatic,
            heads: BTreeMap::new(),
            forks: BTreeMap::new(),
            cursor: Cursor::START,
            wants: Vec::new(),
            digest_keys: Vec::new(),
        })
    }

    /// A hello that shows these heads.
    pub fn hello_with<'h>(
        &self,
        heads: impl IntoIterator<Item = (&'h str, &'h SignedCheckpoint)>,
    ) -> anyhow::Result<Hello> {
        let parsed = heads.into_iter().map(|(log, head)| Ok((log.parse()?, head.clone())));
        Ok(Hello { heads: parsed.collect::<anyhow::Result<_>>()?, ..self.hello()? })
    }

    /// Says hello to a node.
    pub async fn greet(&self, node: &ProcessNode, hello: &Hello) -> anyhow::Result<Answer> {
        self.client(node)?.hello(serde_json::to_vec(hello)?).await
    }

    /// Says hello to a node, requires that it takes it, and returns its answer.
    pub async fn greeted(&self, node: &ProcessNode, hello: &Hello) -> anyhow::Result<Hello> {
        let answer = self.greet(node, hello).await?;
        ensure!(answer.status == 200, "{}: {}", answer.status, answer.text);
        Ok(serde_json::from_str(&answer.text)?)
    }

    /// A report of its own that is offered to nobody.
    pub fn create(&self) -> anyhow::Result<Content> {
        self.pen.create()
    }

    /// `count` of them.
    pub fn creates(&self, count: usize) -> anyhow::Result<Vec<Content>> {
        (0..count).map(|_| self.create()).collect()
    }

    /// A report of its own that is offered to a node.
    pub fn offer(&self, to: &str) -> anyhow::Result<Content> {
        let (target, mut content) = (to.parse::<NodeId>()?, self.create()?);
        (content.target, content.to) = (Some(target.clone()), vec![target]);
        Ok(content)
    }

    /// Signs a run of entries that say this, at the end of a telling of its log. Gives the run.
    pub fn write(&self, branch: &mut Branch, contents: &[Content]) -> anyhow::Result<String> {
        let (run, end) = self.pen.run_of(branch.end(), contents)?;
        branch.add(run.clone(), end);
        Ok(run)
    }

    /// Signs a run of `count` entries at the end of a telling, each made from where the telling then ends. The header
    /// commits to its body as it is, whether anybody can read it or not. Gives the run.
    pub fn write_each(
        &self,
        branch: &mut Branch,
        count: usize,
        mut tell: impl FnMut(&Cursor) -> anyhow::Result<Told>,
    ) -> anyhow::Result<String> {
        let (mut end, mut lines) = (*branch.end(), Vec::with_capacity(count));
        for _ in 0..count {
            let (mut content, body) = tell(&end)?;
            if let Some(body) = &body {
                content.commit(commitment(body)?);
            }
            let line = Header::write_line(&self.id, end.epoch, end.seq + 1, &end.hash, &content.to_tail());
            end = Cursor { epoch: end.epoch, seq: end.seq + 1, hash: Header::hash_line(line.as_bytes()) };
            lines.push((line, body));
        }
        let lines = lines.iter().map(|(line, body)| (line.as_str(), body.as_deref()));
        let run = self.pen.signed_with(lines, &end)?;
        branch.add(run.clone(), end);
        Ok(run)
    }

    /// A telling of its log with one run of `count` entries behind those of `before`.
    pub fn telling(&self, before: &Branch, count: usize) -> anyhow::Result<Branch> {
        let mut branch = before.clone();
        self.write(&mut branch, &self.creates(count)?)?;
        Ok(branch)
    }

    /// A telling that begins with a further epoch, after an entry of an earlier one.
    pub fn reopen(&self, epoch: u64, from: &Cursor) -> anyhow::Result<Branch> {
        let mut opening = Content::new(EntryType::EpochOpen, Clock::system().unix_seconds());
        opening.from = Some(Origin { ep: from.epoch, seq: from.seq, hash: from.hash });
        let mut branch = Branch::of_epoch(epoch);
        self.write(&mut branch, &[opening])?;
        Ok(branch)
    }

    /// Pushes one run of its log to a node.
    pub async fn push(&self, node: &ProcessNode, run: &str) -> anyhow::Result<Answer> {
        self.client(node)?.push(self.id.as_str(), run.to_owned()).await
    }

    /// Pushes a telling of its log whole to a node, and requires that it takes it.
    pub async fn tell(&self, node: &ProcessNode, branch: &Branch) -> anyhow::Result<()> {
        for run in branch.runs() {
            let answer = self.push(node, run).await?;
            ensure!(answer.status == 200, "{} does not take it: {}", node.who.id, answer.text);
        }
        Ok(())
    }

    /// Listens where its card says, and answers every call so.
    pub async fn serve(&self, answer: impl Fn(&Asked) -> Said + Send + Sync + 'static) -> anyhow::Result<Door> {
        Door::open(self.address, self.shown()?, answer).await
    }
}

fn commitment(body: &str) -> anyhow::Result<BodyCommitment> {
    let size = u64::try_from(body.len())?.next_power_of_two();
    Ok(BodyCommitment { hash: Hash::of(&[b"hxp/body/1\0", body.as_bytes()]), size })
}
