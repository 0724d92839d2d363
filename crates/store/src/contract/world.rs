//! The people, authenticators and ceremonies that the contract is tried with.

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};
use passkeep_testkit::authenticator::{Config, Counter};
use passkeep_testkit::{Authenticator, Client, Draws};
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::ceremony::Fresh;
use passkeep_verify::origin::Origin;
use passkeep_verify::start::{AuthenticationRequest, NewCredentialUser, RegistrationRequest};
use passkeep_verify::user::{DisplayName, Label, UserName};
use passkeep_verify::{
    CeremonyId, Challenge, RelyingParty, RelyingPartyConfig, SpentCeremony, Timestamp, UserHandle,
    VerifiedAuthentication, VerifiedRegistration,
};

use crate::{
    Account, AccountId, AccountTarget, AppInstall, AuditEvent, AuditKind, Confirmation,
    FinishAuthentication, FinishRegistration, NewCredential, NewSession, Passkey, Purge,
    SessionLifetimes, SessionMethod, Store, TokenHash,
};

/// Half an hour without use, a day in all.
pub const LIFETIMES: SessionLifetimes = SessionLifetimes {
    idle: 1800,
    absolute: 86_400,
};

/// A relying party, a client, a clock, and random values that follow from a seed.
#[derive(Debug)]
pub struct World {
    /// What time it is.
    pub now: Timestamp,
    relying_party: RelyingParty,
    client: Client,
    draws: Draws,
}

/// Somebody who may have an account or not.
#[derive(Clone, Debug)]
pub struct Person {
    /// The id of the account to be.
    pub account: AccountId,
    /// Its user handle.
    pub user: UserHandle,
    /// Its user name.
    pub name: UserName,
    /// The person's device; it counts its signatures.
    pub authenticator: Authenticator,
}

/// Somebody who has an account.
#[derive(Clone, Debug)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// The account, as the store returned it.
    pub account: Account,
    /// The credential it began with.
    pub credential_id: Bytes,
    /// The session it began with.
    pub token: TokenHash,
}

/// A registration that the client has answered. Every proof made of it is the same, as of a replay; change a member,
/// and it is as if the same answer had been given in another ceremony or for another user.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The ceremony.
    pub ceremony: CeremonyId,
    /// Whom it is for.
    pub user: UserHandle,
    challenge: Challenge,
    response: RegistrationResponseJson,
    now: Timestamp,
}

/// An authentication that the client has answered. As [`Registration`] in all else.
#[derive(Clone, Debug)]
pub struct Authentication {
    /// The ceremony.
    pub ceremony: CeremonyId,
    challenge: Challenge,
    response: AuthenticationResponseJson,
    now: Timestamp,
}

impl World {
    /// A world at noon of some day.
    #[must_use]
    pub fn new(seed: &str) -> Self {
        let origin = Origin::parse("https://example.org").unwrap();
        let config = RelyingPartyConfig::new("example.org", "Example", vec![origin], AWS_LC_RS);
        Self {
            now: Timestamp(1_800_014_400_000),
            relying_party: RelyingParty::new(config).unwrap(),
            client: Client::new("https://example.org"),
            draws: Draws::new(seed.as_bytes(), "passkeep-store contract"),
        }
    }

    /// Lets time go by.
    pub fn pass_seconds(&mut self, seconds: u32) {
        self.now = self.now.plus_seconds(seconds);
    }

    /// Random bytes.
    #[must_use]
    pub fn random<const N: usize>(&mut self) -> [u8; N] {
        self.draws.array()
    }

    /// Somebody new, who would like to be called that.
    #[must_use]
    pub fn person(&mut self, name: &str) -> Person {
        let config = Config {
            counter: Counter::PerCredential,
            ..Config::default()
        };
        Person {
            account: AccountId(self.random()),
            user: UserHandle::new(self.random::<64>()).unwrap(),
            name: UserName::parse(name).unwrap(),
            authenticator: Authenticator::with_config(self.random::<16>(), config),
        }
    }

    /// Has a passkey made.
    #[must_use]
    pub fn create(&mut self, person: &mut Person) -> Registration {
        let fresh = self.fresh();
        let user = new_user(&person.user);
        let (options, _) = self
            .relying_party
            .start_registration(RegistrationRequest::new(user), fresh.clone());
        let response = self.client.create(&options, &mut person.authenticator);
        Registration {
            ceremony: fresh.id,
            user: person.user.clone(),
            challenge: fresh.challenge,
            response: response.unwrap(),
            now: fresh.now,
        }
    }

    /// The proof of a registration.
    #[must_use]
    pub fn registered(&self, registration: &Registration) -> VerifiedRegistration {
        let fresh = Fresh {
            id: registration.ceremony,
            challenge: registration.challenge.clone(),
            now: registration.now,
        };
        let user = new_user(&registration.user);
        let (_, pending) = self
            .relying_party
            .start_registration(RegistrationRequest::new(user), fresh);
        let response = &registration.response;
        let finished = self
            .relying_party
            .finish_registration(pending, response, registration.now);
        finished.unwrap()
    }

