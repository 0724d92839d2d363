//! JSON, member by member, so that text which breaks off is read until there.

use core::fmt;

use serde::de::{DeserializeSeed, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Deserializer, Error};

use super::Walk;
use crate::node::{Node, Problem, Value};

/// Calls `each` with the name and the text of every member of an object, also of those before a fault.
pub(super) fn members<'a>(text: &'a str, each: impl FnMut(String, &'a str)) -> Result<(), Error> {
    let mut deserializer = Deserializer::from_str(text);
    Members(each).deserialize(&mut deserializer)?;
    deserializer.end()
}

struct Members<F>(F);

impl<'a, F: FnMut(String, &'a str)> DeserializeSeed<'a> for Members<F> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a, F: FnMut(String, &'a str)> Visitor<'a> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key()? {
            let value: &'a RawValue = members.next_value()?;
            (self.0)(name, value.get());
        }
        Ok(())
    }
}

/// The string that is the whole text.
pub(super) fn string(text: &str) -> Option<String> {
    serde_json::from_str(text).ok()
}

/// Any value with all that is in it.
pub(super) fn fill(node: &mut Node, text: &str, walk: &mut Walk) {
    match serde_json::from_str(text) {
        Ok(value) => fill_with(node, value, walk),
        Err(error) => node.blame(Problem::new(format!("it is not JSON: {error}"))),
    }
}

fn fill_with(node: &mut Node, value: serde_json::Value, walk: &mut Walk) {
    use serde_json::Value as Json;

    let mut child = |node: &mut Node, name: String, value| {
        let counted = walk.count();
        if counted {
            let mut child = Node::new(name, "");
            fill_with(&mut child, value, walk);
            node.children.push(child);
        } else {
            node.blame(Walk::exhausted());
        }
        counted
    };
    node.value = match value {
        Json::Null => Value::Null,
        Json::Bool(boolean) => Value::Boolean { boolean },
        Json::Number(number) => match number.as_i128() {
            Some(number) => Value::integer(number),
            None => Value::Digits {
                digits: number.to_string(),
            },
        },
        Json::String(text) => Value::Text { text },
        Json::Array(items) => {
            let length = items.len();
            for (index, item) in items.into_iter().enumerate() {
                if !child(node, index.to_string(), item) {
                    break;
                }
            }
            Value::Array { length }
        }
        Json::Object(members) => {
            let length = members.len();
            for (name, value) in members {
                if !child(node, name, value) {
                    break;
                }
            }
            Value::Map { length }
        }
    };
}
