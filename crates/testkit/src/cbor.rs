//! A small writer of canonical CBOR, and of the ways it can be wrong.
//!
//! [`Value::encode`] writes the CTAP2 canonical form: shortest lengths, sorted keys. What is not canonical has to be
//! asked for, with [`Value::MapInOrder`] or [`Value::Encoded`].

/// A value to be written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// An integer.
    Integer(i64),
    /// A byte string.
    Bytes(Vec<u8>),
    /// A text string.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// An array.
    Array(Vec<Value>),
    /// A map; its pairs are written sorted.
    Map(Vec<(Value, Value)>),
    /// A map with its pairs written in this order, canonical or not.
    MapInOrder(Vec<(Value, Value)>),
    /// Bytes written as they are: a value encoded elsewhere, or not CBOR at all.
    Encoded(Vec<u8>),
}

impl Value {
    /// A map of these pairs.
    ///
    /// ```
    /// use passkeep_testkit::cbor::Value;
    ///
    /// let map = Value::map([("fmt", Value::from("none")), ("a", Value::from(1))]);
    /// assert_eq!(map.encode(), b"\xa2\x61a\x01\x63fmt\x64none");
    /// ```
    #[must_use]
    pub fn map<K: Into<Self>>(pairs: impl IntoIterator<Item = (K, Self)>) -> Self {
        let pairs = pairs.into_iter();
        Self::Map(pairs.map(|(key, value)| (key.into(), value)).collect())
    }

    /// Sets a member of a map, in the place of one with the same key or at the end. Does nothing to other values.
    pub fn set(&mut self, key: impl Into<Self>, value: impl Into<Self>) {
        let (key, value) = (key.into(), value.into());
        let (Self::Map(pairs) | Self::MapInOrder(pairs)) = self else {
            return;
        };
        match pairs.iter_mut().find(|(name, _)| *name == key) {
            Some((_, old)) => *old = value,
            None => pairs.push((key, value)),
        }
    }

    /// Takes a member out of a map.
    pub fn remove(&mut self, key: impl Into<Self>) -> Option<Self> {
        let (Self::Map(pairs) | Self::MapInOrder(pairs)) = self else {
            return None;
        };
        let key = key.into();
        let index = pairs.iter().position(|(name, _)| *name == key)?;
        Some(pairs.remove(index).1)
    }

    /// The value of a map's member.
    #[must_use]
    pub fn get(&self, key: impl Into<Self>) -> Option<&Self> {
        let (Self::Map(pairs) | Self::MapInOrder(pairs)) = self else {
            return None;
        };
        let key = key.into();
        let found = pairs.iter().find(|(name, _)| *name == key);
        found.map(|(_, value)| value)
    }

    /// Writes the value.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            // The complement of a negative number `-1 - n` is `n`, which is what CBOR writes.
            Self::Integer(n @ ..0) => head(out, 1, !n as u64),
            Self::Integer(n) => head(out, 0, *n as u64),
            Self::Bytes(bytes) => {
                head(out, 2, bytes.len() as u64);
                out.extend_from_slice(bytes);
            }
            Self::Text(text) => {
                head(out, 3, text.len() as u64);
                out.extend_from_slice(text.as_bytes());
            }
            Self::Array(items) => {
                head(out, 4, items.len() as u64);
                for item in items {
                    item.write(out);
                }
            }
            Self::Map(pairs) => {
                let mut pairs: Vec<_> = pairs.iter().map(|(k, v)| (k.encode(), v)).collect();
                pairs.sort_by(|(a, _), (b, _)| canonical_order(a, b));
                head(out, 5, pairs.len() as u64);
                for (key, value) in pairs {
                    out.extend_from_slice(&key);
                    value.write(out);
                }
            }
            Self::MapInOrder(pairs) => {
                head(out, 5, pairs.len() as u64);
                for (key, value) in pairs {
                    key.write(out);
                    value.write(out);
                }
            }
            Self::Bool(value) => out.push(0xf4 | u8::from(*value)),
            Self::Null => out.push(0xf6),
            Self::Encoded(bytes) => out.extend_from_slice(bytes),
        }
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

/// The initial byte of an item of major type `major`, with its argument in the shortest form.
fn head(out: &mut Vec<u8>, major: u8, argument: u64) {
    let bytes = argument.to_be_bytes();
    let (info, width) = match argument {
        0..24 => (argument as u8, 0),
        24..0x100 => (24, 1),
        0x100..0x1_0000 => (25, 2),
        0x1_0000..0x1_0000_0000 => (26, 4),
        _ => (27, 8),
    };
    out.push(major << 5 | info);
    out.extend_from_slice(bytes.get(8 - width..).unwrap_or_default());
}

/// CTAP2's order of encoded keys: by major type, then by length, then byte by byte.
fn canonical_order(a: &[u8], b: &[u8]) -> core::cmp::Ordering {
    let rank = |key: &[u8]| (key.first().map(|initial| initial >> 5), key.len());
    rank(a).cmp(&rank(b)).then(a.cmp(b))
}

#[cfg(test)]
mod tests {
    use passkeep_protocol::cbor::Decoder;
    use passkeep_protocol::{Problem, Structure};

    use super::*;

    #[test]
    fn integers_take_their_shortest_form() {
        // RFC 8949, appendix A.
        let cases: [(i64, &[u8]); 9] = [
            (0, &[0x00]),
            (23, &[0x17]),
            (24, &[0x18, 0x18]),
            (1000, &[0x19, 0x03, 0xe8]),
            (1_000_000, &[0x1a, 0x00, 0x0f, 0x42, 0x40]),
            (
                1_000_000_000_000,
                &[0x1b, 0, 0, 0, 0xe8, 0xd4, 0xa5, 0x10, 0],
            ),
            (-1, &[0x20]),
            (-100, &[0x38, 0x63]),
            (-1000, &[0x39, 0x03, 0xe7]),
        ];
        for (integer, expected) in cases {
            assert_eq!(Value::from(integer).encode(), expected, "{integer}");
        }
    }

    #[test]
    fn what_is_written_is_what_the_strict_reader_takes() {
        let value = Value::Map(vec![
            (
                "longer".into(),
                Value::Array(vec![Value::Null, true.into()]),
            ),
            ("b".into(), Value::from(vec![7; 300])),
            (Value::Integer(-1), false.into()),
            (Value::Integer(256), Value::map([("x", Value::from(-257))])),
            (Value::Integer(3), "text".into()),
        ]);
        let encoded = value.encode();
        let mut decoder = Decoder::new(Structure::AttestationObject, &encoded);
        assert_eq!(decoder.any(), Ok(&encoded[..]));
        assert_eq!(decoder.finish(), Ok(()));
    }

    #[test]
    fn a_map_in_order_keeps_its_order() {
        let value = Value::MapInOrder(vec![("b".into(), 1.into()), ("a".into(), 1.into())]);
        let encoded = value.encode();
        assert_eq!(encoded, b"\xa2\x61b\x01\x61a\x01");
        let mut decoder = Decoder::new(Structure::AttestationObject, &encoded);
        assert_eq!(decoder.any().unwrap_err().problem, Problem::NotCanonical);
    }

    #[test]
    fn members_are_set_read_and_removed() {
        let mut map = Value::map([("alg", Value::from(-7))]);
        map.set("alg", -8);
        map.set("sig", vec![1]);
        assert_eq!(map.get("alg"), Some(&Value::Integer(-8)));
        assert_eq!(map.remove("sig"), Some(Value::Bytes(vec![1])));
        assert_eq!(map, Value::map([("alg", Value::from(-8))]));
    }
}
