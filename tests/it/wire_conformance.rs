//! The sentences every store fulfils, over the official driver and a socket, on a server that knows Queryable Encryption:
//! our own.

use crate::store_conformance::Backend;
use crate::wire::Server;
use crate::wire_clinic::CALM;
use wardseal::store::atlas::{Address, Atlas};

async fn over_the_wire() -> Backend {
    let server = Server::open();
    let store = Atlas::open_with(&Address::loopback_for_tests(&server.uri()), CALM).await.unwrap();
    Backend::Wire(Box::new(store), server)
}

macro_rules! conforms_over_the_wire {
    ($($sentences:path { $($sentence:ident),* $(,)? })*) => {$(
        $(#[tokio::test]
        async fn $sentence() {
            use $sentences as sentences;
            sentences::$sentence(over_the_wire().await).await;
        })*
    )*};
}

conforms_over_the_wire! {
    crate::store_clear {
        a_document_comes_back_as_it_was_written,
        an_id_is_taken_once,
        clear_fields_are_filtered_as_mongodb_does,
        pages_are_sorted_and_cut,
        modifiers_change_what_they_name,
        an_upsert_starts_from_what_it_looked_for,
        find_and_modify_answers_the_old_document,
        two_windows_saving_the_same_record_conflict,
        items_of_a_patient_follow_their_section,
    }
    crate::store_encrypted {
        patients_are_found_by_an_encrypted_surname,
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
    }
    crate::store_compaction {
        counters_shrink_and_every_patient_is_still_found,
        compaction_needs_the_token_of_every_searchable_field,
    }
}
