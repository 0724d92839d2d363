//! What every request works with.

use core::ops::Deref;
use std::sync::Arc;

use axum::http::HeaderMap;
use passkeep_protocol::api::PasswordMode;
use passkeep_protocol::bytes::Bytes;
use passkeep_store::{AccountId, AuditEvent, AuditKind, SessionLifetimes, Store};
use passkeep_verify::ceremony::Fresh;
use passkeep_verify::{CeremonyId, Challenge, RelyingParty};

use crate::ambient::{Clock, Outside, Random, RandomError, id_of, public_array, random_array};
use crate::client_address::TrustedProxies;
use crate::cookies::CookieStyle;
use crate::decoys::Decoys;
use crate::device::device;
use crate::host::Host;
use crate::keyring::{Keyring, KeyringError};
use crate::limits::{Limits, RateLimits};
use crate::metrics::{MeasuredStore, Metrics};
use crate::password::Passwords;
use crate::readiness::Readiness;
use crate::routes::authentication::AnyoneStarted;
use crate::seal::NONCE_BYTES;
use crate::well_known::Apps;

/// What may be decided about a server; the defaults suit a public site.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// How long sessions stay open: seven days without use and thirty days in all, by default.
    pub sessions: SessionLifetimes,
    /// The most passkeys an account may have; 50 by default, because every one of them is in each exclude list. As many
    /// restore keys may it have.
    pub max_passkeys: u32,
    /// Whether a restore key may be made and used without the UP flag; it may by default, because nobody is asked when a
    /// phone is set up from a backup. It concerns restore keys only: a passkey always needs a person.
    pub restore_without_presence: bool,
    /// How long audit events are kept, in seconds: 400 days by default.
    pub keep_events: u32,
    /// What passwords are good for: nothing, by default. An application that keeps the users keeps their passwords too.
    pub passwords: PasswordMode,
    /// How often one address and one account may try.
    pub rate_limits: RateLimits,
}

impl Default for Settings {
    fn default() -> Self {
        const DAY: u32 = 24 * 60 * 60;
        Self {
            sessions: SessionLifetimes {
                idle: 7 * DAY,
                absolute: 30 * DAY,
            },
            max_passkeys: 50,
            restore_without_presence: true,
            keep_events: 400 * DAY,
            passwords: PasswordMode::Off,
            rate_limits: RateLimits::default(),
        }
    }
}

/// A server, set up. Clones share it, and cost next to nothing: axum makes several for each request.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// What is in it.
#[derive(Clone)]
pub struct Shared {
    pub(crate) rp: Arc<RelyingParty>,
    pub(crate) anyone_started: Option<Arc<AnyoneStarted>>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) settings: Settings,
    pub(crate) cookies: CookieStyle,
    pub(crate) keys: Arc<Keyring>,
    pub(crate) apps: Arc<Apps>,
    pub(crate) decoys: Decoys,
    pub(crate) host: Option<Arc<dyn Host>>,
    pub(crate) change_password: Option<Arc<str>>,
    pub(crate) hasher: Arc<Passwords>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) proxies: Arc<TrustedProxies>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) readiness: Readiness,
}

impl AppState {
    /// Sets a server up and loads its keys, making the first where there are none.
    ///
    /// # Errors
    ///
    /// A [`KeyringError`] when the store cannot be reached or no key can be made.
    pub async fn new(
        rp: RelyingParty,
        store: Arc<dyn Store>,
        Outside { clock, random }: Outside,
        settings: Settings,
    ) -> Result<Self, KeyringError> {
        let metrics = Arc::new(Metrics::new());
        let store = Arc::new(MeasuredStore::new(store, Arc::clone(&metrics)));
        let lists = store.secret("fake allow lists", random_array(&*random)?);
        let lists = lists.await?;
        let ids = store.secret("ids in fake allow lists", random_array(&*random)?);
        let state = Self(Arc::new(Shared {
            decoys: Decoys::new(lists, ids.await?),
            limits: Arc::new(Limits::new(settings.rate_limits, Arc::clone(&clock))),
            cookies: CookieStyle::for_origins(rp.origins()),
            anyone_started: AnyoneStarted::new(&rp).map(Arc::new),
            rp: Arc::new(rp),
            store,
            clock,
            random,
            settings,
            keys: Arc::default(),
            apps: Arc::default(),
            host: None,
            change_password: None,
            proxies: Arc::default(),
            hasher: Arc::new(Passwords::new(Arc::clone(&metrics))),
            metrics,
            readiness: Readiness::default(),
        }));
        state.refresh_keys().await?;
        Ok(state)
    }

    /// The same server for these apps too. Their ceremonies are accepted if the relying party's origins have theirs
    /// ([`AndroidApp::origins`](crate::AndroidApp::origins)).
    #[must_use]
    pub fn with_apps(mut self, apps: Apps) -> Self {
        self.parts().apps = Arc::new(apps);
        self
    }

    /// The same server for a site that has passwords besides, and changes them at this address or path: that is where
    /// `/.well-known/change-password` leads. Source: W3C, "A Well-Known URL for Changing Passwords".
    #[must_use]
    pub fn with_change_password(mut self, page: &str) -> Self {
        self.parts().change_password = Some(page.into());
        self
    }

    /// The same server, mounted in an application that has users and sessions of its own.
    #[must_use]
    pub fn with_host(mut self, host: impl Host) -> Self {
        self.parts().host = Some(Arc::new(host));
        self
    }

    /// The same server behind these proxies.
    #[must_use]
    pub fn with_trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.parts().proxies = Arc::new(proxies);
        self
    }

    /// What is in it, to be changed while it is set up.
    fn parts(&mut self) -> &mut Shared {
        Arc::make_mut(&mut self.0)
    }

    /// What passwords are good for here.
    pub(crate) fn passwords(&self) -> PasswordMode {
        match self.host {
            None => self.settings.passwords,
            Some(_) => PasswordMode::Off,
        }
    }

    /// What a new ceremony needs, and a nonce to seal it with.
    pub(crate) fn fresh(&self) -> Result<(Fresh, [u8; NONCE_BYTES]), RandomError> {
        let (now, random) = (self.clock.now(), &*self.random);
        let fresh = Fresh {
            id: CeremonyId(id_of(now, public_array(random)?)),
            challenge: Challenge::from(public_array::<32>(random)?),
            now,
        };
        Ok((fresh, public_array(random)?))
    }

    /// A line for the audit trail, now.
    pub(crate) fn audit(
        &self,
        kind: AuditKind,
        account: Option<AccountId>,
        credential_id: Option<&Bytes>,
        headers: &HeaderMap,
    ) -> Result<AuditEvent, RandomError> {
        let at = self.clock.now();
        Ok(AuditEvent {
            id: id_of(at, public_array(&*self.random)?),
            at,
            kind,
            account,
            credential_id: credential_id.cloned(),
            device: Some(device(headers)).filter(|device| !device.is_empty()),
        })
    }

    pub(crate) async fn refresh_keys(&self) -> Result<(), KeyringError> {
        let now = self.clock.now();
        self.keys.refresh(&*self.store, &*self.random, now).await
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
