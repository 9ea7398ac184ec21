//! Starts this test program again as a process to be watched, and talks to it.
//!
//! The watched process plays a [`Scene`], one step at a word from here. What it must forget it makes itself and tells us
//! through a socket, straight from where it lies: no buffer over there holds a copy.
//! To add a scene: implement [`Scene`] and name it in `scenes::by_name`.

use super::dump::{Found, Wanted, search};
use super::scenes;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const SOCKET: &str = "WARDSEAL_TEST_MEMORY_SOCKET";
const SCENE: &str = "WARDSEAL_TEST_MEMORY_SCENE";

/// What the watched process does.
pub trait Scene {
    /// Does one step; secrets that exist from now on are told.
    fn step(&mut self, name: &str, tell: &mut Tell);
}

/// The watched process's end: tells secrets to the watcher.
pub struct Tell(UnixStream);

impl Tell {
    /// Bytes to be searched for.
    pub fn secret(&mut self, label: &str, bytes: &[u8]) {
        self.frame(b"secret", label, bytes);
    }

    /// Text to be searched for, as UTF-8 and as UTF-16.
    pub fn text(&mut self, label: &str, text: &str) {
        self.frame(b"text\0\0", label, text.as_bytes());
    }

    fn frame(&mut self, kind: &[u8; 6], label: &str, bytes: &[u8]) {
        self.0.write_all(kind).unwrap();
        for part in [label.as_bytes(), bytes] {
            self.0.write_all(&u32::try_from(part.len()).unwrap().to_be_bytes()).unwrap();
            self.0.write_all(part).unwrap();
        }
    }
}

/// The watcher's end.
pub struct Watched {
    child: Child,
    socket: UnixStream,
    wanted: Vec<Wanted>,
    _folder: TempDir,
}

impl Watched {
    /// Starts a process that plays this scene.
    pub fn start(scene: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("watcher");
        let listener = UnixListener::bind(&path).unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "memory::the_watched_process", "--ignored", "--nocapture"]);
        command.env(SOCKET, &path).env(SCENE, scene).stdout(Stdio::null());
        let child = command.spawn().unwrap();
        let (socket, _) = listener.accept().unwrap();
        Self { child, socket, wanted: Vec::new(), _folder: folder }
    }

    /// Searches for these bytes too, which the process hasn't told.
    pub fn want(&mut self, label: &str, bytes: &[u8]) {
        self.wanted.push(Wanted { label: label.to_owned(), bytes: bytes.to_vec() });
    }

    /// Searches for this text too, as UTF-8 and as UTF-16.
    pub fn want_text(&mut self, label: &str, text: &str) {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        self.want(&format!("{label} as UTF-16"), &wide);
        self.want(label, text.as_bytes());
    }

    /// Begins a step without waiting for its end.
    pub fn begin(&mut self, name: &str) {
        self.socket.write_all(format!("{name}\n").as_bytes()).unwrap();
    }

    /// Stops the process where it is, looks, and lets it go on.
    pub fn glance(&self) -> Vec<String> {
        self.signal("-STOP");
        let labels = self.remembers();
        self.signal("-CONT");
        labels
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Lets the process do a step and learns the secrets that it tells.
    pub fn step(&mut self, name: &str) {
        self.begin(name);
        self.finish();
    }

    /// Waits for the end of a step and learns the secrets that it tells.
    pub fn finish(&mut self) {
        loop {
            let kind: [u8; 6] = self.receive();
            if &kind == b"ready\0" {
                return;
            }
            let (label, bytes) = (self.receive_part(), self.receive_part());
            let label = String::from_utf8(label).unwrap();
            match &kind {
                b"text\0\0" => self.want_text(&label, std::str::from_utf8(&bytes).unwrap()),
                _ => self.want(&label, &bytes),
            }
        }
    }

    /// What of all that was told so far lies in the process's memory now.
    pub fn search(&self) -> Vec<Found> {
        search(self.child.id(), &self.wanted)
    }

    /// The labels of what lies there, each once, sorted.
    pub fn remembers(&self) -> Vec<String> {
        let mut labels: Vec<_> = self.search().into_iter().map(|found| found.label).collect();
        labels.sort();
        labels.dedup();
        labels
    }

    fn receive<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.socket.read_exact(&mut bytes).expect("the watched process lives");
        bytes
    }

    fn receive_part(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; u32::from_be_bytes(self.receive()).try_into().unwrap()];
        self.socket.read_exact(&mut bytes).unwrap();
        bytes
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// What the watched process runs: steps until the watcher goes.
pub fn play() {
    let Some(path) = std::env::var_os(SOCKET) else { return };
    let socket = UnixStream::connect(path).unwrap();
    let mut scene = scenes::by_name(&std::env::var(SCENE).unwrap());
    let mut tell = Tell(socket.try_clone().unwrap());
    for step in BufReader::new(socket).lines().map_while(Result::ok) {
        scene.step(&step, &mut tell);
        tell.0.write_all(b"ready\0").unwrap();
    }
}
