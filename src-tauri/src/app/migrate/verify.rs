//! Both stores side by side: count by count, and a sample of patients opened in either.

use super::share::by_the_service;
use super::{COLLECTIONS, Target};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::ForUi;
use crate::audit::Purpose;
use crate::keys::{forms, patients_of};
use crate::policy::Right;
use crate::record::Section;
use crate::store::{DATABASE, Store, find, first_batch, raw};
use bson::{Bson, RawDocumentBuf, doc};
use serde::Serialize;
use tokio::sync::OnceCell;
use uuid::Uuid;

/// Compares this store with the one that was copied to.
pub struct VerifyMove {
    /// The other one.
    pub target: Target,
    /// How many patients are opened in both.
    pub sample: usize,
}

/// What was compared.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct SideBySide {
    /// Collection, documents here, documents there.
    pub counts: Vec<(&'static str, i64, i64)>,
    /// Patients opened in both.
    pub opened: usize,
    /// Of these, those that aren't the same in every section.
    pub different: usize,
}

impl ForUi for SideBySide {}

impl SideBySide {
    /// Whether nothing is missing and nothing differs.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.different == 0 && self.counts.iter().all(|(_, here, there)| here == there)
    }
}

by_the_service! { VerifyMove => SideBySide, "move_verify", verify; }

async fn verify(asked: &VerifyMove, desk: &Desk<'_>) -> Result<Prepared<SideBySide>, Failure> {
    let mut compared = SideBySide::default();
    for name in COLLECTIONS {
        // The site record comes last: until then the other store has one document of these less.
        let not_record = if name == "site" {
            doc! { "mac": { "$exists": false } }
        } else {
            doc! {}
        };
        let stored = desk.site.stored_in(name);
        let of = async |store: &dyn Store| {
            let reply = store.run(raw(&doc! { "count": stored.as_str(), "query": not_record.clone() })?).await?;
            let n = reply.get("n").ok().flatten().and_then(|n| n.as_i64().or(n.as_i32().map(i64::from)));
            n.ok_or_else(|| Code::Damaged.bare())
        };
        compared.counts.push((name, of(desk.store).await?, of(asked.target.store.as_ref()).await?));
    }
    let ids = desk.sample(asked.sample).await?;
    let there =
        Desk { store: asked.target.store.as_ref(), keys_asked: OnceCell::new(), clearance: OnceCell::new(), ..*desk };
    let (here, there) =
        (desk.sections_of(desk, &ids, None).await?, desk.sections_of(&there, &ids, Some(&asked.target)).await?);
    compared.opened = here.len();
    compared.different =
        ids.iter().enumerate().filter(|(at, _)| here.get(*at).is_none() || here.get(*at) != there.get(*at)).count();
    let sections = Section::OF_PATIENT.to_vec();
    let touched = Touched { count: compared.opened as u64, sections, ..Touched::default() };
    Ok(Prepared::read(compared, touched))
}

impl Desk<'_> {
    /// Patients evenly spread over the ids, which are random.
    async fn sample(&self, most: usize) -> Result<Vec<Uuid>, Failure> {
        let command = find(&self.site.stored_in("patients"), doc! {}, Some(doc! { "_id": 1 }));
        let found = first_batch(&self.store.run(raw(&command)?).await?)?;
        let ids = found.iter().map(|one| crate::app::desk::uuid_at(one, "_id"));
        let mut ids: Vec<Uuid> = ids.collect::<Result<_, _>>()?;
        ids.sort();
        let step = (ids.len() / most.max(1)).max(1);
        Ok(ids.into_iter().step_by(step).take(most).collect())
    }

    /// The sections of these patients as `at` opens them, each as one list of bytes.
    async fn sections_of(
        &self,
        at: &Desk<'_>,
        ids: &[Uuid],
        target: Option<&Target>,
    ) -> Result<Vec<Vec<Vec<u8>>>, Failure> {
        let wanted: Vec<Bson> = ids.iter().map(|id| forms::uuid_bson(*id)).collect();
        let command = raw(&find(&patients_of(self.site.index), doc! { "_id": { "$in": wanted } }, None))?;
        let crypt = target.map(|target| self.crypt_for(target)).transpose()?;
        let command = crypt.as_ref().unwrap_or(&self.keys.crypt).encrypt_command(DATABASE, &command)?;
        let mut found: Vec<RawDocumentBuf> = first_batch(&at.store.run(command).await?)?;
        found.sort_by_key(|one| crate::app::desk::uuid_at(one, "_id").unwrap_or_default());
        let mut records = Vec::new();
        for opened in at.open_patients(found, &Section::OF_PATIENT).await? {
            let record = opened?.record;
            let section = |section| Ok(record.section_document(section)?.unwrap_or_default().into_bytes());
            records.push(Section::OF_PATIENT.into_iter().map(section).collect::<Result<_, Failure>>()?);
        }
        Ok(records)
    }
}
