//! Where a request comes from: the peer, or whoever a trusted proxy says.

mod forwarded;

use core::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap, HeaderName};
use ipnet::IpNet;

use crate::state::AppState;

/// The proxies in front of a server, whose word about a client's address is taken. Everybody else's headers are ignored.
#[derive(Debug, Default)]
pub struct TrustedProxies {
    networks: Vec<IpNet>,
    has_warned: AtomicBool,
}

impl TrustedProxies {
    /// Proxies by address or network, as in `10.0.0.0/8`.
    ///
    /// # Errors
    ///
    /// The first text that is neither.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, &'a str> {
        let networks = texts.into_iter().map(|text| {
            let address = text.parse().map(|address: IpAddr| IpNet::from(address));
            address.or_else(|_| text.parse()).map_err(|_| text)
        });
        Ok(Self {
            networks: networks.collect::<Result<_, _>>()?,
            has_warned: AtomicBool::new(false),
        })
    }

    /// Whether an address is one of theirs.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        let mut networks = self.networks.iter();
        networks.any(|network| network.contains(&address))
    }

    /// The client of a proxy: what its headers say, if they can be believed.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Result<IpAddr, Fault> {
        let [standard, usual] = [FORWARDED, X_FORWARDED_FOR].map(|name| {
            let present = headers.contains_key(&name);
            present.then(|| self.nearest_stranger(&name, headers))
        });
        match (standard.transpose()?, usual.transpose()?) {
            (None, None) => Ok(peer),
            (Some(client), None) | (None, Some(client)) => Ok(client),
            (Some(client), Some(same)) if client == same => Ok(client),
            (Some(_), Some(_)) => Err(Fault::Disagreement),
        }
    }

    /// From the right, where our own proxies write, the first address that is not theirs: what is left of it, anybody can
    /// have made up. Where all of them are proxies, the first of them is the client.
    fn nearest_stranger(&self, name: &HeaderName, headers: &HeaderMap) -> Result<IpAddr, Fault> {
        let malformed = || Fault::Malformed(name.clone());
        let mut nearest = None;
        for line in headers.get_all(name).iter().rev() {
            let line = line.to_str().map_err(|_| malformed())?;
            let hops = match *name == FORWARDED {
                true => forwarded::nodes(line).ok_or_else(malformed)?,
                false => line.split(',').map(str::trim).collect(),
            };
            for hop in hops.into_iter().rev() {
                let address = forwarded::address(hop).ok_or_else(malformed)?;
                nearest = Some(address);
                if !self.trusts(address) {
                    return Ok(address);
                }
            }
        }
        nearest.ok_or_else(malformed)
    }

    /// Once loudly, because any client may be able to cause it.
    fn tell(&self, fault: &Fault) {
        let problem = match fault {
            Fault::Malformed(name) => format!("its {name} names no address"),
            Fault::Disagreement => "its Forwarded and X-Forwarded-For disagree".to_owned(),
        };
        let advice = "so its own address counts as the client's; let it remove these headers from what clients send, and \
            set one of them";
        if self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::debug!("a trusted proxy is not understood: {problem}, {advice}");
        } else {
            tracing::warn!("a trusted proxy is not understood: {problem}, {advice}");
        }
    }
}

const FORWARDED: HeaderName = HeaderName::from_static("forwarded");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Why a proxy's headers are not believed.
#[derive(Debug, Eq, PartialEq)]
enum Fault {
    Malformed(HeaderName),
    Disagreement,
}

