//! Who is told when something happens that matters to an account's safety: a webhook, for instance.
//!
//! A store is wrapped, so that whatever was recorded is told, whichever route or command did it, and nothing else is.

use core::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::store_methods::*;
use passkeep_protocol::bytes::encode_base64url;
use passkeep_store::AuditKind;

/// Is told of security events.
pub trait Notifier: Send + Sync + 'static {
    /// Takes an event that has been recorded. A request waits for it, so it hands the event on and returns.
    fn notify(&self, event: SecurityEvent);
}

/// Something that the owner of an account should hear of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SecurityEvent {
    /// The audit event's id. It is the same whenever the event is told again.
    pub id: [u8; 16],
    /// What happened.
    pub kind: AuditKind,
    /// When.
    pub at: Timestamp,
    /// To which account, as it was before if it is deleted. It is missing if the store could not say.
    pub account: Option<Account>,
    /// The credential it was about.
    pub credential: Option<Bytes>,
    /// From which device, in a few coarse words.
    pub device: Option<String>,
}

impl SecurityEvent {
    /// Whether somebody is told of such events: of changes to who can sign in, and not of what people do every day.
    #[must_use]
    pub fn is_told(kind: AuditKind) -> bool {
        use AuditKind as Kind;
        matches!(
            kind,
            Kind::AccountCreated
                | Kind::AccountCreatedWithPassword
                | Kind::PasswordDropped
                | Kind::AccountLocked
                | Kind::AccountDeleted
                | Kind::PasskeyAdded
                | Kind::PasskeyUpgraded
                | Kind::PasskeyRecovered
                | Kind::PasskeyEnrolled
                | Kind::PasskeyDeleted
                | Kind::RestoreKeyAdded
                | Kind::RestoreKeyDeleted
                | Kind::RecoveryCodesMade
                | Kind::EnrolmentLinkMade
                | Kind::SessionRevoked
                | Kind::SessionsRevoked
        )
    }

    /// The event as the [Standard Webhooks](https://www.standardwebhooks.com) specification has it: `type` is the kind as the
    /// audit trail names it, `timestamp` when it happened, and `data` the rest. Nothing in it is a secret.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut data = Map::new();
        let mut set = |member: &str, value: Option<Value>| {
            if let Some(value) = value {
                data.insert(member.to_owned(), value);
            }
        };
        let account = self.account.as_ref();
        let handle = account.map(|account| encode_base64url(account.user.as_slice()));
        set("userId", handle.map(Value::from));
        set("userName", account.map(|it| it.user_name.clone().into()));
        let name = account.map(|account| account.display_name.clone());
        set("displayName", name.map(Value::from));
        let credential = self.credential.as_ref();
        set("credential", credential.map(|id| id.to_base64url().into()));
        let device = self.device.as_ref().filter(|device| !device.is_empty());
        set("device", device.map(|device| device.clone().into()));
        json!({ "type": self.kind.as_str(), "timestamp": rfc3339(self.at), "data": data })
    }
}

fn rfc3339(at: Timestamp) -> String {
    let seconds = i64::try_from(at.0 / 1000).unwrap_or_default();
    let time = OffsetDateTime::from_unix_timestamp(seconds);
    // Nothing happens after the year 9999.
    let time = time.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let ((year, month, day), (hour, minute, second)) = (time.to_calendar_date(), time.to_hms());
    let (month, milliseconds) = (u8::from(month), at.0 % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z")
}

/// A store that tells a [`Notifier`] what it has recorded.
pub struct NotifyingStore {
    store: Arc<dyn Store>,
    notifier: Arc<dyn Notifier>,
}

impl NotifyingStore {
    /// The same store, with somebody who is told.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, notifier: impl Notifier) -> Self {
        Self {
            store,
            notifier: Arc::new(notifier),
        }
    }

    /// What is to be told if it happens. The account is looked up before, because it may be gone afterwards; if that fails,
    /// the event is told without it.
    async fn prepare(&self, event: &AuditEvent) -> Option<SecurityEvent> {
        if !SecurityEvent::is_told(event.kind) {
            return None;
        }
        let account = match event.account {
            Some(id) => self.store.account(id).await.ok().flatten(),
            None => None,
        };
        Some(SecurityEvent {
            id: event.id,
            kind: event.kind,
            at: event.at,
            account,
            credential: event.credential_id.clone(),
            device: event.device.clone(),
        })
    }

    fn tell<T: Happened, E>(&self, event: Option<SecurityEvent>, answer: &Result<T, E>) {
        let (Some(mut event), Ok(answer)) = (event, answer) else {
            return;
        };
        if answer.happened(&event) {
            if let Some(account) = answer.account() {
                event.account = Some(account.clone());
            }
            self.notifier.notify(event);
        }
    }
}

impl fmt::Debug for NotifyingStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotifyingStore").finish_non_exhaustive()
    }
}

macro_rules! told {
    ($($method:ident($($argument:ident: $ty:ty),*) -> $answer:ty $(=> $event:expr)?;)+) => {
        #[async_trait::async_trait]
        impl Store for NotifyingStore {
            fn connections(&self) -> Option<ConnectionsInUse> {
                self.store.connections()
            }

            $(async fn $method(&self, $($argument: $ty),*) -> $answer {
                told!(@call self, $method($($argument),*) $(=> $event)?)
            })+
        }
    };
    (@call $self:ident, $method:ident($($argument:ident),*)) => {
        $self.store.$method($($argument),*).await
    };
    (@call $self:ident, $method:ident($($argument:ident),*) => $event:expr) => {{
        let event = $self.prepare($event).await;
        let answer = $self.store.$method($($argument),*).await;
        $self.tell(event, &answer);
        answer
    }};
}

store_methods!(told);

/// What a method of the store answers when it has changed something, or found nothing to change.
trait Happened {
    fn happened(&self, _: &SecurityEvent) -> bool {
        true
    }

    fn account(&self) -> Option<&Account> {
        None
    }
}

impl Happened for () {}

impl Happened for Authenticated {}

/// How many it left: it happened even if that is none.
impl Happened for u32 {}

impl Happened for Revoked {
    fn happened(&self, _: &SecurityEvent) -> bool {
        !self.is_nothing()
    }
}

impl Happened for bool {
    fn happened(&self, _: &SecurityEvent) -> bool {
        *self
    }
}

impl Happened for Account {
    fn account(&self) -> Option<&Account> {
        Some(self)
    }
}

impl Happened for Option<Account> {
    /// Locking what is locked changes nothing, and then the time is an earlier one.
    fn happened(&self, event: &SecurityEvent) -> bool {
        let locked = self.as_ref().map(|account| account.locked_at);
        event.kind != AuditKind::AccountLocked || locked == Some(Some(event.at))
    }

    fn account(&self) -> Option<&Account> {
        self.as_ref()
    }
}

impl Happened for Option<Passkey> {
    fn happened(&self, _: &SecurityEvent) -> bool {
        self.is_some()
    }
}
