//! A demo clinic, its window, and somebody sitting in front of it.

use crate::clinic::{clinic, full_clinic, morning_clinic};
use crate::machine::{Machine, descendants, processes};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::wd::{Capabilities, WindowHandle};
use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use std::cell::Cell;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{sleep, timeout};

const PATIENCE: Duration = Duration::from_secs(30);
static TURN: Mutex<()> = Mutex::const_new(());

pub const PASSWORD: &str = "welcome to the demo clinic";
/// Demo sign-ins: user name and password.
pub const DOCTOR: (&str, &str) = ("osei", PASSWORD);
pub const NURSE: (&str, &str) = ("kim", PASSWORD);
pub const FRONT_DESK: (&str, &str) = ("lopez", PASSWORD);

pub const ENTER: char = '\u{e007}';
pub const ESCAPE: char = '\u{e00c}';
pub const TAB: char = '\u{e004}';
pub const ALT: char = '\u{e00a}';
const CONTROL: char = '\u{e009}';

/// Waits until no other window is open.
pub async fn alone() -> MutexGuard<'static, ()> {
    TURN.lock().await
}

/// The window on the demo clinic, and the hands and eyes of whoever sits there.
pub struct Seat {
    pub client: Client,
    view: WindowHandle,
    driver: Driver,
    keys: Cell<usize>,
    clicks: Cell<usize>,
    /// How long these hands take for a key.
    pub pace: Duration,
    // A second window beside the first needs no turn of its own.
    _turn: Option<MutexGuard<'static, ()>>,
}

impl Seat {
    /// Opens the window on the sign-in screen.
    pub async fn open() -> Self {
        Self::open_with(&[]).await
    }

    /// The same, with more in the program's environment.
    pub async fn open_with(environment: &[(&str, &str)]) -> Self {
        let turn = TURN.lock().await;
        Self::open_at(&clinic(), environment, turn).await
    }

    /// Opens the window in a clinic whose time zone says that it has just opened.
    pub async fn open_in_the_morning(environment: &[(&str, &str)]) -> Self {
        let turn = TURN.lock().await;
        let (home, zone) = morning_clinic();
        let mut environment = environment.to_vec();
        environment.push(("TZ", &zone));
        Self::open_at(&home, &environment, turn).await
    }

    /// Opens the window in a clinic of many patients, in the middle of its morning.
    pub async fn open_in_a_full_clinic() -> Self {
        let turn = TURN.lock().await;
        let (home, zone) = full_clinic();
        Self::open_at(&home, &[("TZ", &zone)], turn).await
    }

    async fn open_at(home: &Path, environment: &[(&str, &str)], turn: MutexGuard<'static, ()>) -> Self {
        let (driver, client) = Driver::connected(home, environment).await;
        let view = client.window().await.unwrap();
        Self::before(client, view, driver, Some(turn)).await
    }

    async fn before(client: Client, view: WindowHandle, driver: Driver, turn: Option<MutexGuard<'static, ()>>) -> Self {
        let (keys, clicks) = (Cell::new(0), Cell::new(0));
        let seat = Self { client, view, driver, keys, clicks, pace: Duration::ZERO, _turn: turn };
        seat.sees("//h1[contains(., 'Sign in')]").await;
        seat
    }

    /// The program is killed in the middle of whatever it does in the clinic of the morning, and started again.
    pub async fn starts_again_after_a_kill(self) -> Self {
        let (home, zone) = morning_clinic();
        self.starts_again(&home, &[("TZ", &zone)]).await
    }

    /// The same in the full clinic, where IT has given this workstation a policy.
    pub async fn starts_again_with_a_policy(self, policy: &Path) -> Self {
        let (home, zone) = full_clinic();
        self.starts_again(&home, &[("TZ", &zone), ("WARDSEAL_POLICY", &policy.to_string_lossy())]).await
    }

    async fn starts_again(mut self, home: &Path, environment: &[(&str, &str)]) -> Self {
        for program in descendants(self.driver.process.id(), "wardseal") {
            assert!(Command::new("kill").args(["-9", &program.to_string()]).status().unwrap().success());
        }
        let turn = self._turn.take();
        drop(self);
        let (driver, client) = Driver::connected(home, environment).await;
        let view = client.window().await.unwrap();
        Self::before(client, view, driver, turn).await
    }

    /// A window on another machine, beside the one that is open: its desktop session is another one.
    pub async fn open_on(machine: &Machine) -> Self {
        let before = machine.session();
        let (driver, client) = Driver::connected_in(&before, &machine.home(), &[]).await;
        let view = client.window().await.unwrap();
        Self::before(client, view, driver, None).await
    }

