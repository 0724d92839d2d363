//! The tree that a structure is decoded into.

use std::borrow::Cow;

use passkeep_protocol::Malformed;
use passkeep_protocol::bytes::encode_base64url;
use serde::Serialize;

/// One field: what it is, what it says, where it stands, and what is inside.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Node {
    /// Its name where it stands: a member of JSON, a key of CBOR, or the specification's name of a field.
    pub name: Cow<'static, str>,
    /// What it is, in words; empty where nothing is known of it.
    pub about: &'static str,
    /// What it says.
    pub value: Value,
    /// What that stands for, where the value alone does not say it, such as `ES256` for -7.
    pub meaning: Option<String>,
    /// Its first byte, and the one after its last, in the nearest node around it whose value is [`Value::Bytes`]. Absent
    /// where there is none, and for what was computed.
    ///
    /// The leaves inside such a node do not overlap. Those of authenticator data and of an attestation object cover all of
    /// its bytes.
    pub range: Option<(usize, usize)>,
    /// What is inside, in its order.
    pub children: Vec<Node>,
    /// What is wrong with it, if it could not be read, or not to its end.
    pub problem: Option<Problem>,
}

/// What a field says, by its type.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Value {
    /// Nothing that could be read.
    Unread,
    /// Text.
    Text {
        /// The text.
        text: String,
    },
    /// An integer that JavaScript's numbers can hold.
    Number {
        /// The number.
        number: i64,
    },
    /// Any other number.
    Digits {
        /// The number, in decimal digits.
        digits: String,
    },
    /// `true` or `false`.
    Boolean {
        /// Which.
        boolean: bool,
    },
    /// `null`.
    Null,
    /// Bytes. The ranges of what is inside count in them.
    Bytes {
        /// How many.
        length: usize,
        /// The bytes in hexadecimal digits.
        hex: String,
        /// The bytes in base64url.
        base64url: String,
    },
    /// A byte whose bits mean something each.
    Flags {
        /// The byte.
        byte: u8,
        /// Every bit, the lowest first.
        flags: Vec<Flag>,
    },
    /// The model of an authenticator.
    Aaguid {
        /// As people write it, in five groups.
        text: String,
    },
    /// A moment.
    Time {
        /// In RFC 3339.
        time: String,
        /// Since 1970.
        milliseconds: u64,
    },
    /// A map or an object; its members are inside.
    Map {
        /// How many members it says it has.
        length: usize,
    },
    /// An array; its items are inside.
    Array {
        /// How many items it says it has.
        length: usize,
    },
}

/// One bit.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Flag {
    /// Which: 0 is the lowest.
    pub bit: u8,
    /// Its short name.
    pub name: &'static str,
    /// What it says if it is set.
    pub about: &'static str,
    /// Whether it is.
    pub set: bool,
}

/// What is wrong with a field.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Problem {
    /// At which byte: of the same bytes that the field's range counts in, or of the field's own where it is bytes. Of the
    /// text, for a field of JSON. Absent where it is a matter of the whole field.
    pub offset: Option<usize>,
    /// What is wrong, readable alone.
    pub message: String,
}

impl Node {
    /// A field without a value yet.
    pub(crate) fn new(name: impl Into<Cow<'static, str>>, about: &'static str) -> Self {
        Self {
            name: name.into(),
            about,
            value: Value::Unread,
            meaning: None,
            range: None,
            children: Vec::new(),
            problem: None,
        }
    }

    pub(crate) fn with(mut self, value: Value) -> Self {
        self.value = value;
        self
    }

    pub(crate) fn meaning(mut self, meaning: Option<impl Into<String>>) -> Self {
        self.meaning = meaning.map(Into::into);
        self
    }

    pub(crate) fn at(mut self, start: usize, end: usize) -> Self {
        self.range = Some((start, end));
        self
    }

    /// As [`at`](Self::at), for what was borrowed from the bytes around it.
    pub(crate) fn within(mut self, outer: &[u8], inner: &[u8]) -> Self {
        let start = inner.as_ptr().addr().checked_sub(outer.as_ptr().addr());
        let range = start.map(|start| (start, start + inner.len()));
        self.range = range.filter(|(_, end)| *end <= outer.len());
        self
    }

    /// Notes what is wrong, unless something is noted already: the first fault explains those that follow from it.
    pub(crate) fn blame(&mut self, problem: impl Into<Problem>) {
        self.problem.get_or_insert_with(|| problem.into());
    }

    /// The field inside with that name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }
}

impl Value {
    /// The text, if it is text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text { text } => Some(text),
            _ => None,
        }
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    pub(crate) fn bytes(bytes: &[u8]) -> Self {
        const DIGITS: [char; 16] = [
            '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
        ];
        let digit = |number: u8| DIGITS.get(usize::from(number)).copied().unwrap_or_default();
        Self::Bytes {
            length: bytes.len(),
            hex: bytes
                .iter()
                .flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)])
                .collect(),
            base64url: encode_base64url(bytes),
        }
    }

    /// An integer of any size that CBOR and JSON have.
    pub(crate) fn integer(number: i128) -> Self {
        const MAX_SAFE: i64 = (1 << 53) - 1;
        match i64::try_from(number) {
            Ok(number) if (-MAX_SAFE..=MAX_SAFE).contains(&number) => Self::Number { number },
            _ => Self::Digits {
                digits: number.to_string(),
            },
        }
    }
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            offset: None,
            message: message.into(),
        }
    }
}

impl From<Malformed> for Problem {
    fn from(malformed: Malformed) -> Self {
        Self {
            offset: Some(malformed.offset),
            message: malformed.to_string(),
        }
    }
}
