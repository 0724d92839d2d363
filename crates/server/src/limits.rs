//! How often one address, or one account, may try.
//!
//! The limits are of this process: three servers behind a balancer let three times as much through. They keep guessing and
//! floods cheap to answer; that a passkey cannot be guessed does not rest on them.

mod table;

use core::convert::Infallible;
use core::hash::Hash;
use core::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{OptionalFromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method};
use passkeep_protocol::api::ErrorCode;
use passkeep_store::AccountId;

use crate::ambient::Clock;
use crate::client_address::client_address;
use crate::error::ApiError;
use crate::state::AppState;
use table::Table;

/// How many attempts a minute are let through; as many can come at once after a minute of rest. 0 means that there is no
/// limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct RateLimits {
    /// Requests from one address that may change something, 600 by default: a company or a campus can share one. Of IPv6 the
    /// first 64 bits count, because whoever has one address has all of these.
    pub per_address: u32,
    /// What one account, or one user name, can cause from anywhere, 30 by default: failed sign-ins, failed recoveries,
    /// sign-ups, changes by whoever is signed in. As often can one address begin to sign in with one user name. Where it is 0,
    /// wrong passwords are not counted by the day either.
    pub per_account: u32,
}

/// How many wrong passwords of one name are verified in a day, and how many times as much each counts of one network, so that it
/// takes several to use up what the name has. At 30 a minute alone a year would be enough for sixteen million. Source: NIST SP
/// 800-63B, "Rate Limiting (Throttling)", which has at most 100 failures in a row.
const WRONG_IN_A_DAY: u32 = 100;
const OF_A_NETWORK: u32 = 3;

const DAY: u32 = 24 * 60 * 60;

/// How many refusals of one account are written into the audit trail in a minute.
const TOLD_OF_ACCOUNT: u32 = 3;

/// And of all accounts together: some ten megabytes a day, if somebody goes on all day.
const TOLD_OF_ALL: u32 = 60;

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            per_address: 600,
            per_account: 30,
        }
    }
}

/// The limits at work.
pub(crate) struct Limits {
    addresses: Option<Table>,
    accounts: Option<Table>,
    /// Of one name from one network, so that it takes several to use up what the name has.
    passwords: Option<Table>,
    wrong_passwords: Option<Table>,
    /// How many refusals the audit trail is told of: of one account, and of all.
    told: [Option<Table>; 2],
    clock: Arc<dyn Clock>,
    has_warned: AtomicBool,
}

impl Limits {
    pub(crate) fn new(limits: RateLimits, clock: Arc<dyn Clock>) -> Self {
        Self {
            addresses: Table::new(limits.per_address),
            accounts: Table::new(limits.per_account),
            passwords: Table::new(limits.per_account.div_ceil(OF_A_NETWORK)),
            wrong_passwords: match limits.per_account {
                0 => None,
                _ => Table::within(DAY, WRONG_IN_A_DAY),
            },
            told: [TOLD_OF_ACCOUNT, TOLD_OF_ALL].map(Table::new),
            clock,
            has_warned: AtomicBool::new(false),
        }
    }

    /// Counts one more attempt on an account, and refuses it if there were too many. The key says what is counted and for
    /// whom, as in `("sign-up", name.key())`.
    ///
    /// Where an attempt can succeed, ask only after it has failed: otherwise anybody could lock somebody else out.
    pub(crate) fn account(&self, key: impl Hash) -> Result<(), ApiError> {
        let Some(table) = &self.accounts else {
            return Ok(());
        };
        let counted = table.count(key, self.clock.now());
        counted.map_err(|seconds| refusal(seconds).because("too many attempts on one account"))
    }

    /// Counts one more attempt with a password, and refuses it if there were too many: before it is verified, since unlike
    /// passkeys passwords can be guessed. So a name can be kept from its password by a flood from several networks, but never
    /// from its passkeys.
    pub(crate) fn password(
        &self,
        name: &str,
        network: Option<ClientNetwork>,
    ) -> Result<(), ApiError> {
        let now = self.clock.now();
        if let Some(table) = &self.passwords {
            let counted = table.count((name, network), now);
            counted.map_err(|seconds| refusal(seconds).because("too many passwords"))?;
        }
        self.account(("password", name))?;
        if let Some(table) = &self.wrong_passwords {
            let of_network = table.count_as(OF_A_NETWORK, (name, network), now);
            let counted = of_network.and_then(|()| {
                let of_all = table.count(name, now);
                of_all.inspect_err(|_| table.take_back(OF_A_NETWORK, (name, network)))
            });
            counted
                .map_err(|seconds| refusal(seconds).because("too many wrong passwords today"))?;
        }
        Ok(())
    }

    /// Takes a right password back from those of the day, of which only the wrong ones count.
    pub(crate) fn password_was_right(&self, name: &str, network: Option<ClientNetwork>) {
        if let Some(table) = &self.wrong_passwords {
            table.take_back(OF_A_NETWORK, (name, network));
            table.take_back(1, name);
        }
    }

    /// Counts one more request by which whoever is signed in to an account may change something. Nobody else can cause one.
    pub(crate) fn change(&self, account: AccountId) -> Result<(), ApiError> {
        self.account(("change", account.0))
    }