    /// The finish of a registration that creates the person's account.
    #[must_use]
    pub fn sign_up(&mut self, person: &Person, registration: &Registration) -> FinishRegistration {
        let account = AccountTarget::New {
            id: person.account,
            user_name: person.name.clone(),
            display_name: DisplayName::parse("Somebody").unwrap(),
        };
        self.finish(registration, account, AuditKind::AccountCreated)
    }

    /// The finish of a registration that adds a passkey to an account.
    #[must_use]
    pub fn add(&mut self, account: AccountId, registration: &Registration) -> FinishRegistration {
        let account = AccountTarget::Existing(account);
        self.finish(registration, account, AuditKind::PasskeyAdded)
    }

    fn finish(
        &mut self,
        registration: &Registration,
        account: AccountTarget,
        kind: AuditKind,
    ) -> FinishRegistration {
        let proof = self.registered(registration);
        let credential_id = proof.record().id.clone();
        FinishRegistration {
            proof,
            account,
            kind: NewCredential::Passkey,
            label: Label::parse("A passkey").unwrap(),
            grant: None,
            session: Some(self.session(SessionMethod::Registration)),
            id_is_reserved: false,
            max_passkeys: 10,
            now: self.now,
            event: self.event(kind, Some(credential_id)),
        }
    }

    /// Gives somebody of that name an account.
    pub async fn member(&mut self, store: &dyn Store, name: &str) -> Member {
        let mut person = self.person(name);
        let registration = self.create(&mut person);
        let finish = self.sign_up(&person, &registration);
        let token = finish.session.as_ref().unwrap().token;
        let credential_id = finish.proof.record().id.clone();
        Member {
            account: store.finish_registration(finish).await.unwrap(),
            person,
            credential_id,
            token,
        }
    }

    /// Gives a member another passkey, and returns its credential id.
    pub async fn another_passkey(&mut self, store: &dyn Store, member: &mut Member) -> Bytes {
        let registration = self.create(&mut member.person);
        let mut finish = self.add(member.account.id, &registration);
        finish.session = None;
        let credential_id = finish.proof.record().id.clone();
        store.finish_registration(finish).await.unwrap();
        credential_id
    }

    /// Another device of the person.
    #[must_use]
    pub fn device(&mut self, person: &Person) -> Person {
        Person {
            user: person.user.clone(),
            account: person.account,
            ..self.person(person.name.as_str())
        }
    }

    /// The finish of a registration that makes a restore key of the install that has that session.
    #[must_use]
    pub fn restore(
        &mut self,
        device: &mut Person,
        install: &AppInstall,
        session: TokenHash,
    ) -> FinishRegistration {
        let registration = self.create(device);
        let account = AccountTarget::Existing(device.account);
        FinishRegistration {
            kind: NewCredential::Restore {
                install: install.clone(),
                session,
            },
            session: None,
            ..self.finish(&registration, account, AuditKind::RestoreKeyAdded)
        }
    }

    /// Makes a restore key of the install of that name, which has that session, and returns its credential id.
    pub async fn restore_key(
        &mut self,
        store: &dyn Store,
        member: &Member,
        name: &str,
        session: TokenHash,
    ) -> Bytes {
        let mut device = self.device(&member.person);
        let finish = self.restore(&mut device, &install(name), session);
        let credential_id = finish.proof.record().id.clone();
        store.finish_registration(finish).await.unwrap();
        credential_id
    }

    /// Signs a member in once more, and returns the session.
    pub async fn another_session(&mut self, store: &dyn Store, member: &mut Member) -> TokenHash {
        let authentication = self.get(&mut member.person);
        let finish = self.sign_in(store, &authentication).await;
        let token = finish.session.as_ref().unwrap().token;
        store.finish_authentication(finish).await.unwrap();
        token
    }

    /// A confirmation of which it does not matter who gave it.
    #[must_use]
    pub fn confirmation(&mut self) -> Confirmation {
        Confirmation {
            spent: SpentCeremony {
                id: CeremonyId(self.random()),
                expires_at: self.now.plus_seconds(300),
            },
            credential_id: None,
            session: None,
        }
    }

    /// A confirmation by a passkey in a session.
    #[must_use]
    pub fn confirmed(&mut self, credential_id: &Bytes, session: TokenHash) -> Confirmation {
        Confirmation {
            credential_id: Some(credential_id.clone()),
            session: Some(session),
            ..self.confirmation()
        }
    }

    /// Signs a member in with a restore key, and returns the session.
    pub async fn restored_session(
        &mut self,
        store: &dyn Store,
        device: &mut Person,
        install: AppInstall,
    ) -> TokenHash {
        let authentication = self.get(device);
        let mut finish = self.sign_in(store, &authentication).await;
        let session = NewSession {
            install: Some(install),
            ..self.session(SessionMethod::Restore)
        };
        let token = session.token;
        finish.session = Some(session);
        store.finish_authentication(finish).await.unwrap();
        token
    }

