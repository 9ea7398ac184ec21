//! A small server over TLS or in the clear, on a thread of its own, that answers as the test says.

use super::authority::Pair;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What a server does with a request.
pub type Answering = Arc<dyn Fn(&Heard) -> Reply + Send + Sync>;

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    pub line: String,
    pub head: String,
    pub body: String,
}

#[derive(Clone)]
pub enum Reply {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Nothing, for ever.
    Silence,
    /// The end of the connection.
    HangUp,
}

pub struct Server {
    pub address: SocketAddr,
    pub heard: Arc<Mutex<Vec<Heard>>>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
}

impl Server {
    pub fn start(pair: Option<&Pair>, answering: Answering) -> Self {
        let acceptor = pair.map(|pair| TlsAcceptor::from(pair.config()));
        let (told, address) = std::sync::mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let heard = Arc::new(Mutex::new(vec![]));
        let ears = heard.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                told.send(listener.local_addr().unwrap()).unwrap();
                tokio::select! {
                    _ = stopped => {}
                    () = serve(listener, acceptor, answering, ears) => {}
                }
            });
        });
        Self { address: address.recv().unwrap(), heard, stop: Some(stop) }
    }

    pub fn lines(&self) -> Vec<String> {
        self.heard.lock().unwrap().iter().map(|one| one.line.clone()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.stop.take().unwrap().send(());
    }
}

async fn serve(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    answering: Answering,
    heard: Arc<Mutex<Vec<Heard>>>,
) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        let (acceptor, answering, heard) = (acceptor.clone(), answering.clone(), heard.clone());
        tokio::spawn(async move {
            match acceptor {
                None => converse(stream, &answering, &heard).await,
                Some(acceptor) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        converse(stream, &answering, &heard).await;
                    }
                }
            }
        });
    }
}

async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, answering: &Answering, heard: &Mutex<Vec<Heard>>) {
    let mut read = vec![];
    let request = loop {
        let mut part = [0; 4096];
        match stream.read(&mut part).await {
            Ok(got) if got > 0 => read.extend_from_slice(&part[..got]),
            _ => return,
        }
        if let Some(request) = whole(&read) {
            break request;
        }
    };
    heard.lock().unwrap().push(request.clone());
    match answering(&request) {
        Reply::Bytes(bytes) => drop((stream.write_all(&bytes).await, stream.flush().await, stream.shutdown().await)),
        Reply::Silence => tokio::time::sleep(Duration::from_secs(3600)).await,
        Reply::HangUp => {}
    }
}

/// A whole HTTP request; whatever else comes counts as whole at once.
fn whole(read: &[u8]) -> Option<Heard> {
    let text = String::from_utf8_lossy(read);
    let first = text.lines().next().unwrap_or_default();
    if !first.contains("HTTP/1.1") {
        return Some(Heard::default());
    }
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    (body.len() >= length.unwrap_or(0)).then(|| Heard {
        line: first.to_owned(),
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

/// An answer with a JSON body.
pub fn json(status: u16, body: &str) -> Reply {
    let head =
        format!("HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    Reply::Bytes(format!("{head}Connection: close\r\n\r\n{body}").into_bytes())
}

/// Seconds since 1970.
pub fn now() -> i64 {
    use wardseal::clock::Clock as _;
    wardseal::clock::SystemClock::start().wall().0 / 1000
}
