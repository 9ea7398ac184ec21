//! `wardsealctl doctor`: what stands between this machine and its servers. Changes nothing and needs nobody signed in.

use super::open;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use wardseal::app::place::Place;
use wardseal::app::{Home, PolicyFile};
use wardseal::clock::{Clock as _, SystemClock};
use wardseal::crypt::kms::Reach;
use wardseal::doctor::{Doctor, Fault, Finding};
use wardseal::keys::{Environment, OsKeychain, SiteKey};
use wardseal::net::{Identity, Limits};
use wardseal::store::StoreError;
use wardseal::store::atlas::{Atlas, Unfit};
use zeroize::Zeroizing;

/// Exit code when something stands in the way.
const ATTENTION: u8 = 3;

#[derive(clap::Args)]
pub struct Arguments {
    /// Also look at this server, HOST:PORT; with https:// in front its clock is compared too.
    #[arg(long)]
    server: Vec<String>,
    /// Also look at the servers behind this name, by DNS SRV.
    #[arg(long)]
    cluster: Vec<String>,
    /// Ask this name server, ADDRESS:PORT, instead of the system's.
    #[arg(long)]
    dns: Option<SocketAddr>,
}

pub async fn run(arguments: Arguments) -> Result<ExitCode, String> {
    let home = Home::from_environment();
    let mut findings = vec![keychain(&home)];
    let policy = PolicyFile::of(&home).unwrap_or_else(|fault| {
        findings.push(Finding::wrong("policy file", Fault::Policy(open::capital(&fault.to_string()))));
        PolicyFile::default()
    });
    match doctor(&home, &policy, arguments) {
        Ok(doctor) => findings.extend(doctor.examine().await),
        Err(told) => findings.push(Finding::wrong("policy file", Fault::Policy(told))),
    }
    findings.extend(store(&home).await);
    let wrong = findings.iter().filter(|one| one.fault.is_some()).count();
    findings.iter().for_each(print);
    println!("{}", if wrong == 0 { "Nothing stands in the way.".to_owned() } else { format!("Found: {wrong}.") });
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::from(ATTENTION) })
}

fn doctor(home: &Home, policy: &PolicyFile, arguments: Arguments) -> Result<Doctor, String> {
    let reach = policy.reach();
    let told = |fault: &dyn std::fmt::Display| open::capital(&fault.to_string());
    let masters = policy.masters().map_err(|fault| told(&fault))?;
    let services = masters.values().map(|master| match master.service() {
        "kmip" => master.address(),
        _ => format!("https://{}", master.address()),
    });
    let mut servers: Vec<String> = services.chain(policy.servers.clone()).chain(arguments.server).collect();
    servers.dedup();
    let tls = reach.trust(identity(&reach)).map_err(|fault| told(&fault))?;
    Ok(Doctor {
        servers,
        clusters: policy.clusters.iter().cloned().chain(arguments.cluster).collect(),
        expected_signers: policy.expected_signers.clone(),
        tls,
        limits: Limits::default(),
        dns: arguments.dns,
        surroundings: reach.surroundings,
        home: home.folder().to_owned(),
        system: PathBuf::from("/"),
        now: SystemClock::start().wall(),
    })
}

/// What the store says of its server, where it has one: too old, roles too broad, or why it isn't reached.
async fn store(home: &Home) -> Option<Finding> {
    let about = "the store's server";
    let wrong =
        |told: String, hand_on: &str| Finding::wrong(about, Fault::Server { told, hand_on: hand_on.to_owned() });
    let place = match Place::of(home) {
        Err(failure) => return Some(wrong(open::sentence(&failure), "Workstations: correct the policy file.")),
        Ok(Place::Embedded) => return None,
        Ok(Place::Atlas(cluster)) => cluster,
    };
    let enrolled = home.enrolment().ok().flatten();
    let keychain = OsKeychain::open(enrolled.map_or(Environment::Production, |enrolment| enrolment.environment));
    let address = match keychain.map(|keychain| place.address(&keychain)) {
        Ok(Ok(address)) => address,
        // What is wrong with the keychain is told already.
        Err(_) => return None,
        Ok(Err(failure)) => {
            return Some(wrong(
                open::sentence(&failure),
                "Workstations: give this machine its connection string again.",
            ));
        }
    };
    Some(match Atlas::open(&address).await {
        Ok(_) => Finding::fine(about, "answers, and the account may do what it needs and no more"),
        Err(StoreError::Unfit(unfit)) => wrong(open::capital(&unfit.to_string()), unfit_line(&unfit)),
        Err(error) => wrong(open::capital(&error.to_string()), "Servers: look at the findings above, in their order."),
    })
}

const fn unfit_line(unfit: &Unfit) -> &'static str {
    match unfit {
        Unfit::TooBroad(_) => "Databases: give the account the roles of `wardsealctl atlas roles` and no others.",
        Unfit::TooOld | Unfit::Queries => {
            "Databases: update the server to MongoDB 9.0, or 6.0 for a deterministic site."
        }
        Unfit::Standalone => "Databases: make the server a replica set.",
        _ => "Workstations: correct the connection string: TLS, an account, SCRAM-SHA-256 or X.509.",
    }
}

fn identity(reach: &Reach) -> Option<Identity> {
    let text = std::fs::read(reach.identity_file.as_ref()?).ok()?;
    Identity::from_pem(Zeroizing::new(text)).ok()
}

fn keychain(home: &Home) -> Finding {
    let enrolled = home.enrolment().ok().flatten();
    let environment = enrolled.map_or(Environment::Production, |enrolment| enrolment.environment);
    let opened = OsKeychain::open(environment);
    // Only who asks for a key that is there learns that a keychain is locked.
    let asked = opened.and_then(|keychain| match enrolled {
        Some(enrolment) => SiteKey::load(&keychain, enrolment.site).map(drop),
        None => Ok(()),
    });
    match asked {
        Err(error) => Finding::wrong("keychain", Fault::Keychain(error.to_string())),
        Ok(()) => Finding::fine("keychain", "there, unlocked, and with a password"),
    }
}

fn print(finding: &Finding) {
    match &finding.fault {
        None => println!("fine   {}: {}", finding.about, finding.seen),
        Some(fault) => {
            println!("FAULT  {}: {fault}", finding.about);
            println!("       hand on: {}", fault.hand_on());
        }
    }
}
