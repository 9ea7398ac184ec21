//! The system's own dialog that asks where a file should go, or which one is read. What it answers goes to the core and
//! never through the web view: a script in there can't name a place.

use crate::app::SavePlaces;
use serde_json::Value;

/// Asks the person where; false when nothing is to be saved. A dialog that outlives its session decides nothing: the core
/// takes a place only with the session it was chosen in.
pub async fn ask_where(places: &SavePlaces, args: &Value) -> bool {
    // Without a session there is nothing to choose for: the core says so.
    let Some(session) = places.session() else { return true };
    let dialog = rfd::AsyncFileDialog::new()
        .set_title("Save the print-out as a file")
        .add_filter("PDF", &["pdf"])
        .set_file_name(suggested(args));
    let Some(file) = dialog.save_file().await else { return false };
    places.choose(session, file.path().to_owned());
    true
}

/// Asks the person for the picture; false when none is taken. As [`ask_where`], the core takes it only in this session.
pub async fn ask_which(places: &SavePlaces) -> bool {
    let of_pictures = ["jpg", "jpeg", "png", "JPG", "JPEG", "PNG"];
    pick(places, "Choose a photo of the patient", ("JPEG or PNG picture", &of_pictures)).await
}

/// Asks the person for the file that is attached; false when none is taken. As [`ask_which`].
pub async fn ask_what(places: &SavePlaces) -> bool {
    let of_documents = ["pdf", "jpg", "jpeg", "png", "PDF", "JPG", "JPEG", "PNG"];
    pick(places, "Choose the file to attach", ("PDF, JPEG or PNG", &of_documents)).await
}

async fn pick(places: &SavePlaces, title: &str, (kind, endings): (&str, &[&str])) -> bool {
    let Some(session) = places.session() else { return true };
    let dialog = rfd::AsyncFileDialog::new().set_title(title).add_filter(kind, endings);
    let Some(file) = dialog.pick_file().await else { return false };
    places.pick(session, file.path().to_owned());
    true
}

/// The document's name in the program's own words, such as `medication_list.pdf`: a patient's name isn't in it.
fn suggested(args: &Value) -> String {
    let word = args.get("document").and_then(Value::as_str).unwrap_or("document");
    let word: String = word.chars().filter(|letter| letter.is_ascii_lowercase() || *letter == '_').take(40).collect();
    format!("{word}.pdf")
}