/// The address of the client, if the server was told its peers' addresses.
pub(crate) fn client_address(
    state: &AppState,
    extensions: &Extensions,
    headers: &HeaderMap,
) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>()?;
    // An IPv4 client of a socket for both is no IPv6 network of its own.
    let peer = peer.0.ip().to_canonical();
    if !state.proxies.trusts(peer) {
        return Some(peer);
    }
    let client = state.proxies.client(peer, headers);
    Some(client.unwrap_or_else(|fault| {
        state.proxies.tell(&fault);
        peer
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: &str = "10.0.0.1";

    fn client(headers: &[(&'static str, &str)]) -> Result<String, Fault> {
        let proxies = TrustedProxies::parse(["10.0.0.0/8", "192.0.2.1", "fd00::/8"]).unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let client = proxies.client(PEER.parse().unwrap(), &map);
        client.map(|address| address.to_string())
    }

    #[test]
    fn the_nearest_address_that_is_no_proxys_is_the_clients() {
        for (headers, expected) in [
            (vec![], PEER),
            (vec![("x-forwarded-for", "203.0.113.7")], "203.0.113.7"),
            // What a client has made up is to the left of what our proxies know.
            (
                vec![("x-forwarded-for", "198.51.100.1, 203.0.113.7")],
                "203.0.113.7",
            ),
            (
                vec![(
                    "x-forwarded-for",
                    "nonsense, 203.0.113.7, 10.0.0.2,192.0.2.1",
                )],
                "203.0.113.7",
            ),
            (
                vec![
                    ("x-forwarded-for", "203.0.113.7"),
                    ("x-forwarded-for", "10.0.0.2"),
                ],
                "203.0.113.7",
            ),
            (vec![("x-forwarded-for", "10.0.0.3, 10.0.0.2")], "10.0.0.3"),
            (vec![("x-forwarded-for", "203.0.113.7:4711")], "203.0.113.7"),
            (
                vec![("x-forwarded-for", "::ffff:203.0.113.7")],
                "203.0.113.7",
            ),
            (
                vec![("x-forwarded-for", "2001:db8::7, fd00::1")],
                "2001:db8::7",
            ),
            (
                vec![("forwarded", "for=198.51.100.1, For=203.0.113.7;proto=https")],
                "203.0.113.7",
            ),
            (
                vec![("forwarded", "by=\"a,b;c\";for=\"[2001:db8::7]:4711\"")],
                "2001:db8::7",
            ),
            (
                vec![
                    ("forwarded", "for=203.0.113.7"),
                    ("x-forwarded-for", "203.0.113.7, 10.0.0.2"),
                ],
                "203.0.113.7",
            ),
        ] {
            assert_eq!(client(&headers).as_deref(), Ok(expected), "{headers:?}");
        }
    }

    #[test]
    fn headers_that_cannot_be_believed_are_not() {
        let forwarded = || Fault::Malformed(FORWARDED);
        let usual = || Fault::Malformed(X_FORWARDED_FOR);
        for (headers, fault) in [
            (vec![("x-forwarded-for", "")], usual()),
            (vec![("x-forwarded-for", "203.0.113.7, unknown")], usual()),
            (vec![("x-forwarded-for", "203.0.113.7,")], usual()),
            (vec![("forwarded", "for=unknown")], forwarded()),
            (vec![("forwarded", "for=_hidden")], forwarded()),
            (vec![("forwarded", "proto=https")], forwarded()),
            (
                vec![("forwarded", "for=203.0.113.7;for=203.0.113.8")],
                forwarded(),
            ),
            // A quote that a client opens must not swallow what the proxy has added.
            (
                vec![("forwarded", "for=\"198.51.100.1, for=203.0.113.7")],
                forwarded(),
            ),
            (
                vec![
                    ("forwarded", "for=198.51.100.1"),
                    ("x-forwarded-for", "203.0.113.7"),
                ],
                Fault::Disagreement,
            ),
        ] {
            assert_eq!(client(&headers), Err(fault), "{headers:?}");
        }
    }

    #[test]
    fn what_is_no_address_and_no_network_is_named() {
        for text in ["proxy.example.org", "10.0.0.0/33", ""] {
            let refused = TrustedProxies::parse(["10.0.0.1", text]).unwrap_err();
            assert_eq!(refused, text);
        }
    }
}
