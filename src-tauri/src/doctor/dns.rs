//! Service records: the servers behind one name.

use super::{Doctor, Fault, Finding};
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::{Resolver, TokioResolver};

impl Doctor {
    /// Asks for the service record of a name; the servers it leads to, if they belong to the name's domain.
    pub(super) async fn service_records(&self, name: &str) -> (Finding, Vec<String>) {
        let about = format!("DNS SRV of {name}");
        let wrong = |fault| (Finding::wrong(&about, fault), vec![]);
        let Some(resolver) = self.resolver() else { return wrong(Fault::DnsSilent) };
        let found = match resolver.srv_lookup(format!("_mongodb._tcp.{name}.")).await {
            Ok(found) => found,
            Err(error) if error.is_no_records_found() || error.is_nx_domain() => {
                return wrong(Fault::NoServiceRecord(name.to_owned()));
            }
            Err(_) => return wrong(Fault::DnsSilent),
        };
        let mut servers = vec![];
        for record in found.answers() {
            let hickory_resolver::proto::rr::RData::SRV(record) = &record.data else { continue };
            let target = record.target.to_utf8().trim_end_matches('.').to_owned();
            if !same_domain(name, &target) {
                return wrong(Fault::ForeignServiceRecord { name: name.to_owned(), target });
            }
            servers.push(format!("{target}:{}", record.port));
        }
        (Finding::fine(about, servers.join(", ")), servers)
    }

    fn resolver(&self) -> Option<TokioResolver> {
        let mut builder = match self.dns {
            None => Resolver::builder_tokio().ok()?,
            Some(server) => {
                let mut udp = ConnectionConfig::udp();
                udp.port = server.port();
                let only = NameServerConfig::new(server.ip(), true, vec![udp]);
                let config = ResolverConfig::from_parts(None, vec![], vec![only]);
                Resolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        let options = builder.options_mut();
        (options.timeout, options.attempts) = (self.limits.connect, 2);
        builder.build().ok()
    }
}

/// Whether a server lies in the domain of the name that led to it, as every MongoDB client demands.
fn same_domain(name: &str, target: &str) -> bool {
    let domain = name.split_once('.').map_or(name, |(_, domain)| domain);
    let target = target.to_ascii_lowercase();
    target.ends_with(&format!(".{}", domain.to_ascii_lowercase()))
}
