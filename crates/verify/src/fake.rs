//! Allow lists for user names that nobody has, so that asking for a name does not tell whether somebody has it.
//!
//! Who starts a sign-in with a user name gets the list of that account's credentials. An empty list, or an error, for a name
//! without an account would let anyone try names; so such a name gets a list too, made of random-looking ids.
//! It is the same whenever that name is asked for, other than any other name's, and of the shape that real lists have.
//! [L3 §14.6.2, "Username Enumeration"]
//!
//! What this cannot hide: that a list changes (real ones do, when a passkey is added), and how long the server takes,
//! unless the caller goes the same way for both; [`FakeAllowLists::allow_list`] always makes the fake list.
//! A sign-in without a user name has no list and nothing to hide, which is better where it is possible.
//!
//! [L3 §14.6.2, "Username Enumeration"]: https://www.w3.org/TR/webauthn-3/#sctn-username-enumeration

use core::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use passkeep_protocol::names::{AuthenticatorTransport, PublicKeyCredentialType};
use passkeep_protocol::options::PublicKeyCredentialDescriptorJson;
use sha2::Sha256;

use crate::user::UserName;

/// One kind of credential: how often it is met, and what its descriptor looks like.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Shape {
    /// How often, relative to the other shapes.
    pub weight: u32,
    /// The length of the credential id, 1 to 1023.
    pub id_bytes: u16,
    /// The transports, as clients report them.
    pub transports: Vec<AuthenticatorTransport>,
}

/// What the real lists look like. Measure your own where you can: fakes hide among real lists only if they are alike.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Shapes {
    /// The kinds of credential.
    pub credentials: Vec<Shape>,
    /// How often a list has one credential, two and three, relative to each other.
    pub lengths: [u32; 3],
}

impl Default for Shapes {
    /// What a site for the public meets: mostly synced passkeys of phones, one to an account.
    fn default() -> Self {
        use AuthenticatorTransport::{Hybrid, Internal, Nfc, Usb};
        let shape = |weight, id_bytes, transports: &[AuthenticatorTransport]| Shape {
            weight,
            id_bytes,
            transports: transports.to_vec(),
        };
        Self {
            credentials: vec![
                // Apple Passwords.
                shape(34, 20, &[Hybrid, Internal]),
                // Google Password Manager, and most of the independent ones.
                shape(38, 16, &[Hybrid, Internal]),
                // Windows Hello, and Chrome's own store on a computer.
                shape(16, 32, &[Internal]),
                // Security keys.
                shape(8, 48, &[Nfc, Usb]),
                shape(4, 64, &[Usb]),
            ],
            lengths: [70, 22, 8],
        }
    }
}

/// Why lists cannot be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ShapesError {
    /// There is no shape, or none has a weight.
    NoWeight,
    /// An id has no bytes, or more than 1023.
    IdLength,
}

impl fmt::Display for ShapesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoWeight => "no shape has a weight",
            Self::IdLength => "a credential id has 1 to 1023 bytes",
        })
    }
}

impl core::error::Error for ShapesError {}

/// Makes allow lists for names that nobody has.
///
/// ```
/// use passkeep_verify::fake::FakeAllowLists;
/// use passkeep_verify::user::UserName;
///
/// let fakes = FakeAllowLists::new([7; 32]);
/// let nobody = UserName::parse("nobody").unwrap();
/// let list = fakes.allow_list(&nobody, Vec::new());
/// assert!((1..=3).contains(&list.len()));
/// assert_eq!(list, fakes.allow_list(&UserName::parse("Nobody").unwrap(), Vec::new()));
/// ```
#[derive(Clone)]
pub struct FakeAllowLists {
    key: [u8; 32],
    shapes: Shapes,
}

