//! The reader of CBOR, held against the writer of the test kit: the canonical form of a value is one, so whatever is read
//! is written as the same bytes.

use passkeep_protocol::Structure;
use passkeep_protocol::cbor::{Decoder, Item, MAX_MEMBERS};
use passkeep_testkit::cbor::Value;

use crate::property::{ends_where_it_says, read};

const STRUCTURE: Structure = Structure::AttestationObject;

pub(crate) fn cbor_item(input: &[u8]) {
    let mut decoder = Decoder::new(STRUCTURE, input);
    let Some(item) = read(decoder.any(), STRUCTURE, input.len()) else {
        return;
    };
    assert_eq!(item, &input[..decoder.offset()]);
    assert_eq!(decoder.finish().is_ok(), item.len() == input.len());
    assert_eq!(value(item).encode(), item);
    ends_where_it_says(item, |input| {
        let mut decoder = Decoder::new(STRUCTURE, input);
        decoder.any().is_ok() && decoder.finish().is_ok()
    });
}

/// The value that canonical bytes stand for.
pub(crate) fn value(item: &[u8]) -> Value {
    let mut decoder = Decoder::new(STRUCTURE, item);
    let value = next(&mut decoder, item);
    assert!(decoder.finish().is_ok());
    value
}

/// Reads a value that has been read as a whole before, so that nothing in it is refused.
fn next(decoder: &mut Decoder<'_>, input: &[u8]) -> Value {
    let start = decoder.offset();
    let item = decoder.item().unwrap();
    match item {
        Item::Bytes(bytes) => bytes.into(),
        Item::Text(text) => text.into(),
        Item::Bool(value) => value.into(),
        Item::Null => Value::Null,
        Item::Unsigned(_) | Item::Negative(_) => match item.as_i64() {
            Some(number) => number.into(),
            // The test kit has no larger ones.
            None => Value::Encoded(input[start..decoder.offset()].to_vec()),
        },
        Item::Array(length) => {
            assert!(length <= MAX_MEMBERS);
            Value::Array((0..length).map(|_| next(decoder, input)).collect())
        }
        Item::Map(length) => {
            assert!(length <= MAX_MEMBERS);
            let pairs = (0..length).map(|_| (next(decoder, input), next(decoder, input)));
            Value::Map(pairs.collect())
        }
    }
}
