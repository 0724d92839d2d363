//! Where a request comes from.

use core::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};

use crate::state::AppState;

/// The address of the client, if the server was told its peers' addresses.
pub(crate) fn client_address(_: &AppState, request: &Request) -> Option<IpAddr> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    // An IPv4 client of a socket for both is no IPv6 network of its own.
    Some(peer.0.ip().to_canonical())
}
