//! The tests that every implementation of [`Store`] must pass.
//!
//! Each promise of the trait is one async function over a store that is new and empty, and panics where the promise is
//! broken. [`for_each_promise!`](crate::for_each_promise) names them all, so that each can be a test of its own;
//! [`all`] runs them in a row. The proofs that go into a store are made by real ceremonies, with the software
//! authenticator of `passkeep-testkit`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: a failed one is a broken promise, and says so"
)]

pub mod registration;

pub mod authentication;

pub mod sessions;

pub mod passkeys;

pub mod restore;

pub mod confirmations;

pub mod recovery;

pub mod accounts;

pub mod passwords;

pub mod housekeeping;

pub mod durability;

pub mod world;

#[cfg(feature = "postgres")]
pub mod postgres;

use async_trait::async_trait;

use crate::Store;

/// A database for one test.
#[async_trait]
pub trait Database: Send + Sync {
    /// Makes one with nothing in it.
    async fn create() -> Self
    where
        Self: Sized;

    /// Opens a store on it. Where only one store can be open at a time, the one before has been dropped.
    async fn open(&self) -> Box<dyn Store>;
}

/// Calls a macro with the names of all promises, module by module.
///
/// ```
/// macro_rules! modules {
///     ($($module:ident { $($promise:ident,)+ })+) => { [$(stringify!($module)),+] };
/// }
/// let modules = passkeep_store::for_each_promise!(modules);
/// assert_eq!(modules[..3], ["registration", "authentication", "sessions"]);
/// ```
#[macro_export]
macro_rules! for_each_promise {
    ($callback:ident) => {
        $callback! {
            registration {
                a_new_account_comes_with_its_passkey_session_and_event,
                no_session_is_opened_unless_asked_for,
                the_session_before_is_ended,
                a_passkey_is_added_to_an_account_that_exists,
                a_replay_is_refused_and_changes_nothing,
                of_a_hundred_replays_one_succeeds,
                a_hundred_at_once_all_succeed,
                a_taken_name_is_refused_in_every_case_variant,
                of_many_who_want_a_name_one_gets_it,
                a_registered_credential_is_refused_for_every_account,
                an_unknown_account_gets_no_passkey,
                the_proof_must_be_for_the_account,
                an_account_has_no_more_passkeys_than_the_limit,
                refusals_come_in_their_order,
            }
            authentication {
                a_sign_in_updates_the_credential_and_opens_a_session,
                a_confirmation_opens_no_session,
                the_session_before_is_ended,
                a_replay_is_refused_and_changes_nothing,
                of_a_hundred_replays_one_succeeds,
                a_hundred_at_once_all_succeed,
                a_deleted_credential_signs_nobody_in,
                a_credential_that_changed_hands_signs_nobody_in,
                what_nobody_registered_is_not_found,
            }
            sessions {
                an_unused_session_ends_with_its_idle_lifetime,
                use_prolongs_a_session_up_to_its_absolute_lifetime,
                use_is_noted_at_most_once_a_minute,
                a_short_idle_lifetime_is_kept_too,
                a_session_is_ended_once_and_told_once,
                sessions_are_listed_the_last_used_first,
                a_session_is_revoked_by_its_owner,
                all_sessions_but_one_are_revoked,
            }
            passkeys {
                they_are_listed_newest_first,
                a_passkey_is_renamed,
                the_last_one_is_not_deleted_unawares,
                whoever_had_a_deleted_passkey_is_out,
                no_session_of_a_passkey_survives_a_deletion_that_races_with_sign_ins,
                the_session_that_deletes_its_passkey_stays,
                of_two_deleted_at_once_one_stays,
                a_foreign_passkey_cannot_be_touched,
            }
            restore {
                a_restore_key_replaces_that_of_its_install_and_no_other,
                a_restore_key_that_is_refused_replaces_nothing,
                a_restore_key_does_not_count_as_a_passkey,
                a_restore_key_is_deleted,
                a_restore_key_signs_in,
                a_restore_key_goes_with_the_session_of_its_install,
                restore_keys_go_when_all_sessions_end,
                each_restore_key_that_goes_with_something_else_is_told,
                a_session_hands_its_install_on_to_the_one_in_its_place,
                a_restore_key_goes_when_another_takes_the_place_of_its_session,
                a_session_can_be_an_installs_from_the_beginning,
                a_restore_key_needs_its_session,
                a_restore_key_outlives_a_session_that_nobody_ended,
                no_restore_key_survives_a_sign_out_that_races_with_it,
            }
            confirmations {
                a_confirmation_is_used_once,
                of_a_hundred_uses_of_a_confirmation_one_succeeds,
                a_confirmation_is_not_used_up_by_a_change_that_is_refused,
                a_confirmation_goes_with_its_passkey_and_with_its_session,
                a_used_confirmation_is_forgotten_when_it_has_expired,
            }
            recovery {
                a_recovery_code_adds_a_passkey_once,
                of_a_hundred_uses_of_a_recovery_code_one_succeeds,
                a_recovery_code_is_its_accounts_only,
                a_recovery_ends_what_was_open,
                new_recovery_codes_make_the_old_ones_void,
                an_enrolment_link_adds_a_passkey_once,
                an_enrolment_link_ends_when_it_expires,
                an_enrolment_link_is_its_accounts_only,
                enrolment_links_go_when_all_sessions_end,
                a_code_or_link_is_not_used_up_by_a_registration_that_is_refused,
            }
            accounts {
                a_lock_ends_sessions_and_deletes_restore_keys,
                nobody_signs_in_to_a_locked_account,
                no_passkey_is_added_to_a_locked_account,
                an_unlocked_account_is_open,
                no_session_survives_a_lock_that_races_with_sign_ins,
                changes_at_once_do_not_get_in_each_others_way,
                a_deleted_account_leaves_nothing_but_its_events,
                an_account_that_is_not_there_is_not_changed,
                a_display_name_is_changed,
                accounts_are_listed_in_order_and_in_pages,
            }
            passwords {
                an_account_can_begin_with_a_password,
                a_taken_name_is_refused,
                a_sign_in_opens_a_session_and_keeps_the_new_hash,
                what_was_verified_must_still_be_the_password,
                a_locked_account_signs_nobody_in,
                a_password_is_dropped_with_the_sessions_it_opened,
                a_password_stays_while_there_is_no_passkey,
                a_password_goes_with_its_account,
            }
            housekeeping {
                it_answers,
                one_sealing_key_is_added_however_many_ask,
                a_sealing_key_is_added_when_the_last_is_old,
                a_sealing_key_takes_the_place_of_all_others,
                an_event_is_appended,
                a_secret_is_made_once,
                only_what_is_over_is_purged,
                old_links_and_events_are_purged,
                purges_are_bounded,
                events_are_listed_newest_first_up_to_the_limit,
                events_are_read_page_by_page,
            }
        }
    };
}

/// Keeps a promise over a new database.
pub async fn check<D: Database>(promise: impl AsyncFnOnce(&dyn Store)) {
    let database = D::create().await;
    let store = database.open().await;
    promise(&*store).await;
}

/// Runs the whole contract, and names each promise before it is tried.
pub async fn all<D: Database>() {
    macro_rules! run {
        ($($module:ident { $($promise:ident,)+ })+) => {
            $($(
                eprintln!("{}::{}", stringify!($module), stringify!($promise));
                check::<D>($module::$promise).await;
            )+)+
        };
    }
    for_each_promise!(run);
    eprintln!("durability::everything_is_there_after_reopening");
    durability::everything_is_there_after_reopening::<D>().await;
}
