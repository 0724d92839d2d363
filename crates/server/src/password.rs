//! Passwords of people who have not moved to passkeys yet: how they are read, hashed and verified.
//!
//! A hash is made to cost time and memory, so only as many as there are processors are under way at once, on threads of their
//! own; a few wait, and what comes on top is told to come back.

mod guessable;

use std::sync::Arc;
use std::thread::available_parallelism;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use passkeep_protocol::api::{
    ErrorCode, MAX_PASSWORD_CHARACTERS, MIN_PASSWORD_CHARACTERS, Password,
};
use passkeep_store::PasswordHash;
use passkeep_verify::user::UserName;
use tokio::sync::{Semaphore, TryAcquireError};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::ambient::{Random, random_array};
use crate::error::ApiError;
use crate::metrics::Metrics;

/// Memory in KiB, passes, lanes. Source: OWASP Password Storage Cheat Sheet, "Argon2id".
const COSTS: (u32, u32, u32) = (19_456, 2, 1);

/// The most that a hash from elsewhere may cost: memory in KiB, passes, lanes.
const MOST: (u32, u32, u32) = (256 * 1024, 10, 16);

/// How many wait for each that is under way.
const WAITING: usize = 16;

/// What is verified where there is no password, at the same cost. Nothing hashes to it that anybody could find.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$cGFzc2tlZXAgbm9ib2R5cw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes passwords and verifies them.
pub(crate) struct Passwords {
    under_way: Arc<Semaphore>,
    room: Arc<Semaphore>,
    metrics: Arc<Metrics>,
}

/// How a verification came out.
pub(crate) enum Verdict {
    Wrong,
    /// And whether the hash costs less than one that is made today.
    Right {
        is_dated: bool,
    },
}

impl Passwords {
    pub(crate) fn new(metrics: Arc<Metrics>) -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        Self {
            under_way: Arc::new(Semaphore::new(processors)),
            room: Arc::new(Semaphore::new(processors * (1 + WAITING))),
            metrics,
        }
    }

    /// Hashes a password.
    pub(crate) async fn hash(
        &self,
        password: Zeroizing<String>,
        random: &dyn Random,
    ) -> Result<PasswordHash, ApiError> {
        let salt: [u8; 16] = random_array(random)?;
        let (memory, passes, lanes) = COSTS;
        let made = self.run(move || {
            let params = Params::new(memory, passes, lanes, None).ok()?;
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let hash = argon2.hash_password_with_salt(password.as_bytes(), &salt);
            hash.ok().map(|hash| PasswordHash(hash.to_string()))
        });
        let made = made.await?;
        made.ok_or_else(|| ApiError::internal("the password was not hashed"))
    }

    /// Verifies a password. Without a hash it takes the same time, and is wrong.
    pub(crate) async fn verify(
        &self,
        password: Zeroizing<String>,
        hash: Option<PasswordHash>,
    ) -> Result<Verdict, ApiError> {
        self.metrics.count_password_verification();
        let verdict = self.run(move || {
            let text = hash.as_ref().map_or(NOBODYS, |hash| &hash.0);
            let phc = Phc::new(text).ok()?;
            let costs = costs(&phc).ok()?;
            let verified = Argon2::default().verify_password(password.as_bytes(), &phc);
            Some(match verified {
                Ok(()) if hash.is_some() => Verdict::Right {
                    is_dated: costs.0 < COSTS.0 || costs.1 < COSTS.1,
                },
                _ => Verdict::Wrong,
            })
        });
        let verdict = verdict.await?;
        verdict.ok_or_else(|| ApiError::internal("the hash of a password cannot be read"))
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let room = Arc::clone(&self.room).try_acquire_owned();
        let room = room.map_err(|error: TryAcquireError| ApiError {
            retry_after: Some(1),
            ..ApiError::new(ErrorCode::Unavailable).because(error)
        })?;
        let turn = Arc::clone(&self.under_way).acquire_owned().await;
        let turn = turn.map_err(ApiError::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            // Kept until here, whether or not somebody still waits for the answer.
            drop((turn, room));
            done
        });
        done.await.map_err(ApiError::internal)
    }
}

/// A password in the form in which it is hashed. Source: NIST SP 800-63B, "Memorized Secret Verifiers".
pub(crate) fn normalised(password: &Password) -> Zeroizing<String> {
    // What is too long to be one is not looked at to its end.
    let some = password.as_str().chars().take(4 * MAX_PASSWORD_CHARACTERS);
    Zeroizing::new(some.nfc().collect())
}

/// A password that a new account may have, with that name at the site with those names.
pub(crate) fn acceptable(
    password: &Password,
    name: &UserName,
    site: [&str; 2],
) -> Result<Zeroizing<String>, ApiError> {
    let refused = |why: &str| Err(ApiError::new(ErrorCode::InvalidPassword).with_detail(why));
    let text = normalised(password);
    match text.chars().count() {
        0..MIN_PASSWORD_CHARACTERS => return refused("It has less than 8 characters."),
        MIN_PASSWORD_CHARACTERS..=MAX_PASSWORD_CHARACTERS => {}
        _ => return refused("It has more than 256 characters."),
    }
    let is_name = UserName::parse(&text).is_ok_and(|as_name| as_name.key() == name.key());
    if is_name {
        return refused("It is the user name.");
    }
    let [site, also] = site;
    if guessable::is_guessed_first(&text, &[name.as_str(), site, also]) {
        return refused("It is one of those that are guessed first.");
    }
    Ok(text)
}

