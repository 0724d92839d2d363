//! Reading a struct from a JSON object and from nothing else.

use core::fmt;
use core::marker::PhantomData;
use std::borrow::Cow;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

/// Reads an object. The readers that serde derives for structs take an array of the members' values too, which is JSON of
/// another format.
pub(crate) fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_map(Object(PhantomData))
}

struct Object<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members))
    }
}

/// Reads a variant that has no members but its tag, and refuses any other. What serde derives for such a variant ignores
/// them, whatever the enumeration says of unknown members.
pub(crate) fn nothing_else<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}

    Nothing::deserialize(deserializer).map(|Nothing {}| ())
}

/// Text that is borrowed where it has no escapes: the name of a member, or its value.
#[derive(serde::Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

/// Reads a member's value. What stands twice is refused, because two readers could take two values for it.
pub(crate) fn once<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    name: &'static str,
    value: &mut Option<T>,
    members: &mut A,
) -> Result<(), A::Error> {
    if value.is_some() {
        return Err(A::Error::duplicate_field(name));
    }
    *value = Some(members.next_value()?);
    Ok(())
}

/// As `serde_json::from_str`, for an object.
pub(crate) fn from_str<'de, T: Deserialize<'de>>(json: &'de str) -> Result<T, serde_json::Error> {
    // A page reads few responses, and each reader is bytes that it downloads.
    #[cfg(not(target_arch = "wasm32"))]
    if let Some(read) = crate::plain_json::from_str(json) {
        return Ok(read);
    }
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let read = object(&mut deserializer)?;
    deserializer.end()?;
    Ok(read)
}
