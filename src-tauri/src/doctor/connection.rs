//! One server: name, port, proxy, TLS, who signed, how long, and its clock.

use super::{Doctor, Fault, Finding};
use crate::net::{CertificateFault, NetError, Request, Seen, Validity, send};

/// Seconds that two clocks may differ.
const CLOCK: i64 = 60;

/// Who signs certificates of connections that are looked into, in parts of their authorities' names.
const INSPECTORS: [&str; 19] = [
    "zscaler",
    "fortinet",
    "fortigate",
    "palo alto",
    "blue coat",
    "bluecoat",
    "netskope",
    "forcepoint",
    "websense",
    "sophos",
    "check point",
    "cisco umbrella",
    "mcafee",
    "kaspersky",
    "eset ssl",
    "avast",
    "squid",
    "mitmproxy",
    "inspection",
];

impl Doctor {
    pub(super) async fn server(&self, server: &str) -> Vec<Finding> {
        let address = server.strip_prefix("https://").map_or(server, |rest| rest.split('/').next().unwrap_or(rest));
        let secure = address != server;
        let with_port = address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let address = if with_port || !secure { address.to_owned() } else { format!("{address}:443") };
        let (connected, seen) = self.tls.look(&address, &self.limits).await;
        let mut findings = vec![match connected {
            Ok(_) => self.inspected(&address, &seen).map_or_else(
                || Finding::fine(format!("connection to {address}"), agreed(&seen)),
                |fault| Finding::wrong(format!("connection to {address}"), fault),
            ),
            Err(error) => Finding::wrong(format!("connection to {address}"), self.meaning(&address, error, &seen)),
        }];
        findings.extend(self.lasting(&address, &seen));
        if secure && findings[0].fault.is_none() {
            findings.push(self.clock(&address).await);
        }
        findings
    }

    /// What a failed connection means here.
    fn meaning(&self, address: &str, error: NetError, seen: &Seen) -> Fault {
        match &error {
            NetError::Certificate { fault: CertificateFault::UnknownSigner(signer), .. } => {
                let by_name = self.inspected(address, seen);
                by_name.unwrap_or_else(|| Fault::Inspection { server: address.to_owned(), signer: signer.clone() })
            }
            NetError::Closed(_) | NetError::Silent(_) | NetError::NoRoute(_) | NetError::NoName(_) => {
                match self.proxy(address) {
                    Some(proxy) => Fault::Proxy { error, proxy },
                    None => Fault::Net(error),
                }
            }
            _ => Fault::Net(error),
        }
    }

    /// Whether somebody looks into the connection, by who signed the certificate.
    fn inspected(&self, address: &str, seen: &Seen) -> Option<Fault> {
        let leaf = seen.certificate.as_ref()?.issuer.clone();
        let signers = [Some(leaf), seen.root.clone()].into_iter().flatten();
        let signers: Vec<String> = signers.collect();
        let expected = |one: &String| self.expected_signers.contains(one);
        let known = |one: &&String| INSPECTORS.iter().any(|part| one.to_lowercase().contains(part));
        let foreign = match self.expected_signers.is_empty() {
            true => signers.iter().find(known),
            false if signers.iter().any(expected) => None,
            false => signers.first(),
        };
        foreign.map(|signer| Fault::Inspection { server: address.to_owned(), signer: signer.clone() })
    }

    fn lasting(&self, address: &str, seen: &Seen) -> Vec<Finding> {
        let own = self.tls.own_certificate().map(|own| ("this workstation".to_owned(), own));
        let shown = seen.certificate.clone().map(|shown| (address.to_owned(), shown));
        let both = [shown, own].into_iter().flatten();
        both.map(|(whose, certificate)| {
            let about = format!("certificate of {whose}");
            match certificate.validity(self.now) {
                Validity::Fine => Finding::fine(about, format!("signed by \"{}\"", certificate.issuer)),
                validity => Finding::wrong(about, Fault::Certificate { whose, validity }),
            }
        })
        .collect()
    }

    /// The proxy that programs of this machine would use for an address.
    fn proxy(&self, address: &str) -> Option<String> {
        let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
        let of_system = std::fs::read_to_string(self.system.join("etc/environment")).unwrap_or_default();
        let in_file = |name: &str| {
            let lines = of_system.lines().filter_map(|line| line.trim().split_once('='));
            { lines }.find(|(key, _)| *key == name).map(|(_, value)| value.trim_matches('"').to_owned())
        };
        let variable = |name: &str| self.surroundings.variable(name).map(str::to_owned).or_else(|| in_file(name));
        let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
        let direct = ["NO_PROXY", "no_proxy"].into_iter().find_map(variable).unwrap_or_default();
        let direct = direct.split(',').map(|one| one.trim().trim_start_matches('.'));
        let exempt = |one: &str| !one.is_empty() && (one == "*" || host == one || host.ends_with(&format!(".{one}")));
        let proxy = names.into_iter().find_map(variable)?;
        if { direct }.any(exempt) { None } else { Some(without_password(&proxy)) }
    }

    async fn clock(&self, address: &str) -> Finding {
        let about = format!("clock beside {address}");
        let url = format!("https://{address}/");
        let request = Request { method: "GET", url: &url, headers: &[], body: &[] };
        match send(&request, Some(&self.tls), &self.limits).await.ok().and_then(|answer| answer.date) {
            None => Finding::fine(about, "the server doesn't tell the time"),
            Some(theirs) => {
                let off = self.now.0.div_euclid(1000) - theirs;
                let (server, seconds) = (address.to_owned(), off.abs());
                if seconds <= CLOCK {
                    return Finding::fine(about, format!("{seconds} seconds apart"));
                }
                Finding::wrong(about, Fault::Clock { server, seconds, ahead: off > 0 })
            }
        }
    }
}

fn agreed(seen: &Seen) -> String {
    let signer = seen.certificate.as_ref().map(|one| one.issuer.as_str()).unwrap_or_default();
    let version = if seen.newest == Some(true) { "TLS 1.3" } else { "TLS 1.2" };
    format!("{version}, signed by \"{signer}\"")
}

/// A proxy's address may hold a user and a password.
fn without_password(proxy: &str) -> String {
    match (proxy.split_once("://"), proxy.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        (None, Some((_, host))) => host.to_owned(),
        _ => proxy.to_owned(),
    }
}