/// The hash of a password that was made elsewhere.
///
/// # Errors
///
/// A sentence on why it cannot be used.
pub(crate) fn imported(text: &str) -> Result<PasswordHash, String> {
    let phc = Phc::new(text).map_err(|error| format!("the hash is no PHC string: {error}"))?;
    let (memory, passes, lanes) = costs(&phc)?;
    if phc.salt.is_none() || phc.hash.is_none() {
        return Err("the hash has no salt, or is none".to_owned());
    }
    let (most_memory, most_passes, most_lanes) = MOST;
    if memory > most_memory || passes > most_passes || lanes > most_lanes {
        return Err(format!(
            "the hash costs too much to verify: at most m={most_memory},t={most_passes},p={most_lanes}"
        ));
    }
    Ok(PasswordHash(phc.to_string()))
}

fn costs(phc: &Phc) -> Result<(u32, u32, u32), String> {
    if phc.algorithm.as_str() != "argon2id" {
        return Err(format!(
            "the hash is {}, and only argon2id can be verified here",
            phc.algorithm
        ));
    }
    if phc.version.is_some_and(|version| version != 19) {
        return Err("the hash is of an old version of argon2id".to_owned());
    }
    let params = Params::try_from(phc);
    let params = params.map_err(|error| format!("the hash has wrong parameters: {error}"))?;
    Ok((params.m_cost(), params.t_cost(), params.p_cost()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_text_is_the_same_password_however_it_is_composed() {
        let composed = Password::from("p\u{e9}p\u{e9}p\u{e9}p\u{e9}".to_owned());
        let decomposed = Password::from("pe\u{301}pe\u{301}pe\u{301}pe\u{301}".to_owned());
        assert_eq!(normalised(&composed), normalised(&decomposed));
    }

    #[test]
    fn what_is_short_long_or_the_name_is_refused() {
        let ada = UserName::parse("ada.lovelace").unwrap();
        let detail = |text: &str| {
            let site = ["example.org", "Ministry of Walks"];
            let accepted = acceptable(&Password::from(text.to_owned()), &ada, site);
            accepted.err().and_then(|error| error.detail)
        };
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(detail("1234567"), said("It has less than 8 characters."));
        let guessed = said("It is one of those that are guessed first.");
        for text in [
            "12345678",
            "ada.lovelace!",
            "example.org",
            "Ministry of Walks 1",
        ] {
            assert_eq!(detail(text), guessed, "{text}");
        }
        assert_eq!(detail("1234567890 and 8"), None);
        assert_eq!(detail(&"to be".repeat(51)), None);
        let long = "x".repeat(257);
        assert_eq!(detail(&long), said("It has more than 256 characters."));
        assert_eq!(detail("ADA.lovelace"), said("It is the user name."));
    }

    #[test]
    fn only_argon2id_of_bounded_cost_is_imported() {
        let rest = "cGFzc2tlZXAgbm9ib2R5cw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let import = |head: &str| imported(&format!("{head}${rest}")).err();
        assert_eq!(import("$argon2id$v=19$m=19456,t=2,p=1"), None);
        assert_eq!(import("$argon2id$v=19$m=262144,t=10,p=4"), None);
        for (head, why) in [
            (
                "$argon2i$v=19$m=19456,t=2,p=1",
                "the hash is argon2i, and only argon2id can be verified here",
            ),
            (
                "$argon2id$v=16$m=19456,t=2,p=1",
                "the hash is of an old version of argon2id",
            ),
            (
                "$argon2id$v=19$m=262145,t=2,p=1",
                "the hash costs too much to verify: at most m=262144,t=10,p=16",
            ),
            (
                "$argon2id$v=19$m=19456,t=11,p=1",
                "the hash costs too much to verify: at most m=262144,t=10,p=16",
            ),
        ] {
            assert_eq!(import(head).as_deref(), Some(why));
        }
        let text = imported("hunter2").unwrap_err();
        assert!(text.starts_with("the hash is no PHC string: "), "{text}");
    }

    #[tokio::test]
    async fn who_comes_on_top_of_those_that_wait_is_told_to_come_back() {
        let passwords = Passwords::new(Arc::new(Metrics::new()));
        let processors = available_parallelism().map_or(1, usize::from);
        let places = passwords.room.available_permits();
        assert_eq!(places, processors * 17);
        let taken = u32::try_from(places).unwrap();
        let taken = passwords.room.try_acquire_many(taken).unwrap();
        let password = || normalised(&Password::from("open sesame".to_owned()));
        let refused = passwords.verify(password(), None).await.err().unwrap();
        assert_eq!(refused.code, ErrorCode::Unavailable);
        assert_eq!(refused.retry_after, Some(1));
        drop(taken);
        let verdict = passwords.verify(password(), None).await.unwrap();
        assert!(matches!(verdict, Verdict::Wrong));
        assert_eq!(passwords.room.available_permits(), places);
    }
}
