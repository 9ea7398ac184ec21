//! A second machine beside the first, and the processes of both.

use std::path::PathBuf;
use std::process::Command;

/// A second machine: a keychain, a desktop session and a folder of its own; the screen is the same.
pub struct Machine(tempfile::TempDir);

/// Starts a keyring, waits until it answers, runs the rest of the line; the bus ends with it.
const SESSION: &str = r#"
eval "$(printf 'another password' | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)"
for asked in $(seq 100); do
  dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames 2>/dev/null |
    grep -q org.freedesktop.secrets && break
  sleep 0.1
done
exec "$@"
"#;

impl Machine {
    pub fn new() -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let place = tempfile::tempdir().unwrap();
        for folder in ["data", "run", "config", "cache", "home"] {
            std::fs::create_dir(place.path().join(folder)).unwrap();
        }
        std::fs::set_permissions(place.path().join("run"), std::fs::Permissions::from_mode(0o700)).unwrap();
        Self(place)
    }

    pub fn home(&self) -> PathBuf {
        self.0.path().join("home")
    }

    /// What stands before a program that runs there.
    pub fn session(&self) -> Vec<String> {
        let folder = |name: &str| self.0.path().join(name).display().to_string();
        let variables = [
            ("XDG_DATA_HOME", folder("data")),
            ("XDG_RUNTIME_DIR", folder("run")),
            ("XDG_CONFIG_HOME", folder("config")),
            ("XDG_CACHE_HOME", folder("cache")),
        ];
        let mut line = vec!["env".to_owned(), "-u".into(), "DBUS_SESSION_BUS_ADDRESS".into()];
        line.extend(variables.map(|(name, value)| format!("{name}={value}")));
        line.extend(["dbus-run-session", "--", "bash", "-c", SESSION, "session"].map(str::to_owned));
        line
    }

    /// Runs `wardsealctl` there.
    pub fn ctl(&self, arguments: &[&str]) {
        let mut line = self.session();
        line.push(env!("CARGO_BIN_EXE_wardsealctl").to_owned());
        line.extend(arguments.iter().map(|one| (*one).to_owned()));
        let ran = Command::new(&line[0]).args(&line[1..]).env("WARDSEAL_HOME", self.home()).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
}

/// Processes below `root` whose name starts so.
pub fn descendants(root: u32, name: &str) -> Vec<u32> {
    let mut family = vec![root];
    let all = processes();
    while let Some(more) = all.iter().find(|one| family.contains(&one.parent) && !family.contains(&one.id)) {
        family.push(more.id);
    }
    all.iter().filter(|one| family.contains(&one.id) && one.name.starts_with(name)).map(|one| one.id).collect()
}

pub struct Process {
    pub id: u32,
    parent: u32,
    name: String,
    pub ended: bool,
}

/// Every process of this system.
pub fn processes() -> Vec<Process> {
    let read = |entry: std::fs::DirEntry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        let (id, rest) = stat.split_once(" (")?;
        let (name, rest) = rest.rsplit_once(") ")?;
        let mut fields = rest.split(' ');
        let ended = fields.next()? == "Z";
        Some(Process { id: id.parse().ok()?, parent: fields.next()?.parse().ok()?, name: name.to_owned(), ended })
    };
    std::fs::read_dir("/proc").unwrap().filter_map(|entry| read(entry.ok()?)).collect()
}
