//! The Tauri shell: one window, one command, the operating system's signals. What shows a window needs feature
//! `desktop`; the thread the core lives on doesn't.
//!
//! Must never contain a decision: what may happen, when the seat locks and what a person reads is the core's and the
//! screens' business. The core is reached only through [`Core`].
//! To add something the screens can ask for: add a use case to `app`; nothing changes here.

mod core;
mod core_thread;
#[cfg(feature = "desktop")]
mod refusal;
#[cfg(feature = "desktop")]
mod run;
#[cfg(feature = "desktop")]
mod saving;
#[cfg(all(target_os = "linux", feature = "desktop"))]
mod signals;
#[cfg(feature = "desktop")]
mod window;

pub use self::core::Core;
pub use self::core_thread::CoreThread;
#[cfg(feature = "desktop")]
pub use self::refusal::{has_screen, refuse};
#[cfg(feature = "desktop")]
pub use self::run::run;