    /// Whether the audit trail may be told of one more refusal on an account.
    pub(crate) fn may_tell_refusal(&self, account: [u8; 16]) -> bool {
        let now = self.clock.now();
        let [of_account, of_all] = &self.told;
        let room = |table: &Option<Table>, key: Option<[u8; 16]>| {
            let table = table.as_ref();
            table.is_none_or(|table| table.count(key, now).is_ok())
        };
        // In this order, so that a flood on one account does not use up what the others have.
        room(of_account, Some(account)) && room(of_all, None)
    }

    fn address(&self, address: IpAddr) -> Result<(), ApiError> {
        let Some(table) = &self.addresses else {
            return Ok(());
        };
        let counted = table.count(ClientNetwork::of(address), self.clock.now());
        counted.map_err(|seconds| {
            refusal(seconds).because(format!("too many requests from {}", network(address)))
        })
    }

    fn warn_about_unknown_address(&self) {
        if self.addresses.is_some() && !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "requests come without the address of their peer, so the limit by address is off; \
                 serve with into_make_service_with_connect_info::<SocketAddr>()"
            );
        }
    }
}

/// Where a request comes from, as far as that counts.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum ClientNetwork {
    V4([u8; 4]),
    /// The first 64 bits.
    V6(u128),
}

impl ClientNetwork {
    /// Where a request comes from, if that is known.
    pub(crate) fn of_request(
        state: &AppState,
        extensions: &Extensions,
        headers: &HeaderMap,
    ) -> Option<Self> {
        client_address(state, extensions, headers).map(Self::of)
    }

    fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => Self::V6(first_bits(address, 64)),
        }
    }
}

/// Whether requests with that method may change something, and count. Other methods than these two have no other route.
pub(crate) fn counts(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD)
}

/// Counts what may cost something by the address it comes from.
pub(crate) fn count_address(state: &AppState, request: &Request) -> Result<(), ApiError> {
    if !counts(request.method()) {
        return Ok(());
    }
    match client_address(state, request.extensions(), request.headers()) {
        Some(address) => state.limits.address(address),
        None => {
            state.limits.warn_about_unknown_address();
            Ok(())
        }
    }
}

impl OptionalFromRequestParts<AppState> for ClientNetwork {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Option<Self>, Infallible> {
        Ok(Self::of_request(state, &parts.extensions, &parts.headers))
    }
}

fn refusal(seconds: u64) -> ApiError {
    let error = ApiError::new(ErrorCode::TooManyRequests);
    let unit = if seconds == 1 { "second" } else { "seconds" };
    let error = error.with_detail(format_args!("Try again in {seconds} {unit}."));
    ApiError {
        retry_after: Some(seconds),
        ..error
    }
}

fn first_bits(address: core::net::Ipv6Addr, bits: u32) -> u128 {
    address.to_bits() >> (128 - bits)
}

/// What the log may know of an address: enough to block a flood, too little to name a household.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let network = core::net::Ipv6Addr::from_bits(first_bits(address, 48) << 80);
            format!("{network}/48")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use passkeep_verify::Timestamp;

    use super::*;

    /// Seconds since the tests began.
    #[derive(Default)]
    struct TestClock(AtomicU64);

    impl Clock for TestClock {
        fn now(&self) -> Timestamp {
            Timestamp(1_800_000_000_000).plus_seconds(self.0.load(Ordering::Relaxed) as u32)
        }
    }

    /// How many guesses at a password are let through until one is not, and after how many seconds the next is.
    fn guesses(limits: &Limits, name: &str, network: u8) -> (u32, Option<u64>) {
        let network = Some(ClientNetwork::V4([203, 0, 113, network]));
        for guess in 0.. {
            if let Err(refused) = limits.password(name, network) {
                return (guess, refused.retry_after);
            }
        }
        unreachable!()
    }

    fn limits(per_account: u32) -> (Limits, Arc<TestClock>) {
        let clock = Arc::new(TestClock::default());
        let limits = RateLimits {
            per_address: 0,
            per_account,
        };
        (Limits::new(limits, Arc::clone(&clock) as _), clock)
    }

    #[test]
    fn of_one_name_a_hundred_wrong_passwords_are_looked_at_in_a_day() {
        let (limits, clock) = limits(1_000_000);
        assert_eq!(guesses(&limits, "ada", 1), (33, Some(1728)));
        assert_eq!(guesses(&limits, "ada", 2), (33, Some(1728)));
        assert_eq!(guesses(&limits, "ada", 3), (33, Some(1728)));
        assert_eq!(guesses(&limits, "ada", 4), (1, Some(864)));
        assert_eq!(guesses(&limits, "bob", 1), (33, Some(1728)));
        clock.0.store(864, Ordering::Relaxed);
        // What the name has not is not counted for the network.
        assert_eq!(guesses(&limits, "ada", 4), (1, Some(864)));
        clock.0.store(u64::from(DAY) + 864, Ordering::Relaxed);
        assert_eq!(guesses(&limits, "ada", 4), (33, Some(1728)));
    }

    #[test]
    fn right_passwords_do_not_count_by_the_day() {
        let (limits, _) = limits(1_000_000);
        let network = Some(ClientNetwork::V4([203, 0, 113, 1]));
        for _ in 0..500 {
            assert!(limits.password("ada", network).is_ok());
            limits.password_was_right("ada", network);
        }
        assert_eq!(guesses(&limits, "ada", 1), (33, Some(1728)));
    }

    #[test]
    fn the_log_has_the_network_of_an_address_only() {
        for (address, expected) in [
            ("203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ] {
            assert_eq!(network(address.parse().unwrap()), expected);
        }
    }
}
