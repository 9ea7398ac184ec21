//! This machine: room on the disk, the web view, scanners.

use super::{Doctor, Fault, Finding};
use std::path::Path;
use std::process::Command;

/// Megabytes below which the disk is told to be nearly full.
const ROOM: u64 = 1024;

/// Programs that look into every file that is opened, by the names of their processes.
const SCANNERS: [(&str, &str); 9] = [
    ("clamonacc", "ClamAV on-access scanning"),
    ("falcon-sensor", "CrowdStrike Falcon"),
    ("wdavdaemon", "Microsoft Defender"),
    ("sophos", "Sophos"),
    ("savd", "Sophos"),
    ("ds_agent", "Trend Micro"),
    ("mfetpd", "McAfee/Trellix"),
    ("sentinelone", "SentinelOne"),
    ("kesl", "Kaspersky Endpoint Security"),
];

impl Doctor {
    pub(super) fn machine(&self) -> Vec<Finding> {
        let mut findings = vec![self.disk(), self.web_view()];
        findings.extend(self.scanners());
        findings
    }

    fn disk(&self) -> Finding {
        let about = "disk";
        match free(&self.home) {
            None => Finding::fine(about, "how much room there is can't be told on this system"),
            Some(free) if free < ROOM => Finding::wrong(about, Fault::Disk(free)),
            Some(free) => Finding::fine(about, format!("{free} MB free")),
        }
    }

    /// On other systems than Linux the web view is part of the system or of the installer.
    fn web_view(&self) -> Finding {
        let about = "web view";
        if !cfg!(target_os = "linux") {
            return Finding::fine(about, "part of the system");
        }
        let folders = ["usr/lib", "usr/lib64", "usr/local/lib", "lib", "lib64"];
        let found = folders.iter().any(|folder| holds_web_view(&self.system.join(folder), 1));
        if found { Finding::fine(about, "installed") } else { Finding::wrong(about, Fault::NoWebView) }
    }

    fn scanners(&self) -> Vec<Finding> {
        let processes = std::fs::read_dir(self.system.join("proc")).into_iter().flatten().flatten();
        let names = processes.filter_map(|process| std::fs::read_to_string(process.path().join("comm")).ok());
        let known =
            |name: String| SCANNERS.iter().find(|(part, _)| name.starts_with(part)).map(|(_, product)| *product);
        let mut running: Vec<&str> = names.filter_map(known).collect();
        running.sort_unstable();
        running.dedup();
        if running.is_empty() {
            return vec![Finding::fine("scanners", "none that is known runs")];
        }
        running.into_iter().map(|one| Finding::wrong("scanners", Fault::Scanner(one.to_owned()))).collect()
    }
}

/// Megabytes free for the folder, or for the nearest one above it that is there.
fn free(folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|one| one.exists())?;
    let ran = Command::new("df").arg("-Pk").arg(there).output().ok()?;
    let text = String::from_utf8(ran.stdout).ok()?;
    let kilobytes: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kilobytes / 1024)
}

fn holds_web_view(folder: &Path, deeper: u8) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let library = name.to_string_lossy().starts_with("libwebkit2gtk-4.1.so");
        library || (deeper > 0 && entry.path().is_dir() && holds_web_view(&entry.path(), deeper - 1))
    })
}
