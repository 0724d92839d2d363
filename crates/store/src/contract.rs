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
/// assert_eq!(modules, ["registration", "authentication", "sessions", "passkeys", "housekeeping"]);
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
            }
            passkeys {
                they_are_listed_newest_first,
                a_passkey_is_renamed,
                the_last_one_is_not_deleted_unawares,
                of_two_deleted_at_once_one_stays,
                a_foreign_passkey_cannot_be_touched,
            }
            housekeeping {
                it_answers,
                one_sealing_key_is_added_however_many_ask,
                a_sealing_key_is_added_when_the_last_is_old,
                only_what_is_over_is_purged,
                purges_are_bounded,
                events_are_listed_newest_first_up_to_the_limit,
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
