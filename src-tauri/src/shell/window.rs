//! The window: opened, brought forward, and replaced with a fresh web view when a session ends.

use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

const TITLE: &str = "Wardseal";
const SIZE: (f64, f64) = (1280.0, 820.0);
const SMALLEST: (f64, f64) = (800.0, 560.0);

/// Opens the window in its usual size.
pub fn open(app: &AppHandle) -> tauri::Result<()> {
    fresh(app).inner_size(SIZE.0, SIZE.1).center().build().map(drop)
}

/// Puts a new web view where the old one was; the old one and its process go.
pub fn replace(app: &AppHandle) -> tauri::Result<()> {
    let old: Vec<WebviewWindow> = app.webview_windows().into_values().collect();
    let new = like(app, old.first())?.build()?;
    if old.first().is_some_and(|old| old.is_fullscreen().unwrap_or(false)) {
        new.set_fullscreen(true)?;
    }
    old.iter().try_for_each(WebviewWindow::destroy)
}

/// True while any window is there.
pub fn is_open(app: &AppHandle) -> bool {
    !app.webview_windows().is_empty()
}

/// Shows the window that is already there instead of a second one.
pub fn bring_forward(app: &AppHandle) {
    for window in app.webview_windows().values() {
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

type Builder<'a> = WebviewWindowBuilder<'a, tauri::Wry, AppHandle>;

fn fresh(app: &AppHandle) -> Builder<'_> {
    WebviewWindowBuilder::new(app, next_label(app), WebviewUrl::App("index.html".into()))
        .title(TITLE)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .devtools(false)
        .disable_drag_drop_handler()
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
}

/// Where and how large the old window is.
fn like<'a>(app: &'a AppHandle, old: Option<&WebviewWindow>) -> tauri::Result<Builder<'a>> {
    let Some(old) = old else { return Ok(fresh(app).inner_size(SIZE.0, SIZE.1)) };
    let scale = old.scale_factor()?;
    let (size, place) = (old.inner_size()?.to_logical::<f64>(scale), old.outer_position()?.to_logical::<f64>(scale));
    let maximized = old.is_maximized().unwrap_or(false);
    Ok(fresh(app).inner_size(size.width, size.height).position(place.x, place.y).maximized(maximized))
}

/// Only the pages inside the program; everything else stays where it is.
fn is_ours(url: &Url) -> bool {
    let local = cfg!(not(windows)) && url.scheme() == "tauri" && url.host_str() == Some("localhost");
    let windows = cfg!(windows) && matches!(url.host_str(), Some("tauri.localhost"));
    local || windows || url.scheme() == "isolation" || url.host_str() == Some("isolation.localhost")
}

/// Labels are never used twice: a message for an old web view can't reach a new one.
fn next_label(app: &AppHandle) -> String {
    let newest =
        app.webview_windows().keys().filter_map(|label| label.strip_prefix("seat-")?.parse::<u64>().ok()).max();
    format!("seat-{}", newest.unwrap_or(0) + 1)
}
