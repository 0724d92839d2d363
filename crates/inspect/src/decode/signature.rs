//! Signatures. Only those of ECDSA have something inside. Source: L3 §6.5.5.

use passkeep_protocol::Structure;
use passkeep_protocol::reader::Reader;

use crate::node::{Node, Value};

/// The two numbers of an ECDSA signature, if it is one: other signatures are bytes without a structure.
pub(super) fn read(node: &mut Node, bytes: &[u8]) {
    let Some([r, s]) = numbers(bytes) else { return };
    node.meaning = Some("ECDSA".to_owned());
    for (name, number) in [("r", r), ("s", s)] {
        let field = Node::new(name, "one of the two numbers of an ECDSA signature");
        let field = field.with(Value::bytes(number));
        node.children.push(field.within(bytes, number));
    }
}

/// The contents of two INTEGERs in a SEQUENCE. A signature on P-521 needs the long form of the outer length.
fn numbers(bytes: &[u8]) -> Option<[&[u8]; 2]> {
    // The reader's errors, which would name it, are not shown: another signature is no fault.
    let mut reader = Reader::new(Structure::AttestationStatement, bytes);
    let byte = |reader: &mut Reader<'_>| reader.take_u8().ok();
    if byte(&mut reader)? != 0x30 {
        return None;
    }
    let length = match byte(&mut reader)? {
        0x81 => byte(&mut reader)?,
        length => length,
    };
    if usize::from(length) != bytes.len() - reader.offset() {
        return None;
    }
    let mut number = || {
        let tag = byte(&mut reader)?;
        let length = byte(&mut reader)?;
        let content = reader.take(usize::from(length)).ok()?;
        (tag == 0x02).then_some(content)
    };
    let numbers = [number()?, number()?];
    reader.finish().is_ok().then_some(numbers)
}
