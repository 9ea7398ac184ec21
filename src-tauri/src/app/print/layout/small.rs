//! Labels and wristbands: one small page each.

use super::canvas::{Area, Canvas, Style};
use super::font::Fonts;
use super::lines::broken;
use super::{Head, Said};
use crate::app::views::PrintPage;

/// Points of a millimetre.
const MM: f32 = 72.0 / 25.4;

/// Which of the two.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// For folders and samples: 62 × 29 mm.
    Label,
    /// Around the wrist: 279 × 25.4 mm, the ends blank for the clasp.
    Wristband,
}

/// What stands on it.
pub struct Tagged<'a> {
    /// Whom it is about.
    pub head: &'a Head,
    /// When it was printed and by whom.
    pub printed: &'a str,
    /// What takes the place of lines that don't fit.
    pub instead: &'a str,
}

/// The one page of a label or wristband.
pub fn lay_out_tag(fonts: &Fonts, tag: Tag, tagged: &Tagged<'_>) -> PrintPage {
    match tag {
        Tag::Label => label(fonts, tagged),
        Tag::Wristband => wristband(fonts, tagged),
    }
}

fn label(fonts: &Fonts, tagged: &Tagged<'_>) -> PrintPage {
    let mut canvas = Canvas::new(fonts, 62.0 * MM, 29.0 * MM);
    let area = Area { x: 6.0, y: 4.0, width: canvas.page.width - 12.0, height: 46.0 };
    let below = words(&mut canvas, tagged, area, (11.0, 8.0));
    let bars = Area { x: 2.0, y: below.max(46.0), width: canvas.page.width - 4.0, height: 20.0 };
    canvas.barcode(bars, &tagged.head.number);
    canvas.line(6.0, canvas.page.height - 10.0, Style::plain(5.5), tagged.printed);
    canvas.page
}

fn wristband(fonts: &Fonts, tagged: &Tagged<'_>) -> PrintPage {
    let mut canvas = Canvas::new(fonts, 279.0 * MM, 25.4 * MM);
    let area = Area { x: 72.0, y: 5.0, width: 400.0, height: 56.0 };
    words(&mut canvas, tagged, area, (15.0, 11.0));
    canvas.barcode(Area { x: 480.0, y: 10.0, width: 230.0, height: 44.0 }, &tagged.head.number);
    canvas.line(72.0, canvas.page.height - 10.0, Style::plain(5.5), tagged.printed);
    canvas.page
}

/// Name, facts and what is said of the patient, as large as fits; returns where they end.
fn words(canvas: &mut Canvas<'_>, tagged: &Tagged<'_>, area: Area, (name, facts): (f32, f32)) -> f32 {
    let said = said(tagged);
    for shrink in [1.0, 0.88, 0.76, 0.66] {
        let lines = set(canvas.fonts, tagged.head, &said, area.width, (name * shrink, facts * shrink));
        if height(&lines) <= area.height {
            return draw(canvas, &lines, area);
        }
    }
    // A name is never cut; what is said in many words gives way to a pointer.
    let pointer = [Said { text: tagged.instead.to_owned(), strong: true }];
    let said = if said.is_empty() { &[][..] } else { &pointer[..] };
    let lines = set(canvas.fonts, tagged.head, said, area.width, (name * 0.66, facts * 0.66));
    draw(canvas, &lines, area)
}

/// One line for what mustn't be overlooked, one for the rest.
fn said(tagged: &Tagged<'_>) -> Vec<Said> {
    let join = |strong: bool| {
        let words: Vec<&str> =
            tagged.head.said.iter().filter(|one| one.strong == strong).map(|one| one.text.as_str()).collect();
        (!words.is_empty()).then(|| Said { text: words.join(" · "), strong })
    };
    [true, false].into_iter().filter_map(join).collect()
}

fn set(fonts: &Fonts, head: &Head, said: &[Said], width: f32, (name, facts): (f32, f32)) -> Vec<(String, Style)> {
    let mut lines = Vec::new();
    let mut put = |text: &str, style: Style| {
        lines.extend(broken(fonts, text, style.size, style.bold, width).into_iter().map(|line| (line, style)));
    };
    put(&head.name, Style::bold(name));
    put(&head.facts, Style::plain(facts));
    for one in said {
        put(&one.text, Style { size: facts, bold: one.strong });
    }
    lines
}

fn height(lines: &[(String, Style)]) -> f32 {
    lines.iter().map(|(_, style)| style.leading()).sum()
}

fn draw(canvas: &mut Canvas<'_>, lines: &[(String, Style)], area: Area) -> f32 {
    let mut top = area.y;
    for (line, style) in lines {
        canvas.line(area.x, top, *style, line);
        top += style.leading();
    }
    top
}
