//! The header Forwarded (RFC 7239, section 4, "HTTP Forwarded-For").

use core::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The node of each element of a line, from the client to the last proxy; an element without one has an empty node. `None`
/// if the line is not as the RFC has it.
pub(super) fn nodes(line: &str) -> Option<Vec<&str>> {
    let elements = split(line, ',')?.into_iter();
    elements.map(node).collect()
}

/// The address in a node: with or without a port, an IPv6 address with or without brackets.
pub(super) fn address(node: &str) -> Option<IpAddr> {
    let plain = node.parse::<IpAddr>().ok();
    let with_port = || Some(node.parse::<SocketAddr>().ok()?.ip());
    let in_brackets = || {
        let inner = node.strip_prefix('[')?.strip_suffix(']')?;
        Some(IpAddr::V6(inner.parse::<Ipv6Addr>().ok()?))
    };
    let address = plain.or_else(with_port).or_else(in_brackets)?;
    Some(address.to_canonical())
}

fn node(element: &str) -> Option<&str> {
    let mut node = None;
    for pair in split(element, ';')? {
        let (name, value) = pair.split_once('=')?;
        if !name.eq_ignore_ascii_case("for") {
            continue;
        }
        let unquoted = match value.strip_prefix('"') {
            Some(rest) => rest.strip_suffix('"')?,
            None => value,
        };
        if node.replace(unquoted).is_some() {
            return None;
        }
    }
    Some(node.unwrap_or_default())
}

/// The trimmed parts between separators outside of quotes; `None` if a quote is not closed.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let (mut rest, mut quoted, mut escaped) = (text, false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if character == separator && !quoted => {
                // Where the rest begins in the whole.
                let start = text.len() - rest.len();
                parts.push(text.get(start..at)?.trim());
                rest = text.get(at + character.len_utf8()..)?;
            }
            _ => {}
        }
    }
    parts.push(rest.trim());
    (!quoted).then_some(parts)
}
