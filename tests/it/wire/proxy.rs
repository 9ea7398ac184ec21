//! Somebody between client and server: passes bytes on, keeps them, or doesn't.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};

/// What the proxy does to what passes, besides passing it on.
#[derive(Default)]
pub struct Line {
    /// What clients have sent, a part for each connection.
    pub up: Mutex<Vec<Vec<u8>>>,
    /// What the server has sent.
    pub down: Mutex<Vec<Vec<u8>>>,
    keep: AtomicBool,
    /// Nothing passes and nobody is told.
    dead: AtomicBool,
    delay_ms: AtomicU64,
    cut: Notify,
    connections: AtomicU64,
    mend: Notify,
}

impl Line {
    /// From now on everything is kept.
    pub fn keep(&self) {
        self.keep.store(true, Ordering::Relaxed);
    }

    /// Ends every connection.
    pub fn cut(&self) {
        self.cut.notify_waiters();
    }

    /// Everything takes so much longer, each way.
    pub fn delay(&self, time: Duration) {
        self.delay_ms.store(u64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }

    /// A cable is pulled: connections stay open and nothing arrives.
    pub fn die(&self) {
        self.dead.store(true, Ordering::Relaxed);
    }

    /// The cable is back; what was on its way arrives.
    pub fn mend(&self) {
        self.dead.store(false, Ordering::Relaxed);
        self.mend.notify_waiters();
    }

    /// How many connections there have been.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    async fn passes(&self) {
        loop {
            let mended = self.mend.notified();
            if !self.dead.load(Ordering::Relaxed) {
                return;
            }
            drop(tokio::time::timeout(Duration::from_millis(50), mended).await);
        }
    }
}

pub struct Proxy {
    pub line: Arc<Line>,
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Proxy {
    /// Listens on a free port in front of a server.
    pub fn before(server: SocketAddr) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let line = Arc::new(Line::default());
        let (stop, stopped) = oneshot::channel();
        let shared = line.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                let pass = async {
                    while let Ok((client, _)) = listener.accept().await {
                        shared.connections.fetch_add(1, Ordering::Relaxed);
                        tokio::spawn(join(client, server, shared.clone()));
                    }
                };
                tokio::select! { () = pass => {}, _ = stopped => {} }
            });
        });
        Self { line, address, stop: Some(stop), thread: Some(thread) }
    }

    /// Host and port, for a connection string; such a client must not look for other members.
    pub fn at(&self) -> String {
        format!("localhost:{}", self.address.port())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

async fn join(client: TcpStream, server: SocketAddr, line: Arc<Line>) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    drop((client.set_nodelay(true), server.set_nodelay(true)));
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let nth = {
        let (mut up, mut down) = (line.up.lock().unwrap(), line.down.lock().unwrap());
        up.push(vec![]);
        down.push(vec![]);
        up.len() - 1
    };
    let up = |bytes: &[u8]| line.up.lock().unwrap()[nth].extend_from_slice(bytes);
    let down = |bytes: &[u8]| line.down.lock().unwrap()[nth].extend_from_slice(bytes);
    tokio::select! {
        () = pass(from_client, to_server, &line, up) => {}
        () = pass(from_server, to_client, &line, down) => {}
        () = line.cut.notified() => {}
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, line: &Line, keep: impl Fn(&[u8])) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        if line.keep.load(Ordering::Relaxed) {
            keep(&bytes[..read]);
        }
        let delay = line.delay_ms.load(Ordering::Relaxed);
        if delay > 0 {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        line.passes().await;
        if to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}