    /// Gives an account an enrolment link for ten minutes, and returns it.
    pub async fn link(&mut self, store: &dyn Store, account: AccountId) -> TokenHash {
        let (link, expires_at) = (TokenHash(self.random()), self.now.plus_seconds(600));
        let event = self.event(AuditKind::EnrolmentLinkMade, None);
        let made = store.add_enrolment_link(account, link, expires_at, None, event);
        made.await.unwrap();
        link
    }

    /// Hashes of tokens or codes.
    #[must_use]
    pub fn hashes(&mut self, count: usize) -> Vec<TokenHash> {
        (0..count).map(|_| TokenHash(self.random())).collect()
    }

    /// Has the newest passkey of the person sign.
    #[must_use]
    pub fn get(&mut self, person: &mut Person) -> Authentication {
        let fresh = self.fresh();
        let (options, _) = self
            .relying_party
            .start_authentication(AuthenticationRequest::anyone(), fresh.clone());
        let response = self.client.get(&options, &mut person.authenticator);
        Authentication {
            ceremony: fresh.id,
            challenge: fresh.challenge,
            response: response.unwrap(),
            now: fresh.now,
        }
    }

    /// The proof of an authentication, judged by what the store has of the credential.
    pub async fn authenticated(
        &self,
        store: &dyn Store,
        authentication: &Authentication,
    ) -> VerifiedAuthentication {
        let response = &authentication.response;
        let candidate = store.authentication_candidate(&response.raw_id).await;
        let candidate = candidate.unwrap().unwrap();
        let fresh = Fresh {
            id: authentication.ceremony,
            challenge: authentication.challenge.clone(),
            now: authentication.now,
        };
        let (_, pending) = self
            .relying_party
            .start_authentication(AuthenticationRequest::anyone(), fresh);
        let candidate = candidate.as_candidate();
        let finished = self.relying_party.finish_authentication(
            pending,
            response,
            candidate,
            authentication.now,
        );
        finished.unwrap()
    }

    /// The finish of an authentication.
    pub async fn sign_in(
        &mut self,
        store: &dyn Store,
        authentication: &Authentication,
    ) -> FinishAuthentication {
        let proof = self.authenticated(store, authentication).await;
        let credential_id = proof.credential_id().clone();
        FinishAuthentication {
            proof,
            session: Some(self.session(SessionMethod::Passkey)),
            device: "Firefox on Linux".to_owned(),
            now: self.now,
            event: self.event(AuditKind::SignedIn, Some(credential_id)),
        }
    }

    /// An event of now, which leaves it to the store to fill in whose it is.
    #[must_use]
    pub fn event(&mut self, kind: AuditKind, credential_id: Option<Bytes>) -> AuditEvent {
        AuditEvent {
            id: self.random(),
            at: self.now,
            kind,
            account: None,
            credential_id,
            device: Some("Firefox on Linux".to_owned()),
        }
    }

    /// A purge of now that leaves keys and events alone.
    #[must_use]
    pub fn purge(&self, limit: u32) -> Purge {
        Purge {
            now: self.now,
            lifetimes: LIFETIMES,
            keys_before: Timestamp(0),
            events_before: Timestamp(0),
            limit,
        }
    }

    /// A session to open.
    #[must_use]
    pub fn session(&mut self, method: SessionMethod) -> NewSession {
        NewSession {
            token: TokenHash(self.random()),
            method,
            device: "Firefox on Linux".to_owned(),
            install: None,
            replaces: None,
        }
    }

    fn fresh(&mut self) -> Fresh {
        Fresh {
            id: CeremonyId(self.random()),
            challenge: Challenge::from(self.random()),
            now: self.now,
        }
    }
}

fn new_user(handle: &UserHandle) -> NewCredentialUser {
    NewCredentialUser {
        handle: handle.clone(),
        name: "somebody".to_owned(),
        display_name: "Somebody".to_owned(),
    }
}

/// The kinds of an account's events, newest first.
pub async fn event_kinds(store: &dyn Store, account: AccountId) -> Vec<AuditKind> {
    let events = store.audit_events(account, None, 1000).await.unwrap();
    events.iter().map(|event| event.kind).collect()
}

/// An install of an app.
#[must_use]
pub fn install(name: &str) -> AppInstall {
    AppInstall {
        app_origin: "android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck".to_owned(),
        install: Bytes::new(name.as_bytes()),
    }
}

/// The account's passkeys, newest first.
pub async fn passkeys_of(store: &dyn Store, account: AccountId) -> Vec<Passkey> {
    store.credentials(account).await.unwrap().passkeys
}

/// Whether a credential is there.
pub async fn is_registered(store: &dyn Store, credential_id: &Bytes) -> bool {
    let candidate = store.authentication_candidate(credential_id).await;
    candidate.unwrap().is_some()
}

/// Whether a session is open.
pub async fn is_open(store: &dyn Store, token: TokenHash, now: Timestamp) -> bool {
    let session = store.session(token, LIFETIMES, now).await;
    session.unwrap().is_some()
}
