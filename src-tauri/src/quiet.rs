//! What a panic leaves behind: where it was, and never its words. Those of a decoder may quote the document that it couldn't
//! read.

/// From now on a panic on any thread is told by its place alone.
pub fn tell_only_where() {
    std::panic::set_hook(Box::new(|panic| {
        let (file, line) = panic.location().map_or(("", 0), |at| (at.file(), at.line()));
        tracing::error!(file, line, "a step was given up by a panic");
    }));
}

#[cfg(test)]
mod tests {
    use super::tell_only_where;
    use std::process::Command;

    #[test]
    #[ignore = "the other process of the test below, which starts it"]
    fn a_decoder_that_panics() {
        tracing_subscriber::fmt().with_writer(std::io::stderr).init();
        tell_only_where();
        let decoded = std::thread::spawn(|| assert!(std::hint::black_box(false), "can't read Qletter")).join();
        assert!(decoded.is_err());
    }

    #[test]
    fn what_a_decoder_says_of_a_letter_when_it_panics_is_in_no_log() {
        let other = ["--exact", "quiet::tests::a_decoder_that_panics", "--ignored", "--nocapture"];
        let run = Command::new(std::env::current_exe().unwrap()).args(other).output().unwrap();
        let said = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
        assert!(run.status.success() && said.contains("quiet.rs"), "{said}");
        assert!(!said.contains("Qletter"));
    }
}
