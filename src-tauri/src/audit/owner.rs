//! Tells the writes of programs that still run from those of programs that died.

use std::sync::OnceLock;

/// A name for this process that no later process gets.
pub(super) fn this_process() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| name_of(std::process::id()).unwrap_or_else(|| format!("{}:-", std::process::id())))
}

/// Whether that process still runs. Only Linux can tell; elsewhere every other process counts as ended.
pub(super) fn runs(name: &str) -> bool {
    let pid = name.split_once(':').and_then(|(pid, _)| pid.parse().ok());
    pid.and_then(name_of).is_some_and(|living| living == name)
}

// The pid with the time the process started, which tells it from a later one with the same pid.
#[cfg(target_os = "linux")]
fn name_of(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let (state, started) = (fields.split_whitespace().next()?, fields.split_whitespace().nth(19)?);
    (state != "Z").then(|| format!("{pid}:{started}"))
}

#[cfg(not(target_os = "linux"))]
fn name_of(_: u32) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    #[test]
    fn this_process_runs_and_an_earlier_one_with_its_number_does_not() {
        assert!(super::runs(super::this_process()));
        assert!(!super::runs(&format!("{}:1", std::process::id())));
    }
}
