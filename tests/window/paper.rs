//! What leaves the window on paper goes through the system's own dialog. WebKit opens none while a driver holds the
//! window, so here keys come from the X server, as from a keyboard, and whether the dialog is there is asked of it too.

use crate::clinic::clinic;
use crate::machine::{descendants, processes};
use crate::seat::{FRONT_DESK, alone};
use std::process::{Child, Command};
use std::time::Duration;
use tokio::time::sleep;

const A_MOMENT: Duration = Duration::from_millis(400);

/// Titles of the windows on this screen.
fn titles() -> String {
    let tree = Command::new("xwininfo").args(["-root", "-tree"]).output().unwrap();
    String::from_utf8_lossy(&tree.stdout).into_owned()
}

async fn shows(title: &str, within: Duration) -> bool {
    for _ in 0..within.as_millis() / 200 {
        if titles().contains(&format!("\"{title}\"")) {
            return true;
        }
        sleep(Duration::from_millis(200)).await;
    }
    false
}

async fn keyboard(arguments: &[&str]) {
    assert!(Command::new("xdotool").args(arguments).status().unwrap().success());
    sleep(A_MOMENT).await;
}

/// Names a file in one of the system's own dialogs, again if that came before it listened.
pub async fn names_a_file(title: &str, path: &str) {
    assert!(shows(title, Duration::from_secs(20)).await, "no {title} among these windows:\n{}", titles());
    for _ in 0..8 {
        sleep(3 * A_MOMENT).await;
        // Closed, it is still there and not to be seen.
        let seen = Command::new("xdotool").args(["search", "--onlyvisible", "--name", title]).output().unwrap();
        if seen.stdout.is_empty() {
            return;
        }
        // It may not be drawn yet: then this fails and the next round finds it.
        let _ = Command::new("xdotool").args(["search", "--name", title, "windowfocus"]).status();
        sleep(A_MOMENT).await;
        keyboard(&["key", "ctrl+l"]).await;
        keyboard(&["key", "ctrl+a"]).await;
        keyboard(&["type", "--delay", "20", path]).await;
        keyboard(&["key", "Return"]).await;
    }
    panic!("{title} stays open:\n{}", titles());
}

/// The program without a driver.
struct Program(Child);

impl Program {
    fn start() -> Self {
        let program = Command::new(env!("CARGO_BIN_EXE_wardseal")).env("WARDSEAL_HOME", clinic()).spawn().unwrap();
        Self(program)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
        let left = descendants(self.0.id(), "WebKit");
        while processes().iter().any(|one| left.contains(&one.id) && !one.ended) {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Signs in, opens the first Smith, asks for a print-out. A slow machine gets the time it needs before each screen.
async fn prints(patience: Duration) -> bool {
    let _program = Program::start();
    if !shows("Wardseal", Duration::from_secs(30)).await {
        return false;
    }
    sleep(patience).await;
    keyboard(&["mousemove", "300", "700"]).await;
    keyboard(&["type", "--delay", "40", FRONT_DESK.0]).await;
    keyboard(&["key", "Tab"]).await;
    keyboard(&["type", "--delay", "40", FRONT_DESK.1]).await;
    keyboard(&["key", "Return"]).await;
    sleep(patience).await;
    keyboard(&["type", "--delay", "60", "Smith"]).await;
    sleep(patience).await;
    keyboard(&["key", "Return"]).await;
    sleep(patience).await;
    keyboard(&["key", "ctrl+p"]).await;
    keyboard(&["key", "space"]).await;
    sleep(patience).await;
    assert!(!titles().contains("\"Print\""));
    keyboard(&["key", "ctrl+p"]).await;
    shows("Print", Duration::from_secs(10)).await
}

#[tokio::test]
async fn a_print_out_of_a_chart_opens_the_systems_print_dialog() {
    let _turn = alone().await;
    for seconds in [3, 6, 12, 24] {
        if prints(Duration::from_secs(seconds)).await {
            return;
        }
    }
    panic!("no print dialog among these windows:\n{}", titles());
}
