//! How often one address, or one account, may try.
//!
//! The limits are of this process: three servers behind a balancer let three times as much through. They keep guessing and
//! floods cheap to answer; that a passkey cannot be guessed does not rest on them.

mod table;

use core::hash::Hash;
use core::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::Request;
use axum::http::Method;
use passkeep_protocol::api::ErrorCode;

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
    /// Requests from one address that begin or finish something, 600 by default: a company or a campus can share one. Of
    /// IPv6 the first 64 bits count, because whoever has one address has all of these.
    pub per_address: u32,
    /// What one account, or one user name, can cause from anywhere, 30 by default: failed sign-ins, failed recoveries,
    /// sign-ups. As often can one address begin to sign in with one user name.
    pub per_account: u32,
}

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
            passwords: Table::new(limits.per_account.div_ceil(3)),
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
        if let Some(table) = &self.passwords {
            let counted = table.count((name, network), self.clock.now());
            counted.map_err(|seconds| refusal(seconds).because("too many passwords"))?;
        }
        self.account(("password", name))
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

/// Where a request comes from, as far as that counts; an extension of every POST whose address is known.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum ClientNetwork {
    V4([u8; 4]),
    /// The first 64 bits.
    V6(u128),
}

impl ClientNetwork {
    fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => Self::V6(first_bits(address, 64)),
        }
    }
}

/// Counts what may cost something (every POST) by the address it comes from.
pub(crate) fn count_address(state: &AppState, request: &mut Request) -> Result<(), ApiError> {
    if request.method() != Method::POST {
        return Ok(());
    }
    match client_address(state, request) {
        Some(address) => {
            state.limits.address(address)?;
            let network = ClientNetwork::of(address);
            request.extensions_mut().insert(network);
        }
        None => state.limits.warn_about_unknown_address(),
    }
    Ok(())
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
    use super::*;

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
