//! The pictures in docs/screens and the page that lists them: each screen light and dark, each without a barrier.

use crate::seat::Seat;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

const LOOKS: [&str; 2] = ["light", "dark"];

/// One screen as it is listed.
struct Page {
    role: &'static str,
    name: String,
    way: String,
    made_of: String,
}

/// The screens that were looked at so far.
#[derive(Default)]
pub struct Album {
    pages: Vec<Page>,
    barriers: Vec<String>,
    role: &'static str,
}

impl Album {
    /// From now on somebody of this role sits there.
    pub fn turns_to(&mut self, role: &'static str) {
        self.role = role;
    }

    /// Looks at what is on the screen in both colours: under which name, how a person gets there, what it is made of
    /// (components below ui/src/screens; after a colon the section or form of the chart).
    pub async fn looks(&mut self, seat: &Seat, name: &str, way: &str, made_of: &str) {
        for look in LOOKS {
            dyes(seat, look).await;
            let barriers = seat.barriers().await;
            self.barriers.extend(barriers.iter().map(|one| format!("{name}-{look}: {one}")));
            keeps(seat, &format!("{name}-{look}.png")).await;
        }
        dyes(seat, "").await;
        println!("{:<12} {name}", self.role);
        let (name, way, made_of) = (name.to_owned(), way.to_owned(), made_of.to_owned());
        self.pages.push(Page { role: self.role, name, way, made_of });
    }

    /// Writes the page that lists them, and fails when one of them has a barrier.
    pub fn closes(&self) {
        if std::env::var_os("WARDSEAL_ONLY").is_none() {
            self.clears();
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/SCREENS.md"), self.page()).unwrap();
        }
        assert!(self.barriers.is_empty(), "{:#?}", self.barriers);
    }

    /// Takes away pictures of screens that aren't there any more; those of the day are the day's.
    fn clears(&self) {
        let Some(folder) = std::env::var_os("WARDSEAL_SCREENS") else { return };
        let kept = |name: &str| {
            name.starts_with("day-")
                || self.pages.iter().any(|one| LOOKS.iter().any(|look| name == format!("{}-{look}.png", one.name)))
        };
        for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap()) {
            if !kept(&file.file_name().to_string_lossy()) {
                std::fs::remove_file(file.path()).unwrap();
            }
        }
    }

    fn page(&self) -> String {
        let mut page = HEAD.to_owned();
        let mut role = "";
        for one in &self.pages {
            if one.role != role {
                role = one.role;
                write!(page, "\n## {role}\n\n| screen | how to get there | pictures | made of |\n|---|---|---|---|\n")
                    .unwrap();
            }
            let picture = |look| format!("[{look}](screens/{}-{look}.png)", one.name);
            let pictures = LOOKS.map(picture).join(" ");
            writeln!(page, "| {} | {} | {pictures} | {} |", one.name, one.way, one.made_of).unwrap();
        }
        page
    }
}

/// Gives the page these colours, as the settings under `?` do, and waits until it is drawn.
async fn dyes(seat: &Seat, look: &str) {
    let drawn = "const [look, tell] = arguments;
        if (look) document.documentElement.dataset.theme = look; else delete document.documentElement.dataset.theme;
        document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => tell(1))))";
    seat.client.execute_async(drawn, vec![look.into()]).await.unwrap();
}

/// Keeps a picture of the window, with few colours where pngquant is there.
async fn keeps(seat: &Seat, name: &str) {
    let Some(folder) = std::env::var_os("WARDSEAL_SCREENS") else { return };
    let file = PathBuf::from(folder).join(name);
    std::fs::write(&file, seat.client.screenshot().await.unwrap()).unwrap();
    let _ = Command::new("pngquant").args(["--force", "--strip", "--speed=4", "--ext=.png"]).arg(&file).status();
}

const HEAD: &str = "# Every screen and dialog, by role

Taken by `./task screens` from the real window on a demo clinic in the embedded store, at 1280 × 820, in light and dark
colours; axe (WCAG 2.2 AA and its good practice) finds no barrier on any of them, or the run fails. The table is printed by
that run. A test of `./task ui-unit` (`ui/src/screens/pictures.test.ts`) fails when a screen, a dialog, a section of the chart or
one of its forms has no picture here in both colours. [DAY.md](DAY.md) shows a day's work.
";
