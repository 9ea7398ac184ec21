//! What a person sees when the program can't start: one sentence, in a native message and on standard error.

use std::process::ExitCode;

/// Shows the sentence and gives the exit code that goes with it.
#[must_use]
pub fn refuse(sentence: &str) -> ExitCode {
    eprintln!("{sentence}");
    if has_screen() {
        rfd::MessageDialog::new()
            .set_level(rfd::MessageLevel::Error)
            .set_title("Wardseal can't start")
            .set_description(sentence)
            .show();
    }
    ExitCode::FAILURE
}

/// False where a window has nowhere to go.
#[must_use]
pub fn has_screen() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
