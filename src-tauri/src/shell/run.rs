//! The window's program: hands what the screens ask to the core, and tells them about the seat.

use super::core_thread::CoreThread;
use super::refusal::refuse;
use super::saving;
#[cfg(target_os = "linux")]
use super::signals;
use super::window;
use crate::app::views::SeatView;
use serde_json::{Value, json};
use std::process::ExitCode;
use tauri::{AppHandle, Builder, Emitter, Manager, RunEvent, State};

/// Hands a use case's name and arguments to the core; before a file is saved or read, asks the person where.
#[tauri::command]
async fn call(core: State<'_, CoreThread>, name: String, args: Value) -> Result<Value, Value> {
    if ["save_print", "copy_attachment"].contains(&name.as_str())
        && !saving::ask_where(&core.save_places(), &args).await
    {
        return Err(json!({ "code": "cancelled" }));
    }
    if name == "take_photo" && !saving::ask_which(&core.save_places()).await {
        return Err(json!({ "code": "cancelled" }));
    }
    if name == "attach_file" && !saving::ask_what(&core.save_places()).await {
        return Err(json!({ "code": "cancelled" }));
    }
    core.call(name, args).await
}

/// Shows the window and stays until it is closed.
#[must_use]
pub fn run(core: CoreThread) -> ExitCode {
    let built = Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::bring_forward(app)))
        .manage(core)
        .invoke_handler(tauri::generate_handler![call])
        .setup(|app| Ok(start(app.handle())?))
        .build(tauri::generate_context!());
    match built {
        Ok(app) => ExitCode::from(u8::try_from(app.run_return(on_event)).unwrap_or(1)),
        Err(error) => refuse(&format!("The window can't be opened: {error}")),
    }
}

fn start(app: &AppHandle) -> tauri::Result<()> {
    let shown = app.clone();
    app.state::<CoreThread>().watch(move |seat, ended| show(&shown, seat, ended));
    #[cfg(target_os = "linux")]
    signals::listen(app.state::<CoreThread>().inner().clone());
    window::open(app)
}

/// Tells the screens that the seat changed; when a session ended, gives them a web view that has seen nothing.
fn show(app: &AppHandle, seat: &SeatView, session_ended: bool) {
    if session_ended && let Err(error) = window::replace(app) {
        tracing::error!(%error, "the web view could not be replaced");
        app.exit(1);
    }
    if let Err(error) = app.emit("seat", seat) {
        tracing::warn!(%error, "the screens could not be told about the seat");
    }
}

fn on_event(app: &AppHandle, event: RunEvent) {
    match event {
        // A web view is being replaced: the window that follows is already there.
        RunEvent::ExitRequested { code: None, api, .. } if window::is_open(app) => api.prevent_exit(),
        RunEvent::Exit => app.state::<CoreThread>().close(),
        _ => {}
    }
}