    /// Closes the window as the person would.
    pub async fn leave(self) {
        let _ = self.client.clone().close().await;
    }

    /// How many keys were pressed here so far.
    pub fn keys(&self) -> usize {
        self.keys.get()
    }

    /// How often something was clicked here so far.
    pub fn clicks(&self) -> usize {
        self.clicks.get()
    }

    /// Clicks what the XPath names; again if the list was drawn anew between looking and clicking.
    pub async fn clicks_on(&self, path: &str) {
        self.clicks.set(self.clicks.get() + 1);
        for _ in 0..20 {
            let element = self.sees(path).await;
            // The driver doesn't scroll inside the page's own panes, a person does.
            let scroll = "arguments[0].scrollIntoView({ block: 'center' })";
            let _ = self.client.execute(scroll, vec![serde_json::to_value(&element).unwrap()]).await;
            match element.click().await {
                Ok(()) => return,
                Err(error) => eprintln!("{path} wasn't there to be clicked: {error}"),
            }
            sleep(Duration::from_millis(100)).await;
        }
        self.shows(&format!("{path} can't be clicked")).await;
    }

    /// Waits until what the XPath names has the focus.
    pub async fn has_the_focus(&self, path: &str) {
        let wanted = self.sees(path).await.element_id();
        let began = tokio::time::Instant::now();
        while self.client.active_element().await.map(|element| element.element_id()).ok() != Some(wanted.clone()) {
            if began.elapsed() > PATIENCE {
                self.shows(&format!("{path} hasn't the focus")).await;
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Ends the test with a picture of the window.
    async fn shows(&self, why: &str) -> ! {
        let picture = self.client.screenshot().await.unwrap_or_default();
        let place = concat!(env!("CARGO_TARGET_TMPDIR"), "/window-failed.png");
        let _ = std::fs::write(place, picture);
        panic!("{why}; see {place}\n{}", self.words().await)
    }

    /// Types where the cursor is.
    pub async fn types(&self, words: &str) {
        let keys: Vec<char> = words.chars().collect();
        self.count(keys.len());
        for key in keys {
            self.client.perform_actions(chord(&[key], self.pace)).await.unwrap();
        }
    }

    /// Fills in fields that follow each other, from the one where the cursor is.
    pub async fn fills_in(&self, values: &[&str]) {
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                self.presses(TAB).await;
            }
            self.types(value).await;
        }
    }

    fn count(&self, keys: usize) {
        self.keys.set(self.keys.get() + keys);
    }

    /// Signs in and waits for the search field.
    pub async fn signs_in(&self, (name, password): (&str, &str)) {
        self.types_into("User name", name).await;
        self.types_into("Password", password).await;
        self.presses(ENTER).await;
        self.sees("//input[@role='combobox']").await;
    }

    /// Searches and opens the first patient found.
    pub async fn opens(&self, surname: &str) {
        self.searches(surname).await;
        self.presses(ENTER).await;
        self.sees("//*[@role='tablist'] | //nav[.//*[contains(., 'Contact')]]").await;
    }

    /// Types into the search field and waits for patients.
    pub async fn searches(&self, words: &str) {
        let field = self.sees("//input[@role='combobox']").await;
        field.clear().await.unwrap();
        self.count(words.chars().count());
        field.send_keys(words).await.unwrap();
        let name = words.to_uppercase();
        let answered = "//*[@role='listbox'][@aria-busy='false']";
        self.sees(&format!("{answered}//*[@role='option'][contains(., '{name}')]")).await;
    }

    /// Types into the field with this label.
    pub async fn types_into(&self, label: &str, words: &str) {
        let field = self.field(label).await;
        field.clear().await.unwrap();
        self.count(words.chars().count() + 1);
        field.send_keys(words).await.unwrap();
    }

    /// The input with this label.
    pub async fn field(&self, label: &str) -> Element {
        let by_label = format!("//*[@id = //label[starts-with(normalize-space(), '{label}')]/@for]");
        self.sees(&by_label).await
    }

    /// Waits for what the XPath names.
    pub async fn sees(&self, path: &str) -> Element {
        match self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(path)).await {
            Ok(element) => element,
            Err(error) => self.shows(&format!("nothing fits {path}: {error}")).await,
        }
    }

