//! CBOR, item by item, so that what breaks off is read until there.

use passkeep_protocol::cbor::{Decoder, Item, MapKeys};
use passkeep_protocol::{Malformed, Problem as Fault};

use super::Walk;
use super::shape::{Member, Shape};
use crate::node::{Node, Problem, Value};

/// The name of a leaf that covers what begins a map or an array: its key, if it has one, and its head.
pub(super) const HEAD: &str = "head";

/// Reads the items of one structure.
pub(super) struct Tree<'a, 'w> {
    decoder: Decoder<'a>,
    walk: &'w mut Walk,
    /// Whether something could not be read, so that nothing behind it can.
    stopped: bool,
}

impl<'a, 'w> Tree<'a, 'w> {
    pub(super) fn new(decoder: Decoder<'a>, walk: &'w mut Walk) -> Self {
        Self {
            decoder,
            walk,
            stopped: false,
        }
    }

    /// What comes after the items; `Err` with the same when nothing behind them can be read.
    pub(super) fn end(self) -> Result<Decoder<'a>, Decoder<'a>> {
        if self.stopped {
            Err(self.decoder)
        } else {
            Ok(self.decoder)
        }
    }

    /// Reads one item and all that is in it. It begins at `start`, where its key is, if it has one.
    pub(super) fn item(&mut self, member: Member, start: usize, depth: usize) -> Node {
        let mut node = Node::new(member.name, member.about);
        let ahead = self.decoder.clone();
        if !self.walk.count() {
            self.stop(&mut node, Walk::exhausted());
            return node.at(start, self.decoder.offset());
        }
        let shape = member.shape;
        match self.decoder.item() {
            Err(malformed) => self.stop(&mut node, malformed),
            Ok(Item::Unsigned(number)) => number_of(&mut node, i128::from(number), shape),
            Ok(Item::Negative(number)) => number_of(&mut node, -1 - i128::from(number), shape),
            Ok(Item::Bytes(bytes)) => shape.open(&mut node, bytes, self.walk),
            Ok(Item::Text(text)) => node.value = Value::text(text),
            Ok(Item::Bool(boolean)) => node.value = Value::Boolean { boolean },
            Ok(Item::Null) => node.value = Value::Null,
            Ok(Item::Array(length)) => {
                node.value = Value::Array { length };
                if let Some(depth) = self.enter(&mut node, &ahead, start, depth) {
                    self.items(&mut node, length, shape, depth);
                }
            }
            Ok(Item::Map(length)) => {
                node.value = Value::Map { length };
                // The reader of keys is made from the head once more: it is what checks their order.
                let keys = ahead.clone().map("a map");
                if let (Some(depth), Ok(keys)) = (self.enter(&mut node, &ahead, start, depth), keys)
                {
                    self.members(&mut node, keys, shape, depth);
                }
            }
        }
        node.at(start, self.decoder.offset())
    }

    /// The depth that is left inside a map or an array that is not empty.
    fn enter(
        &mut self,
        node: &mut Node,
        ahead: &Decoder<'a>,
        start: usize,
        depth: usize,
    ) -> Option<usize> {
        let depth = depth.checked_sub(1);
        if depth.is_none() {
            self.stop(node, ahead.error(Fault::TooDeep));
        } else if !matches!(
            node.value,
            Value::Map { length: 0 } | Value::Array { length: 0 }
        ) {
            let about = "what begins it, and says how long it is";
            let head = Node::new(HEAD, about).with(node.value.clone());
            node.children.push(head.at(start, self.decoder.offset()));
        }
        depth
    }

    fn items(&mut self, node: &mut Node, length: usize, shape: Shape, depth: usize) {
        for index in 0..length {
            let start = self.decoder.offset();
            let item = self.item(shape.item(index), start, depth);
            node.children.push(item);
            if self.stopped {
                return;
            }
        }
    }

    fn members(&mut self, node: &mut Node, mut keys: MapKeys<'a>, mut shape: Shape, depth: usize) {
        loop {
            let start = self.decoder.offset();
            let ahead = self.decoder.clone();
            let child = match keys.next(&mut self.decoder) {
                Ok(None) => return,
                Ok(Some(key)) => self.item(shape.member(&key), start, depth),
                Err(malformed) => self.misplaced(malformed, ahead, shape, depth),
            };
            shape = shape.after(&child);
            node.children.push(child);
            if self.stopped {
                return;
            }
        }
    }

    /// A member whose key is at fault. If only its place is, what follows can be read.
    fn misplaced(
        &mut self,
        malformed: Malformed,
        mut ahead: Decoder<'a>,
        shape: Shape,
        depth: usize,
    ) -> Node {
        let start = ahead.offset();
        let is_order = matches!(malformed.problem, Fault::DuplicateKey | Fault::NotCanonical);
        match ahead.item() {
            Ok(key) if is_order => {
                let mut child = self.item(shape.member(&key), start, depth);
                child.blame(malformed);
                child
            }
            _ => {
                let mut key = Node::new("key", "the key of a member");
                self.stop(&mut key, malformed);
                key.at(start, self.decoder.offset())
            }
        }
    }

    fn stop(&mut self, node: &mut Node, problem: impl Into<Problem>) {
        node.blame(problem);
        self.stopped = true;
    }
}

fn number_of(node: &mut Node, number: i128, shape: Shape) {
    node.value = Value::integer(number);
    if let Value::Number { number } = node.value {
        node.meaning = shape.meaning(number).map(str::to_owned);
    }
}
