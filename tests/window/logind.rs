//! Someone who speaks for logind, on a bus that the program takes for the system's.

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::os::fd::OwnedFd as StdFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::zvariant::{ObjectPath, OwnedFd};

/// The session the program belongs to, and somebody else's.
pub const OURS: &str = "/org/freedesktop/login1/session/_31";
pub const ANOTHER: &str = "/org/freedesktop/login1/session/_32";
const MANAGER: &str = "/org/freedesktop/login1";

pub struct Logind {
    bus: Child,
    address: String,
    connection: Connection,
    delay: Delay,
}

/// Our end of what the program holds to delay sleep; it closes when the program lets go.
type Delay = Arc<Mutex<Option<UnixStream>>>;

struct Manager(Delay);

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    #[zbus(name = "GetSessionByPID")]
    fn session(&self, _process: u32) -> ObjectPath<'static> {
        ObjectPath::from_static_str_unchecked(OURS)
    }

    fn inhibit(&self, _what: &str, _who: &str, _why: &str, mode: &str) -> zbus::fdo::Result<OwnedFd> {
        assert_eq!(mode, "delay");
        let (ours, theirs) = UnixStream::pair().map_err(|error| zbus::fdo::Error::Failed(error.to_string()))?;
        ours.set_nonblocking(true).unwrap();
        *self.0.lock().unwrap() = Some(ours);
        Ok(StdFd::from(theirs).into())
    }
}

impl Logind {
    pub fn start() -> Self {
        let (bus, address) = system_bus();
        let delay = Delay::default();
        let builder = Builder::address(address.as_str()).unwrap().serve_at(MANAGER, Manager(delay.clone())).unwrap();
        let connection = builder.name("org.freedesktop.login1").unwrap().build().unwrap();
        Self { bus, address, connection, delay }
    }

    /// What makes the program take this bus for the system's.
    pub fn environment(&self) -> (&str, &str) {
        ("DBUS_SYSTEM_BUS_ADDRESS", &self.address)
    }

    /// Asks a session to lock.
    pub fn locks(&self, session: &str) {
        self.says(session, "org.freedesktop.login1.Session", "Lock", &());
    }

    /// Announces sleep.
    pub fn says_sleep(&self) {
        self.says(MANAGER, "org.freedesktop.login1.Manager", "PrepareForSleep", &true);
    }

    /// Whether the program has let go of what delays sleep.
    pub fn may_sleep(&self) -> bool {
        let mut delay = self.delay.lock().unwrap();
        match delay.as_mut().map(|ours| ours.read(&mut [0])) {
            Some(Ok(_)) => true,
            Some(Err(error)) => error.kind() != ErrorKind::WouldBlock,
            None => true,
        }
    }

    fn says(
        &self,
        path: &str,
        interface: &str,
        signal: &str,
        body: &(impl serde::Serialize + zbus::zvariant::DynamicType),
    ) {
        self.connection.emit_signal(None::<&str>, path, interface, signal, body).unwrap();
    }
}

impl Drop for Logind {
    fn drop(&mut self) {
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}

fn system_bus() -> (Child, String) {
    let mut bus = Command::new("dbus-daemon")
        .args(["--session", "--nofork", "--print-address"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut address = String::new();
    BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
    (bus, address.trim().to_owned())
}