    /// All words on the screen.
    pub async fn words(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(error) => error.to_string(),
        }
    }

    /// Presses one key.
    pub async fn presses(&self, key: char) {
        self.count(1);
        self.client.perform_actions(chord(&[key], self.pace)).await.unwrap();
    }

    /// Presses a key with Ctrl held.
    pub async fn presses_with_control(&self, key: char) {
        self.presses_with(CONTROL, key).await;
    }

    /// Presses a key with another held.
    pub async fn presses_with(&self, held: char, key: char) {
        self.count(2);
        self.client.perform_actions(chord(&[held, key], self.pace)).await.unwrap();
    }

    /// Locks the seat and waits for the web view that comes after the one that knew something.
    pub async fn locks(&mut self) {
        // The view may be gone before the keys are up again: that is what is wanted.
        let _ = self.client.perform_actions(chord(&[CONTROL, 'l'], self.pace)).await;
        self.moves_to_the_new_view().await;
        self.client.release_actions().await.unwrap();
        self.sees("//h1[contains(., 'Locked')]").await;
    }

    /// Follows the program to its new web view.
    pub async fn moves_to_the_new_view(&mut self) {
        let began = tokio::time::Instant::now();
        while began.elapsed() < PATIENCE {
            let views = self.client.windows().await.unwrap_or_default();
            if let [only] = views.as_slice()
                && *only != self.view
                && self.client.switch_to_window(only.clone()).await.is_ok()
            {
                self.view = only.clone();
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
        panic!("the web view wasn't replaced");
    }

    /// What axe finds on this screen against WCAG 2.2 AA and good practice.
    pub async fn barriers(&self) -> Vec<String> {
        let axe = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/node_modules/axe-core/axe.min.js");
        self.client.execute(&std::fs::read_to_string(axe).unwrap(), vec![]).await.unwrap();
        let run = "const tell = arguments[arguments.length - 1];
            axe.run().then(({ violations }) =>
                tell(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`)))";
        serde_json::from_value(self.client.execute_async(run, vec![]).await.unwrap()).unwrap()
    }

    /// Process ids of the web processes below the program.
    pub fn web_processes(&self) -> Vec<u32> {
        descendants(self.driver.process.id(), "WebKitWebProces")
    }
}

/// WebKitWebDriver, which starts the program.
struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    fn start(before: &[String], home: &Path, environment: &[(&str, &str)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut line = before.to_vec();
        line.extend(["WebKitWebDriver".to_owned(), format!("--port={port}")]);
        let process = Command::new(&line[0])
            .args(&line[1..])
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("WARDSEAL_HOME", home)
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { process, port }
    }

    /// A driver whose program has answered. A program that starts while the one before it still holds the bus name
    /// points at that one and leaves, and the driver waits for it in vain: then both are started anew.
    async fn connected(home: &Path, environment: &[(&str, &str)]) -> (Self, Client) {
        Self::connected_in(&[], home, environment).await
    }

    /// The same, below another program: a desktop session.
    async fn connected_in(before: &[String], home: &Path, environment: &[(&str, &str)]) -> (Self, Client) {
        for _ in 0..3 {
            let driver = Self::start(before, home, environment);
            if let Some(client) = driver.connect().await {
                return (driver, client);
            }
            eprintln!("the program didn't answer WebKitWebDriver and is started anew");
        }
        panic!("the program didn't answer WebKitWebDriver");
    }

    async fn connect(&self) -> Option<Client> {
        let options = json!({ "binary": env!("CARGO_BIN_EXE_wardseal"), "args": [] });
        let mut wanted = Capabilities::new();
        wanted.insert("webkitgtk:browserOptions".into(), options);
        let address = format!("http://127.0.0.1:{}", self.port);
        let began = tokio::time::Instant::now();
        loop {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            let connecting = builder.capabilities(wanted.clone()).connect(&address);
            match timeout(PATIENCE, connecting).await.ok()? {
                Ok(client) => return Some(client),
                Err(error) if began.elapsed() > PATIENCE => panic!("no window: {error}"),
                Err(_) => sleep(Duration::from_millis(200)).await,
            }
        }
    }
}

impl Drop for Driver {
    /// Waits until the program is gone: a second one would only point at the first and leave.
    fn drop(&mut self) {
        let programs = descendants(self.process.id(), "wardseal");
        for program in &programs {
            let _ = Command::new("kill").arg(program.to_string()).status();
        }
        for _ in 0..200 {
            if !processes().iter().any(|one| programs.contains(&one.id) && !one.ended) {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// After a pause for each, the keys go down in this order and up in the other.
fn chord(keys: &[char], pace: Duration) -> KeyActions {
    let pause = keys.iter().map(|_| KeyAction::Pause { duration: pace });
    let down = keys.iter().map(|key| KeyAction::Down { value: *key });
    let up = keys.iter().rev().map(|key| KeyAction::Up { value: *key });
    pause.chain(down).chain(up).fold(KeyActions::new("keyboard".into()), |all, one| all.then(one))
}
