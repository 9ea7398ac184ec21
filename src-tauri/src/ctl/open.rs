//! Opening the workstation from the command line, and the sentences for what stands in the way.

use std::io::{BufRead, IsTerminal};
use std::sync::Arc;
use wardseal::app::found_site::FoundingFailed;
use wardseal::app::{Failure, Home, Workstation};
use wardseal::clock::SystemClock;
use wardseal::keys::{Keychain, KeychainError, OsKeychain, WorkstationKey};
use wardseal::secret::Password;

/// The enrolled workstation of this machine.
pub async fn workstation() -> Result<Workstation, String> {
    let home = Home::from_environment();
    let keychain = keychain(&home)?;
    Workstation::open(home, keychain, Arc::new(SystemClock::start())).await.map_err(|failure| sentence(&failure))
}

/// The keychain, opened for what this machine is enrolled for.
pub fn keychain(home: &Home) -> Result<Arc<dyn Keychain>, String> {
    let enrolment = home.enrolment().map_err(|error| format!("The workstation's folder can't be read: {error}."))?;
    let enrolment = enrolment.ok_or_else(|| KeychainError::FirstRun.to_string())?;
    let keychain = OsKeychain::open(enrolment.environment).map_err(|error| error.to_string())?;
    Ok(Arc::new(keychain))
}

/// Signs in: the password from `WARDSEAL_PASSWORD`, a prompt, or the first line of standard input.
pub async fn sign_in(workstation: &mut Workstation, username: &str, password: Option<Password>) -> Result<(), String> {
    let password = match (password, std::env::var("WARDSEAL_PASSWORD")) {
        (Some(password), _) => password,
        (None, Ok(given)) => Password::new(given),
        (None, Err(_)) => ask(&format!("Password of {username}: "))?,
    };
    workstation.sign_in(username, &password).await.map(|_| ()).map_err(|failure| sentence(&failure))
}

/// A password that is typed unseen, or the next line where there is no terminal.
pub fn ask(prompt: &str) -> Result<Password, String> {
    let typed = if std::io::stdin().is_terminal() {
        rpassword::prompt_password(prompt)
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line.trim_end_matches(['\r', '\n']).to_owned())
    };
    typed.map(Password::new).map_err(|error| format!("The password can't be read: {error}."))
}

/// What happened and what to do next, for a person at a terminal.
pub fn sentence(failure: &Failure) -> String {
    let sentence = failure.code.sentence().to_owned();
    match failure.fields.get("key").and_then(|key| key.as_str()) {
        Some(key) => format!("{sentence} Data key {key} isn't the one the key manifest names."),
        None => sentence,
    }
}

/// Why no clinic was founded, for a person at a terminal.
pub fn founding_sentence(failed: &FoundingFailed) -> String {
    let told = match failed {
        FoundingFailed::Failure(failure) => return sentence(failure),
        FoundingFailed::Keychain(error) => return error.to_string(),
        other => other.to_string(),
    };
    let mut letters = told.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// The public key that this workstation's audit heads are signed with.
pub fn workstation_key(home: &Home) -> Result<[u8; 32], String> {
    let enrolment = home.enrolment().map_err(|error| format!("The workstation's folder can't be read: {error}."))?;
    let enrolment = enrolment.ok_or_else(|| KeychainError::FirstRun.to_string())?;
    let keychain = keychain(home)?;
    let key = WorkstationKey::load(keychain.as_ref(), enrolment.workstation).map_err(|error| error.to_string())?;
    Ok(*key.public().as_bytes())
}
