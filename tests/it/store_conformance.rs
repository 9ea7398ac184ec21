//! What every store does, whatever keeps its rows. To add a backend: a variant of [`Backend`] and a line at the end.

use crate::atlas_peer::Turn;
use crate::store_payloads::{equality, key};
use bson::{Bson, Document, RawDocumentBuf, doc};
use tempfile::TempDir;
use wardseal::store::atlas::Atlas;
use wardseal::store::embedded::Embedded;
use wardseal::store::memory::Memory;
use wardseal::store::{Checked, Store, StoreError};

pub enum Backend {
    Memory(Box<Memory>),
    Embedded(Embedded, #[expect(dead_code, reason = "keeps the folder")] TempDir),
    Atlas(Box<Atlas>, #[expect(dead_code, reason = "keeps the server")] Turn),
    Wire(Box<Atlas>, crate::wire::Server),
}

impl Backend {
    pub fn memory() -> Self {
        Self::Memory(Box::new(Memory::new()))
    }

    pub fn embedded() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::Embedded(Embedded::open(&folder.path().join("records.db")).unwrap(), folder)
    }

    pub fn store(&self) -> &dyn Store {
        match self {
            Self::Memory(store) => &**store,
            Self::Embedded(store, _) => store,
            Self::Atlas(store, _) | Self::Wire(store, _) => &**store,
        }
    }

    pub async fn check(&self) -> Checked {
        match self {
            Self::Memory(store) => store.check().unwrap(),
            Self::Embedded(store, _) => store.check().await.unwrap(),
            Self::Atlas(..) => Checked::default(),
            Self::Wire(_, server) => server.state.database("wardseal").unwrap().engine.check().await.unwrap(),
        }
    }

    pub async fn run(&self, command: Document) -> Result<Document, StoreError> {
        self.store().run(raw(command)).await.map(|reply| Document::try_from(reply).unwrap())
    }

    pub async fn ok(&self, command: Document) -> Document {
        self.run(command).await.unwrap()
    }

    pub async fn all(&self, commands: Vec<Document>) -> Result<Vec<RawDocumentBuf>, StoreError> {
        self.store().run_all(commands.into_iter().map(raw).collect()).await
    }

    pub async fn found(&self, command: Document) -> Vec<Document> {
        let reply = self.ok(command).await;
        let batch = reply.get_document("cursor").unwrap().get_array("firstBatch").unwrap();
        batch.iter().map(|doc| doc.as_document().unwrap().clone()).collect()
    }

    pub async fn stage(&self, command: Document) -> String {
        let reply = self.ok(doc! { "explain": command }).await;
        let plan = reply.get_document("queryPlanner").unwrap().get_document("winningPlan").unwrap();
        plan.get_str("stage").unwrap().to_owned()
    }

    pub async fn ids(&self, collection: &str, filter: Document) -> Vec<Bson> {
        let found = self.found(doc! {"find": collection, "filter": filter, "projection": {"_id": 1}}).await;
        let mut ids: Vec<Bson> = found.iter().map(|doc| doc.get("_id").unwrap().clone()).collect();
        if matches!(self, Self::Atlas(..)) {
            // A server promises no order that wasn't asked for.
            ids.sort_by_key(ToString::to_string);
        }
        ids
    }

    pub async fn refusal(&self, command: Document) -> i32 {
        match self.run(command.clone()).await {
            Err(StoreError::Refused { code, .. }) => code,
            other => panic!("{command} was not refused: {other:?}"),
        }
    }

    /// A clinic whose patients have an encrypted surname and MRN.
    pub async fn clinic(self) -> Self {
        self.ok(doc! {"create": "patients", "encryptedFields": encrypted_fields()}).await;
        self
    }

    pub async fn admit(&self, id: i32, surname: &str) {
        let patient = doc! {"_id": id, "rev": 1_i64, "i": {"surname": key(1).insert(surname, 0)}};
        let reply = self.ok(informed(doc! {"insert": "patients", "documents": [patient]})).await;
        assert_eq!(reply, doc! {"n": 1, "ok": 1.0});
    }

    pub async fn called(&self, surname: &str) -> Vec<Bson> {
        self.where_surname(key(1).find(surname, 0)).await
    }

    pub async fn where_surname(&self, predicate: impl Into<Bson>) -> Vec<Bson> {
        let found = self.found(informed(doc! {"find": "patients", "filter": {"i.surname": predicate.into()}})).await;
        found.iter().map(|doc| doc.get("_id").unwrap().clone()).collect()
    }

    pub async fn tags(&self, id: i32) -> Vec<Vec<u8>> {
        let found = self.found(doc! {"find": "patients", "filter": {"_id": id}}).await;
        let tags = found[0].get_array("__safeContent__").unwrap();
        tags.iter().map(|tag| bytes(tag).to_vec()).collect()
    }
}

pub fn encrypted_fields() -> Document {
    doc! {"fields": [equality("i.surname", key(1), "string", 0), equality("i.mrn", key(2), "string", 4)]}
}

pub fn informed(mut command: Document) -> Document {
    command.insert("encryptionInformation", doc! {"type": 1, "schema": {"wardseal.patients": encrypted_fields()}});
    command
}

pub fn raw(command: Document) -> RawDocumentBuf {
    RawDocumentBuf::try_from(&command).unwrap()
}

pub fn bytes(value: &Bson) -> &[u8] {
    match value {
        Bson::Binary(binary) => &binary.bytes,
        other => panic!("not binary: {other:?}"),
    }
}

pub fn update(id: i32, update: Document) -> Document {
    doc! {"update": "patients", "updates": [{"q": {"_id": id}, "u": update}]}
}

/// A test for every sentence and every store.
macro_rules! conforms {
    ($name:ident: $backend:ident, $sentences:path { $($sentence:ident),* $(,)? }) => {
        mod $name {
            use $sentences as sentences;

            $(#[tokio::test]
            async fn $sentence() {
                sentences::$sentence(super::Backend::$backend()).await;
            })*
        }
    };
}

macro_rules! every_store {
    ($($clear:ident, $encrypted:ident, $compaction:ident: $backend:ident;)*) => {$(
        conforms!($clear: $backend, crate::store_clear {
            a_document_comes_back_as_it_was_written,
            an_id_is_taken_once,
            clear_fields_are_filtered_as_mongodb_does,
            pages_are_sorted_and_cut,
            modifiers_change_what_they_name,
            an_upsert_starts_from_what_it_looked_for,
            find_and_modify_answers_the_old_document,
            a_write_that_names_the_lack_of_a_revision_is_fenced_too,
            two_windows_saving_the_same_record_conflict,
            items_of_a_patient_follow_their_section,
            what_is_not_understood_is_refused,
            a_document_nested_too_deeply_is_refused,
        });
        conforms!($encrypted: $backend, crate::store_encrypted {
            patients_are_found_by_an_encrypted_surname,
            an_explanation_says_whether_an_index_answers,
            tags_stand_in_the_order_of_the_document,
            contention_spreads_a_value_over_partitions,
            a_changed_surname_takes_its_tag_along,
            a_replacement_brings_its_own_tags_only,
            a_count_is_never_used_twice,
            a_failed_transaction_leaves_no_trace,
            many_patients_in_one_transaction_count_on,
            an_unindexed_section_is_kept_byte_for_byte,
            what_a_real_server_refuses_is_refused,
            collections_without_encrypted_fields_take_no_payloads,
        });
        conforms!($compaction: $backend, crate::store_compaction {
            counters_shrink_and_every_patient_is_still_found,
            a_pass_over_the_oldest_part_leaves_the_rest_for_the_next,
            work_that_is_stopped_changes_nothing,
            compaction_needs_the_token_of_every_searchable_field,
            a_search_with_too_many_tags_looks_at_the_values_instead,
        });
    )*};
}

every_store! {
    memory, memory_encrypted, memory_compaction: memory;
    embedded, embedded_encrypted, embedded_compaction: embedded;
}
