//! What is alike in a doctor's and a nurse's chart: its sections, and the forms of its menu. Both are read from the
//! window, so that a new one gets its picture by itself.

use super::{a_moment, clicks, closes};
use crate::album::Album;
use crate::seat::Seat;
use fantoccini::Locator;

/// Every section of the chart that is open.
pub async fn leafs_through(album: &mut Album, seat: &Seat, who: &str) {
    for (at, section) in attributes(seat, "[role=tab]", "id").await.iter().enumerate() {
        seat.clicks_on(&format!("//*[@id='{section}']")).await;
        seat.sees(&format!("//*[@id='{section}'][@aria-selected='true']")).await;
        a_moment().await;
        let section = section.trim_start_matches("tab-");
        let way = if at < 9 { format!("chart, `{}`", at + 1) } else { "chart, arrows".to_owned() };
        album.looks(seat, &format!("{who}-chart-{section}"), &way, &format!("chart/Chart: {section}")).await;
    }
}

async fn attributes(seat: &Seat, selector: &str, name: &str) -> Vec<String> {
    let mut values = Vec::new();
    for element in seat.client.find_all(Locator::Css(selector)).await.unwrap() {
        values.push(element.attr(name).await.unwrap().unwrap());
    }
    values
}

/// Turns to a section by its words.
pub async fn turns_to(seat: &Seat, words: &str) {
    seat.clicks_on(&format!("//*[@role='tab'][contains(., '{words}')]")).await;
    seat.sees(&format!("//*[@role='tab'][@aria-selected='true'][contains(., '{words}')]")).await;
}

/// Each form of the chart's menu, and away again.
pub async fn writes(album: &mut Album, seat: &Seat, who: &str) {
    opens_the_menu(seat).await;
    let forms = attributes(seat, "[role=dialog] [data-form]", "data-form").await;
    closes(seat).await;
    for form in forms {
        opens_the_menu(seat).await;
        let line = seat.sees(&format!("//button[@data-form='{form}']//kbd")).await;
        let key = line.text().await.unwrap();
        seat.types(&key).await;
        seat.sees("//*[@role='dialog'][not(.//*[@data-form])]").await;
        a_moment().await;
        let component = match form.as_str() {
            "vitals" => "VitalsDialog",
            "note" => "NoteDialog",
            "order" | "verbal" => "OrderDialog",
            "reconcile" => "ReconcileDialog",
            _ => "entry/EntryDialog",
        };
        let name = format!("{who}-form-{}", form.to_lowercase());
        album.looks(seat, &name, &format!("chart, `c {key}`"), &format!("chart/{component}: {form}")).await;
        closes(seat).await;
    }
}

async fn opens_the_menu(seat: &Seat) {
    seat.types("c").await;
    seat.sees("//*[@role='dialog']//button[@data-form]").await;
}

/// A dialog that a button of the open section brings up, and away again.
pub async fn asks(album: &mut Album, seat: &Seat, button: &str, (name, way, made_of): (&str, &str, &str)) {
    clicks(seat, button).await;
    seat.sees("//*[@role='dialog']").await;
    a_moment().await;
    album.looks(seat, name, way, made_of).await;
    closes(seat).await;
}