impl FakeAllowLists {
    /// Makes lists of the default shapes.
    ///
    /// The key is secret, random, used for nothing else, the same on every replica, and never changed: with another key
    /// every fake list changes, and no real one does.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self {
            key,
            shapes: Shapes::default(),
        }
    }

    /// Makes lists of other shapes.
    ///
    /// # Errors
    ///
    /// A [`ShapesError`].
    ///
    /// ```
    /// use passkeep_protocol::names::AuthenticatorTransport;
    /// use passkeep_verify::fake::{FakeAllowLists, Shape, Shapes};
    /// use passkeep_verify::user::UserName;
    ///
    /// // A company whose people all have one security key.
    /// let transports = vec![AuthenticatorTransport::Usb];
    /// let key = Shape { weight: 1, id_bytes: 48, transports };
    /// let shapes = Shapes { credentials: vec![key], lengths: [1, 0, 0] };
    /// let fakes = FakeAllowLists::with_shapes([7; 32], shapes).unwrap();
    /// let list = fakes.allow_list(&UserName::parse("nobody").unwrap(), Vec::new());
    /// assert_eq!(list.len(), 1);
    /// assert_eq!(list[0].id.as_slice().len(), 48);
    /// ```
    pub fn with_shapes(key: [u8; 32], shapes: Shapes) -> Result<Self, ShapesError> {
        let weights = shapes.credentials.iter().map(|shape| shape.weight);
        if total(weights) == 0 || total(shapes.lengths.iter().copied()) == 0 {
            return Err(ShapesError::NoWeight);
        }
        let mut lengths = shapes.credentials.iter().map(|shape| shape.id_bytes);
        if !lengths.all(|length| (1..=1023).contains(&length)) {
            return Err(ShapesError::IdLength);
        }
        Ok(Self { key, shapes })
    }

    /// The allow list to answer a name with: that of the account, if it has one, or else the name's fake list.
    ///
    /// Give an empty list for a name without an account, and for an account without credentials, which must look the same.
    /// A name with real credentials never gets fake ones.
    ///
    /// ```
    /// use passkeep_protocol::names::{AuthenticatorTransport, PublicKeyCredentialType};
    /// use passkeep_protocol::options::PublicKeyCredentialDescriptorJson;
    /// use passkeep_verify::fake::FakeAllowLists;
    /// use passkeep_verify::user::UserName;
    ///
    /// let fakes = FakeAllowLists::new([7; 32]);
    /// let real = vec![PublicKeyCredentialDescriptorJson {
    ///     ty: PublicKeyCredentialType::PublicKey,
    ///     id: vec![1; 16].into(),
    ///     transports: vec![AuthenticatorTransport::Internal],
    /// }];
    /// let ada = UserName::parse("ada").unwrap();
    /// assert_eq!(fakes.allow_list(&ada, real.clone()), real);
    /// assert_ne!(fakes.allow_list(&ada, Vec::new()), []);
    /// ```
    #[must_use]
    pub fn allow_list(
        &self,
        name: &UserName,
        real: Vec<PublicKeyCredentialDescriptorJson>,
    ) -> Vec<PublicKeyCredentialDescriptorJson> {
        // Made in any case, so that the time it takes says nothing.
        let fake = self.fake(name);
        if real.is_empty() { fake } else { real }
    }

    fn fake(&self, name: &UserName) -> Vec<PublicKeyCredentialDescriptorJson> {
        let mut stream = Stream::new(&self.key, name.key());
        let lengths = self.shapes.lengths.iter().copied();
        let count = 1 + pick(stream.number(), lengths);
        let shapes = &self.shapes.credentials;
        let descriptors = (0..count).filter_map(|_| {
            let weights = shapes.iter().map(|shape| shape.weight);
            let shape = shapes.get(pick(stream.number(), weights))?;
            Some(PublicKeyCredentialDescriptorJson {
                ty: PublicKeyCredentialType::PublicKey,
                id: stream.bytes(usize::from(shape.id_bytes)).into(),
                transports: shape.transports.clone(),
            })
        });
        descriptors.collect()
    }
}

impl fmt::Debug for FakeAllowLists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("FakeAllowLists");
        shown.field("shapes", &self.shapes).finish_non_exhaustive()
    }
}

fn total(weights: impl Iterator<Item = u32>) -> u64 {
    weights.map(u64::from).sum()
}

/// The index that a random number falls on. A 64-bit number over weights below 2^34 is as good as unbiased.
fn pick(number: u64, weights: impl Iterator<Item = u32> + Clone) -> usize {
    let mut rest = number.checked_rem(total(weights.clone())).unwrap_or(0);
    let before = weights.map(u64::from).take_while(|weight| {
        let is_before = rest >= *weight;
        rest = rest.saturating_sub(*weight);
        is_before
    });
    before.count()
}

/// A name's own random bytes: HMAC-SHA-256 over what they are for, the name's key and a counter.
struct Stream<'a> {
    key: &'a [u8; 32],
    name: &'a str,
    counter: u32,
}

impl<'a> Stream<'a> {
    fn new(key: &'a [u8; 32], name: &'a str) -> Self {
        Self {
            key,
            name,
            counter: 0,
        }
    }

    fn block(&mut self) -> [u8; 32] {
        // A key of the hash's own length is always accepted.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key) else {
            return [0; 32];
        };
        mac.update(b"passkeep fake allow list\0");
        mac.update(&self.counter.to_be_bytes());
        mac.update(self.name.as_bytes());
        self.counter += 1;
        mac.finalize().into_bytes().into()
    }

    fn number(&mut self) -> u64 {
        let block = self.block();
        u64::from_be_bytes(*block.first_chunk().unwrap_or(&[0; 8]))
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length + 31);
        while bytes.len() < length {
            bytes.extend_from_slice(&self.block());
        }
        bytes.truncate(length);
        bytes
    }
}
