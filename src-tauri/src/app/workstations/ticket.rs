//! Tickets: an administrator's leave for a newcomer to join by itself. Made, listed, taken back here; used in `enrol`.

use super::list::later;
use super::{HANDOVERS, TICKETS, by_administrators};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Prepared, Touched};
use crate::app::views::{Done, TicketRow, TicketView};
use crate::keys::{Handover, Signed, Ticket, TicketFile, forms};
use crate::store::{find_documents, insert, raw, update};
use bson::{Document, doc};
use serde::Deserialize;
use uuid::Uuid;

/// Longest validity, in hours: four weeks.
const LONGEST: i64 = 28 * 24;

/// A ticket for one newcomer.
#[derive(Deserialize)]
pub struct MakeTicket {
    /// For how many hours.
    pub hours: i64,
}

/// The tickets there are.
#[derive(Deserialize)]
pub struct ListTickets {}

/// Takes an unused ticket back.
#[derive(Deserialize)]
pub struct WithdrawTicket {
    /// Which.
    pub ticket: Uuid,
}

by_administrators! {
    MakeTicket => TicketView, "make_ticket", make;
    ListTickets => Vec<TicketRow>, "list_tickets", list;
    WithdrawTicket => Done, "withdraw_ticket", withdraw;
}

async fn make(asked: &MakeTicket, desk: &Desk<'_>) -> Result<Prepared<TicketView>, Failure> {
    if !(1..=LONGEST).contains(&asked.hours) {
        return Err(Code::Invalid.with("field", "hours"));
    }
    let file = TicketFile::create(desk.site.site, later(desk.now(), asked.hours))?;
    let ticket = file.ticket(desk.site.site_key, desk.now())?;
    let (author, sealing) = (desk.author(), ticket.sealing);
    let mut stored = Signed::sign(ticket, author.id, author.signer)?.to_document()?;
    stored.extend(doc! { "rev": 1_i64, "state": "open" });
    let mut writes = desk.clear_expired().await?;
    writes.push(raw(&insert(TICKETS, vec![stored]))?);
    for (epoch, key) in desk.site_keys_in_use()? {
        let handover = desk.handover((&key, epoch), (file.id, &sealing))?;
        writes.push(raw(&insert(HANDOVERS, vec![handover.to_document()?]))?);
    }
    let line = String::from_utf8(file.write().to_vec()).map_err(|_| Code::Internal.bare())?;
    let view = TicketView { ticket: file.id, line, until: file.until };
    let touched = vec![Touched { record: Some(file.id), count: 1, ..Touched::default() }];
    Ok(Prepared { output: view, touched, writes, heads: Vec::new() })
}

async fn list(_: &ListTickets, desk: &Desk<'_>) -> Result<Prepared<Vec<TicketRow>>, Failure> {
    let mut rows = Vec::new();
    for (stored, ticket) in desk.tickets().await? {
        let state = stored.get_str("state").unwrap_or("open").to_owned();
        let open = state == "open";
        let lapsed = open && (ticket.until <= desk.now() || ticket.epoch != desk.site.site_key);
        let state = if lapsed { "lapsed".to_owned() } else { state };
        rows.push(TicketRow { ticket: ticket.id, made: ticket.at, until: ticket.until, state });
    }
    Ok(Prepared::read(rows, Touched::default()))
}

async fn withdraw(asked: &WithdrawTicket, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    let (_, ticket) = { desk.tickets().await? }
        .into_iter()
        .find(|(stored, ticket)| ticket.id == asked.ticket && matches!(stored.get_str("state"), Ok("open")))
        .ok_or_else(|| Code::NotFound.bare())?;
    let only = doc! { "_id": forms::uuid_bson(ticket.id), "rev": 1_i64, "state": "open" };
    let change = doc! { "$set": { "rev": 2_i64, "state": "withdrawn" } };
    let writes = vec![raw(&update(TICKETS, only, change))?, drop_handovers(&ticket)?];
    let touched = vec![Touched { record: Some(ticket.id), count: 1, ..Touched::default() }];
    Ok(Prepared { output: Done {}, touched, writes, heads: Vec::new() })
}

/// The site key that was sealed to a ticket goes with it.
pub(super) fn drop_handovers(ticket: &Ticket) -> Result<bson::RawDocumentBuf, Failure> {
    let ids = [ticket.epoch, ticket.epoch - 1].map(|epoch| forms::uuid_bson(Handover::id_of(ticket.id, epoch)));
    let filter = doc! { "_id": { "$in": ids.to_vec() } };
    Ok(raw(&doc! { "delete": HANDOVERS, "deletes": [doc! { "q": filter, "limit": 0 }] })?)
}

impl Desk<'_> {
    /// Tickets an administrator made, with what stands beside them.
    async fn tickets(&self) -> Result<Vec<(Document, Ticket)>, Failure> {
        let mut tickets = Vec::new();
        for stored in find_documents(self.store, TICKETS, doc! {}, None).await? {
            let stored = Document::try_from(stored)?;
            let signed = Signed::<Ticket>::from_document(&stored)?;
            match Ticket::verified(&signed, &self.keys.directory) {
                Ok(ticket) => tickets.push((stored, ticket.clone())),
                Err(refused) => tracing::error!(%refused, "a ticket is refused"),
            }
        }
        tickets.sort_by_key(|(_, ticket)| ticket.at);
        Ok(tickets)
    }

    /// A lapsed ticket leaves no sealed key behind.
    async fn clear_expired(&self) -> Result<Vec<bson::RawDocumentBuf>, Failure> {
        let lapsed = |ticket: &Ticket| ticket.until <= self.now() || ticket.epoch != self.site.site_key;
        let tickets = self.tickets().await?;
        tickets.iter().filter(|(_, ticket)| lapsed(ticket)).map(|(_, ticket)| drop_handovers(ticket)).collect()
    }
}
