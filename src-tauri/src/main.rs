//! The desktop program: opens the core, then the window. Everything is wired here and nowhere else.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;
use wardseal::shell;

fn main() -> ExitCode {
    log_to_stderr();
    if !shell::has_screen() {
        return shell::refuse(
            "There is no screen: neither DISPLAY nor WAYLAND_DISPLAY is set, so the window can't open.",
        );
    }
    match shell::CoreThread::start(open) {
        Ok(core) => shell::run(core),
        Err(sentence) => shell::refuse(&sentence),
    }
}

/// Warnings and errors only, unless `WARDSEAL_LOG` asks for more; never a patient's data at any level.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("WARDSEAL_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let coloured = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(coloured).with_writer(std::io::stderr).init();
}

async fn open() -> Result<NoCore, String> {
    Ok(NoCore)
}

/// Stands in until the core has its door.
struct NoCore;

#[async_trait::async_trait(?Send)]
impl shell::Core for NoCore {
    async fn call(&mut self, name: &str, _: serde_json::Value) -> Result<serde_json::Value, serde_json::Value> {
        if name == "seat" {
            return serde_json::to_value(self.due().await).map_err(|_| serde_json::json!({ "code": "internal" }));
        }
        Err(serde_json::json!({ "code": "internal" }))
    }

    async fn due(&mut self) -> wardseal::app::views::SeatView {
        wardseal::app::views::SeatView {
            state: wardseal::app::views::SeatState::Vacant,
            site: "Wardseal".into(),
            demo: true,
            demo_users: Vec::new(),
            store: wardseal::store::StoreKind::Embedded,
            policy: "0".into(),
            version: env!("CARGO_PKG_VERSION").into(),
        }
    }

    async fn lock(&mut self, _: wardseal::session::LockCause) {}

    async fn close(&mut self) {}
}
