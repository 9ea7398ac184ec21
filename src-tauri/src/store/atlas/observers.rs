//! What on the server could write down a workstation's commands: its audit filter, its profiler, its log (AU-13).
//!
//! Searches carry tokens; a server keeps them only as long as it answers, unless IT lets it write them down. An
//! administrator of the server asks with an account of their own: a workstation's may not.

use super::{Address, KEYS_DATABASE, Patience, Server};
use crate::store::{DATABASE, StoreError};
use bson::{RawDocument, RawDocumentBuf, rawdoc};
use mongodb::Client;
use std::sync::Arc;

/// Settings for a server of one's own, as its configuration file takes them.
pub const SETTINGS: &str = "\
# mongod.conf: what may be written down about a workstation's commands.
security:
  redactClientLogData: true
operationProfiling:
  mode: off
setParameter:
  # Successful commands aren't audited by the server: it would write their tokens down.
  auditAuthorizationSuccess: false
auditLog:
  destination: syslog
  filter: '{ atype: { $in: [ \"authenticate\", \"createUser\", \"dropUser\", \"updateUser\", \"grantRolesToUser\",
    \"revokeRolesFromUser\", \"createRole\", \"updateRole\", \"dropRole\", \"createCollection\", \"dropCollection\",
    \"dropDatabase\", \"createIndex\", \"dropIndex\", \"shutdown\", \"auditConfigure\" ] } }'
";

/// One thing that a server was asked about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The profiler of a database is off.
    ProfilerOff(&'static str),
    /// It isn't: it writes down commands with their tokens.
    ProfilerOn(&'static str),
    /// Successful commands aren't audited.
    CommandsNotAudited,
    /// They are, with their tokens.
    CommandsAudited,
    /// What clients send is left out of the log.
    LogRedacted,
    /// It isn't.
    LogNotRedacted,
    /// It didn't say: no such setting there, or not to this account.
    Unanswered(&'static str),
}

impl Finding {
    /// Whether it is as it should be; `None` where the server didn't say.
    #[must_use]
    pub const fn is_good(self) -> Option<bool> {
        match self {
            Self::ProfilerOff(_) | Self::CommandsNotAudited | Self::LogRedacted => Some(true),
            Self::ProfilerOn(_) | Self::CommandsAudited | Self::LogNotRedacted => Some(false),
            Self::Unanswered(_) => None,
        }
    }
}

/// Asks a server, with an administrator's account.
///
/// # Errors
/// When it can't be reached or doesn't let the account in.
pub async fn look(address: &Address) -> Result<Vec<Finding>, StoreError> {
    let patience = Patience::default();
    let client = Client::with_options(address.options(&patience).await?);
    let server =
        Server { client: client.map_err(|error| super::failure::opening(&error))?, patience, bulk: Arc::default() };
    server.answer("admin", rawdoc! {"ping": 1}).await?;
    let mut found = vec![];
    for database in [DATABASE, KEYS_DATABASE] {
        found.push(match server.answer(database, rawdoc! {"profile": -1}).await {
            Ok(told) => profiler(database, &told),
            Err(_) => Finding::Unanswered("profiler"),
        });
    }
    let audited = server.answer("admin", rawdoc! {"getParameter": 1, "auditAuthorizationSuccess": 1}).await;
    found.push(audited.map_or(Finding::Unanswered("auditAuthorizationSuccess"), |told| audited_of(&told)));
    let redacted = server.answer("admin", rawdoc! {"getParameter": 1, "redactClientLogData": 1}).await;
    found.push(redacted.map_or(Finding::Unanswered("redactClientLogData"), |told| redacted_of(&told)));
    Ok(found)
}

impl Server {
    async fn answer(&self, database: &str, command: RawDocumentBuf) -> Result<RawDocumentBuf, StoreError> {
        self.again(self.patience.read, || self.send(database, command.clone())).await
    }
}

fn profiler(database: &'static str, told: &RawDocument) -> Finding {
    match told.get("was").ok().flatten().and_then(super::command::whole) {
        Some(0) => Finding::ProfilerOff(database),
        Some(_) => Finding::ProfilerOn(database),
        None => Finding::Unanswered("profiler"),
    }
}

fn audited_of(told: &RawDocument) -> Finding {
    match told.get_bool("auditAuthorizationSuccess") {
        Ok(false) => Finding::CommandsNotAudited,
        Ok(true) => Finding::CommandsAudited,
        Err(_) => Finding::Unanswered("auditAuthorizationSuccess"),
    }
}

fn redacted_of(told: &RawDocument) -> Finding {
    match told.get_bool("redactClientLogData") {
        Ok(true) => Finding::LogRedacted,
        Ok(false) => Finding::LogNotRedacted,
        Err(_) => Finding::Unanswered("redactClientLogData"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_writes_commands_down_is_named() {
        let is_good = |finding: Finding| finding.is_good();
        assert_eq!(is_good(profiler("wardseal", &rawdoc! {"was": 0})), Some(true));
        assert_eq!(is_good(profiler("wardseal", &rawdoc! {"was": 2.0})), Some(false));
        assert_eq!(is_good(audited_of(&rawdoc! {"auditAuthorizationSuccess": true})), Some(false));
        assert_eq!(is_good(redacted_of(&rawdoc! {"redactClientLogData": true})), Some(true));
        assert_eq!(is_good(redacted_of(&rawdoc! {})), None);
    }
}
