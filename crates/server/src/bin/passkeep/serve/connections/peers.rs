//! Who has how many connections, and which of those wait for nothing.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use passkeep_server::TrustedProxies;
use tokio::time::Instant;

use super::super::activity::Activity;

/// How long nobody has asked for anything on a connection that may be closed for another one. The answer before is well on its
/// way by then.
const IDLE_ENOUGH: Duration = Duration::from_secs(5);

/// All connections.
pub(super) struct Peers {
    /// How many one peer may have; 0 is no limit.
    most: u32,
    /// Whose connections are those of many clients, and are not counted.
    proxies: TrustedProxies,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    connections: HashMap<u64, (Option<Peer>, Activity)>,
    counts: HashMap<Peer, u32>,
    next: u64,
}

/// Somebody at the other end, as far as addresses tell people apart.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Peer {
    V4([u8; 4]),
    /// The first 64 bits: whoever has one address has all of these.
    V6([u8; 8]),
}

impl Peer {
    fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => {
                let [a, b, c, d, e, f, g, h, ..] = address.octets();
                Self::V6([a, b, c, d, e, f, g, h])
            }
        }
    }
}

/// The place of a connection, which is given back when the value is dropped.
pub(super) struct Place {
    peers: Arc<Peers>,
    number: u64,
    pub(super) activity: Activity,
}

impl Peers {
    pub(super) fn new(most: u32, proxies: TrustedProxies) -> Arc<Self> {
        Arc::new(Self {
            most,
            proxies,
            open: Mutex::default(),
        })
    }

    /// A place for one more connection; none if the peer has as many as it may and is at work on all of them.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        // An IPv4 client of a socket for both is no IPv6 network of its own.
        let address = address.to_canonical();
        let counted = self.most > 0 && !self.proxies.trusts(address);
        let peer = counted.then(|| Peer::of(address));
        let mut open = self.open();
        if let Some(peer) = peer {
            let has = open.counts.get(&peer).copied().unwrap_or_default();
            if has >= self.most && !open.close_longest_idle(|of| *of == Some(peer)) {
                return None;
            }
            *open.counts.entry(peer).or_default() += 1;
        }
        let number = open.next;
        open.next += 1;
        let activity = Activity::new();
        open.connections.insert(number, (peer, activity.clone()));
        drop(open);
        Some(Place {
            peers: Arc::clone(self),
            number,
            activity,
        })
    }

    /// Has the connection end that nobody has asked anything on for longest; says whether there is one.
    pub(super) fn close_longest_idle(&self) -> bool {
        self.open().close_longest_idle(|_| true)
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn close_longest_idle(&self, of: impl Fn(&Option<Peer>) -> bool) -> bool {
        let theirs = self.connections.values().filter(|(peer, _)| of(peer));
        let idle = theirs.filter_map(|(_, activity)| Some((activity.idle_since()?, activity)));
        let Some((since, activity)) = idle.min_by_key(|(since, _)| *since) else {
            return false;
        };
        if since + IDLE_ENOUGH > Instant::now() {
            return false;
        }
        activity.close();
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.peers.open();
        let Some((Some(peer), _)) = open.connections.remove(&self.number) else {
            return;
        };
        if let Some(count) = open.counts.get_mut(&peer) {
            *count -= 1;
            if *count == 0 {
                open.counts.remove(&peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(peers: &Arc<Peers>, address: &str) -> Option<Place> {
        peers.admit(address.parse().unwrap())
    }

    /// A first answer, and a time in which nobody asks for anything.
    async fn rest(place: &Place) {
        drop(place.activity.begin());
        tokio::time::advance(Duration::from_secs(5)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_has_so_many_connections_and_others_have_theirs() {
        let proxies = TrustedProxies::parse(["10.0.0.0/8"]).unwrap();
        let peers = Peers::new(2, proxies);
        let mut places = Vec::new();
        for (address, expected) in [
            ("203.0.113.7", true),
            ("::ffff:203.0.113.7", true),
            ("203.0.113.7", false),
            ("203.0.113.8", true),
            ("2001:db8::1", true),
            ("2001:db8::ffff:0:0:1", true),
            ("2001:db8::2", false),
            ("2001:db8:0:1::1", true),
            ("10.1.2.3", true),
            ("10.1.2.3", true),
            ("10.1.2.3", true),
        ] {
            let place = admit(&peers, address);
            assert_eq!(place.is_some(), expected, "{address}");
            places.extend(place);
        }
        places.remove(0);
        assert!(admit(&peers, "203.0.113.7").is_some());
        drop(places);
        assert!(peers.open().connections.is_empty() && peers.open().counts.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_waits_for_nothing_gives_way_to_one_of_the_same_peer() {
        let peers = Peers::new(2, TrustedProxies::default());
        let (first, second) = (admit(&peers, "203.0.113.7"), admit(&peers, "203.0.113.7"));
        let (first, second) = (first.unwrap(), second.unwrap());
        let stranger = admit(&peers, "203.0.113.8").unwrap();
        rest(&stranger).await;
        rest(&second).await;
        rest(&first).await;
        let at_work = first.activity.begin();
        let third = admit(&peers, "203.0.113.7");
        assert!(third.is_some());
        second.activity.is_over().await;
        // None is asked to end twice, and none at work.
        assert!(admit(&peers, "203.0.113.7").is_none());
        drop(at_work);
        // Nor one that has only just been answered.
        assert!(admit(&peers, "203.0.113.7").is_none());
        assert!(stranger.activity.idle_since().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn of_all_it_is_the_one_that_has_waited_longest() {
        let peers = Peers::new(0, TrustedProxies::default());
        let places: Vec<_> = (0..4).map(|_| admit(&peers, "203.0.113.7")).collect();
        let places: Vec<_> = places.into_iter().flatten().collect();
        assert_eq!(places.len(), 4);
        // Before its first request nobody waits for nothing.
        tokio::time::advance(Duration::from_secs(10)).await;
        assert!(!peers.close_longest_idle());
        for index in [2, 0, 1] {
            rest(&places[index]).await;
        }
        for index in [2, 0, 1] {
            assert!(peers.close_longest_idle());
            assert_eq!(places[index].activity.idle_since(), None, "{index}");
        }
        assert!(!peers.close_longest_idle());
    }
}
