//! `wardsealctl interactions`: what the checker knows, whether it is trusted, and how a release signs a table.

use super::open;
use std::collections::BTreeMap;
use std::path::PathBuf;
use wardseal::app::care::RuleAnswers;
use wardseal::app::interactions::{PUBLIC_KEY, read_signed, sign};
use wardseal::app::{Failure, ReportAnswers, Workstation};
use wardseal::record::interactions::{SHIPPED, SHIPPED_SIGNATURE, Table};
use wardseal::secret::Secret;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Print the version, size, reviewer and rules of the shipped table.
    Show,
    /// Check a table and its signature; the shipped ones when no file is named.
    Check {
        /// The table.
        #[arg(long, requires = "signature")]
        table: Option<PathBuf>,
        /// Its signature.
        #[arg(long)]
        signature: Option<PathBuf>,
        /// The public key that must have signed, 64 hexadecimal digits; else the one in this program.
        #[arg(long)]
        public: Option<String>,
    },
    /// How often each rule was overruled or heeded, over the patients of the doctor who signs in.
    Overrides {
        /// The user to sign in as.
        #[arg(long = "as")]
        by: String,
    },
    /// Sign a table, for a release of one's own.
    Sign {
        /// The file with the private key, 64 hexadecimal digits. Keep it away from the repository.
        #[arg(long)]
        key: PathBuf,
        /// Make the key when the file isn't there.
        #[arg(long)]
        new: bool,
        /// The table.
        #[arg(long)]
        table: PathBuf,
        /// Where the signature goes.
        #[arg(long)]
        to: PathBuf,
    },
}

pub async fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Show => show(),
        Command::Check { table, signature, public } => check(table, signature, public),
        Command::Overrides { by } => overrides(&by).await,
        Command::Sign { key, new, table, to } => sign_table(&key, new, &table, &to),
    }
}

fn show() -> Result<(), String> {
    let table = read_signed(SHIPPED, SHIPPED_SIGNATURE, PUBLIC_KEY).map_err(told)?;
    summary(&table);
    for rule in table.rules() {
        println!("{rule}");
    }
    Ok(())
}

fn summary(table: &Table) {
    let (substances, rules) = table.size();
    println!("Table {} of {}: {substances} substances, {rules} rules.", table.version(), table.date());
    match table.reviewer() {
        Some(reviewer) => println!("Reviewed by {reviewer}."),
        None => println!("Not yet reviewed by a pharmacist."),
    }
}

fn check(table: Option<PathBuf>, signature: Option<PathBuf>, public: Option<String>) -> Result<(), String> {
    let (text, signature) = match (table, signature) {
        (Some(table), Some(signature)) => (read(&table)?, read(&signature)?),
        _ => (SHIPPED.to_owned(), SHIPPED_SIGNATURE.to_owned()),
    };
    let public = public.map_or(Ok(PUBLIC_KEY), |digits| key_of(&digits))?;
    let table = read_signed(&text, &signature, public).map_err(told)?;
    println!("The signature is right.");
    summary(&table);
    Ok(())
}

fn sign_table(key: &PathBuf, new: bool, table: &PathBuf, to: &PathBuf) -> Result<(), String> {
    if new && !key.exists() {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|_| "The system gives no random numbers.".to_owned())?;
        let made = open::write_private(key, hex(&seed).as_bytes());
        made.map_err(|error| format!("The key can't be written: {error}."))?;
    }
    let seed = zeroize::Zeroizing::new(key_of(&read(key)?)?);
    let secret = Secret::copy_from(seed.as_slice()).ok_or("A key has 64 hexadecimal digits.")?;
    let (signature, public) = sign(&read(table)?, secret).map_err(told)?;
    std::fs::write(to, format!("{signature}\n"))
        .map_err(|error| format!("The signature can't be written: {error}."))?;
    println!("Signed. The public key is {}.", hex(&public));
    Ok(())
}

async fn overrides(by: &str) -> Result<(), String> {
    let mut seat = open::workstation().await?;
    open::sign_in(&mut seat, by, None).await?;
    let counted = count(&mut seat).await;
    let ended = seat.sign_out().await;
    let rules = counted.map_err(|failure| open::sentence(&failure))?;
    ended.map_err(|failure| open::sentence(&failure))?;
    if rules.is_empty() {
        println!("No order of your patients was interrupted yet.");
    }
    for rule in rules.values() {
        let all = rule.signed + rule.withheld;
        let share = f64::from(rule.signed) * 100.0 / f64::from(all.max(1));
        let reasons: Vec<String> = rule.reasons.iter().map(|(reason, times)| format!("{reason} {times}")).collect();
        println!("{}: signed {} of {all} ({share:.0} %) {}", rule.rule, rule.signed, reasons.join(", "));
    }
    Ok(())
}

/// Slice by slice, until all one's own patients were looked at.
async fn count(seat: &mut Workstation) -> Result<BTreeMap<String, RuleAnswers>, Failure> {
    let (mut rules, mut after) = (BTreeMap::<String, RuleAnswers>::new(), None);
    loop {
        let page = seat.perform(ReportAnswers { after }).await?;
        for one in page.rules {
            let sum = rules.entry(one.rule.clone()).or_default();
            sum.rule = one.rule;
            sum.signed += one.signed;
            sum.withheld += one.withheld;
            for (reason, times) in one.reasons {
                *sum.reasons.entry(reason).or_default() += times;
            }
        }
        match page.slice.next {
            Some(next) => after = Some(next),
            None => return Ok(rules),
        }
    }
}

fn told(fault: impl std::fmt::Display) -> String {
    format!("{}.", open::capital(&fault.to_string()))
}

fn read(file: &PathBuf) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{} can't be read: {error}.", file.display()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn key_of(digits: &str) -> Result<[u8; 32], String> {
    let digits = digits.trim();
    let byte = |at: usize| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(byte).collect();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| "A key has 64 hexadecimal digits.".to_owned())
}
