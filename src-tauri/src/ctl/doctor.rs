//! `wardsealctl doctor`: what stands between this machine and its servers. Changes nothing and needs nobody signed in.

use super::open;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use wardseal::app::{Home, PolicyFile};
use wardseal::clock::{Clock as _, SystemClock};
use wardseal::crypt::kms::Reach;
use wardseal::doctor::{Doctor, Fault, Finding};
use wardseal::keys::{Environment, OsKeychain};
use wardseal::net::{Identity, Limits};
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

fn identity(reach: &Reach) -> Option<Identity> {
    let text = std::fs::read(reach.identity_file.as_ref()?).ok()?;
    Identity::from_pem(Zeroizing::new(text)).ok()
}

fn keychain(home: &Home) -> Finding {
    let enrolled = home.enrolment().ok().flatten();
    let environment = enrolled.map_or(Environment::Production, |enrolment| enrolment.environment);
    match OsKeychain::open(environment) {
        Err(error) => Finding::wrong("keychain", Fault::Keychain(error.to_string())),
        Ok(_) => Finding::fine("keychain", "there, unlocked, and with a password"),
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
