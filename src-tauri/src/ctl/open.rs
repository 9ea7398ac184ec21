//! Opening the workstation from the command line, and the sentences for what stands in the way.

use std::io::{BufRead, IsTerminal};
use std::sync::Arc;
use wardseal::app::found_site::FoundingFailed;
use wardseal::app::{Code, Failure, Home, Workstation};
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

/// A line that is typed and may be seen.
pub fn ask_line(prompt: &str) -> Result<String, String> {
    use std::io::Write as _;
    print!("{prompt}");
    // The prompt is a courtesy; what is read doesn't depend on it.
    _ = std::io::stdout().flush();
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line).map_err(|error| format!("It can't be read: {error}."))?;
    if read == 0 { Err("Nothing was typed. Nothing was changed.".to_owned()) } else { Ok(line.trim().to_owned()) }
}

/// A file that only this user may read, new or in the place of the old one.
pub fn write_private(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}

/// The day of an instant, by UTC.
pub fn day(at: wardseal::clock::Timestamp) -> String {
    let found = time::OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000));
    found.map_or_else(|_| "at no known time".to_owned(), |at| at.date().to_string())
}

/// The sentence with a capital first.
pub fn capital(told: &str) -> String {
    let mut letters = told.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

/// What happened and what to do next, for a person at a terminal.
pub fn sentence(failure: &Failure) -> String {
    let of = |field: &str| failure.fields.get(field).and_then(|value| value.as_str());
    if let (Code::Kms | Code::PolicyFile, Some(told)) = (failure.code, of("told")) {
        return format!("{}.", capital(told));
    }
    match (failure.code, of("why"), of("key")) {
        (Code::StoreUnfit, Some(why), _) => format!("{}. Nothing was stored.", capital(why)),
        (Code::Shares, Some(why), _) => format!("{}. Nothing was changed.", capital(why)),
        (Code::Invalid, Some("taken"), _) => {
            "This user name is taken. Nothing was stored; choose another one.".to_owned()
        }
        (Code::Invalid, Some("password_short"), _) => "The new password needs 15 characters or more.".to_owned(),
        (Code::Invalid, Some("password_common"), _) => "This password is one of those that are tried first.".to_owned(),
        (code, _, Some(key)) => format!("{} Data key {key} isn't the one the key manifest names.", code.sentence()),
        (code, _, None) => code.sentence().to_owned(),
    }
}

/// Why no clinic was founded, for a person at a terminal.
pub fn founding_sentence(failed: &FoundingFailed) -> String {
    let told = match failed {
        FoundingFailed::Failure(failure) => return sentence(failure),
        FoundingFailed::Keychain(error) => return error.to_string(),
        other => other.to_string(),
    };
    format!("{}.", capital(&told))
}

/// The public key that this workstation's audit heads are signed with.
pub fn workstation_key(home: &Home) -> Result<[u8; 32], String> {
    let enrolment = home.enrolment().map_err(|error| format!("The workstation's folder can't be read: {error}."))?;
    let enrolment = enrolment.ok_or_else(|| KeychainError::FirstRun.to_string())?;
    let keychain = keychain(home)?;
    let key = WorkstationKey::load(keychain.as_ref(), enrolment.workstation).map_err(|error| error.to_string())?;
    Ok(*key.public().as_bytes())
}
