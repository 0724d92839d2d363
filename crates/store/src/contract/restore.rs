//! Promises about restore keys.

use futures_util::future::join;
use passkeep_protocol::bytes::Bytes;
use passkeep_verify::CeremonyId;
use passkeep_verify::user::Label;

use super::world::{LIFETIMES, Member, World, install, is_open, is_registered, passkeys_of};
use crate::{
    AccountId, AuditKind, CredentialKind, DeletePasskeyError, FinishRegistrationError, RestoreKey,
    SessionId, Store, TokenHash,
};

/// Listed newest first, apart from the passkeys.
pub async fn a_restore_key_replaces_that_of_its_install_and_no_other(store: &dyn Store) {
    let mut world = World::new("replaced key");
    let mut ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let other = world.another_session(store, &mut ada).await;
    let mut elsewhere = install("a");
    elsewhere.app_origin.push('x');
    let bobs = world.restore_key(store, &bob, "a", bob.token).await;
    let old = world.restore_key(store, &ada, "a", ada.token).await;
    let mut expected = Vec::new();
    for install in [install("b"), elsewhere, install("a")] {
        world.pass_seconds(1);
        let mut device = world.device(&ada.person);
        let finish = world.restore(&mut device, &install, other);
        let key = RestoreKey {
            id: finish.proof.record().id.clone(),
            install,
            label: "A passkey".to_owned(),
            created_at: world.now,
            last_used_at: None,
        };
        expected.insert(0, key);
        store.finish_registration(finish).await.unwrap();
    }
    let credentials = store.credentials(ada.account.id).await.unwrap();
    assert_eq!(credentials.restore_keys, expected);
    assert_eq!(credentials.passkeys.len(), 1);
    assert_eq!(credentials.ids().count(), 4);
    assert!(!is_registered(store, &old).await);
    assert!(is_registered(store, &bobs).await);
}

/// However a replay or another refusal comes, the one before stays.
pub async fn a_restore_key_that_is_refused_replaces_nothing(store: &dyn Store) {
    use FinishRegistrationError as Refusal;
    let mut world = World::new("refused key");
    let ada = world.member(store, "ada").await;
    let mut device = world.device(&ada.person);
    let mut registration = world.create(&mut device);
    let again = world.restore(&mut device, &install("a"), ada.token).kind;
    let mut finish = world.add(ada.account.id, &registration);
    finish.kind = again.clone();
    finish.session = None;
    let id = finish.proof.record().id.clone();
    store.finish_registration(finish).await.unwrap();

    let mut replay = world.add(ada.account.id, &registration);
    replay.kind = again.clone();
    let refused = store.finish_registration(replay).await.unwrap_err();
    assert!(matches!(refused, Refusal::CeremonySpent), "{refused:?}");
    let mut taken = world.create(&mut device);
    let passkey = world.add(ada.account.id, &taken);
    store.finish_registration(passkey).await.unwrap();
    taken.ceremony = CeremonyId(world.random());
    let mut registered = world.add(ada.account.id, &taken);
    registered.kind = again.clone();
    let refused = store.finish_registration(registered).await.unwrap_err();
    assert!(
        matches!(refused, Refusal::CredentialAlreadyRegistered),
        "{refused:?}"
    );
    assert!(is_registered(store, &id).await);

    // In place of itself it can be registered again.
    registration.ceremony = CeremonyId(world.random());
    let mut finish = world.add(ada.account.id, &registration);
    finish.kind = again;
    store.finish_registration(finish).await.unwrap();
    let keys = store.credentials(ada.account.id).await.unwrap();
    assert_eq!(keys.restore_keys.len(), 1);
    assert_eq!(keys.restore_keys[0].id, id);
}

/// Neither in number nor for whoever renames or deletes; and a passkey is no restore key.
pub async fn a_restore_key_does_not_count_as_a_passkey(store: &dyn Store) {
    let mut world = World::new("no passkey");
    let mut ada = world.member(store, "ada").await;
    let account = ada.account.id;
    let key = world.restore_key(store, &ada, "a", ada.token).await;
    let candidate = store.authentication_candidate(&key).await.unwrap();
    let kind = CredentialKind::Restore(install("a"));
    assert_eq!(candidate.unwrap().kind, kind);

    // Two passkeys are the limit; a restore key has none.
    let registration = world.create(&mut ada.person);
    let mut finish = world.add(account, &registration);
    finish.max_passkeys = 2;
    let second = finish.proof.record().id.clone();
    store.finish_registration(finish).await.unwrap();
    let mut device = world.device(&ada.person);
    let mut finish = world.restore(&mut device, &install("b"), ada.token);
    finish.max_passkeys = 2;
    store.finish_registration(finish).await.unwrap();

    let label = Label::parse("Renamed").unwrap();
    let event = world.event(AuditKind::PasskeyRenamed, None);
    let renamed = store.rename_passkey(account, &key, &label, event).await;
    assert_eq!(renamed.unwrap(), None);
    let event = world.event(AuditKind::PasskeyDeleted, None);
    let refused = store.delete_passkey(account, &key, true, None, event).await;
    assert!(
        matches!(refused, Err(DeletePasskeyError::NotFound)),
        "{refused:?}"
    );
    let event = world.event(AuditKind::RestoreKeyDeleted, None);
    let deleted = store.delete_restore_key(account, &second, event).await;
    assert!(!deleted.unwrap());
    let event = world.event(AuditKind::PasskeyDeleted, None);
    let left = store.delete_passkey(account, &second, false, None, event);
    assert_eq!(left.await.unwrap(), 1);
    let event = world.event(AuditKind::PasskeyDeleted, None);
    let refused = store.delete_passkey(account, &ada.credential_id, false, None, event);
    let refused = refused.await;
    assert!(
        matches!(refused, Err(DeletePasskeyError::Last)),
        "{refused:?}"
    );
    assert!(is_registered(store, &key).await);
}

/// By its owner, once; its session stays open.
pub async fn a_restore_key_is_deleted(store: &dyn Store) {
    let mut world = World::new("deleted key");
    let ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let key = world.restore_key(store, &ada, "a", ada.token).await;
    world.pass_seconds(1);
    for (account, expected) in [
        (bob.account.id, false),
        (ada.account.id, true),
        (ada.account.id, false),
    ] {
        let event = world.event(AuditKind::RestoreKeyDeleted, Some(key.clone()));
        let deleted = store.delete_restore_key(account, &key, event).await;
        assert_eq!(deleted.unwrap(), expected);
    }
    assert!(!is_registered(store, &key).await);
    assert!(is_open(store, ada.token, world.now).await);
    let events = store.audit_events(ada.account.id, None, 10).await.unwrap();
    assert_eq!(events.len(), 3);
    assert_eq!(events[0].kind, AuditKind::RestoreKeyDeleted);
    assert_eq!(events[0].credential_id, Some(key));
    let events = store.audit_events(bob.account.id, None, 10).await.unwrap();
    assert_eq!(events.len(), 1);
}

/// What a sign-in notes of a passkey, it notes of a restore key.
pub async fn a_restore_key_signs_in(store: &dyn Store) {
    let mut world = World::new("restored");
    let ada = world.member(store, "ada").await;
    let mut device = world.device(&ada.person);
    let finish = world.restore(&mut device, &install("a"), ada.token);
    store.finish_registration(finish).await.unwrap();
    world.pass_seconds(1);
    let authentication = world.get(&mut device);
    let finish = world.sign_in(store, &authentication).await;
    let token = finish.session.as_ref().unwrap().token;
    let signed_in = store.finish_authentication(finish).await.unwrap();
    assert_eq!(signed_in.account, ada.account);
    assert!(is_open(store, token, world.now).await);
    let credentials = store.credentials(ada.account.id).await.unwrap();
    assert_eq!(signed_in.credentials, credentials);
    assert_eq!(credentials.restore_keys[0].last_used_at, Some(world.now));
    assert_eq!(credentials.passkeys[0].last_used_at, None);
}

/// Whether its client ends it or another; those of other installs stay.
pub async fn a_restore_key_goes_with_the_session_of_its_install(store: &dyn Store) {
    let mut world = World::new("signed out");
    let mut ada = world.member(store, "ada").await;
    let account = ada.account.id;
    let (second, third) = (
        world.another_session(store, &mut ada).await,
        world.another_session(store, &mut ada).await,
    );
    let first_key = world.restore_key(store, &ada, "1", ada.token).await;
    let second_key = world.restore_key(store, &ada, "2", second).await;
    let third_key = world.restore_key(store, &ada, "3", third).await;

    let event = world.event(AuditKind::SignedOut, None);
    store.end_session(ada.token, event).await.unwrap();
    let there = keys_there(store, [&first_key, &second_key, &third_key]).await;
    assert_eq!(there, [false, true, true]);
    let event = world.event(AuditKind::SessionRevoked, None);
    let revoked = store.revoke_session(account, SessionId::from(third), event);
    assert!(revoked.await.unwrap());
    let there = keys_there(store, [&first_key, &second_key, &third_key]).await;
    assert_eq!(there, [false, true, false]);
}

/// But that of the session that stays.
pub async fn restore_keys_go_when_all_sessions_end(store: &dyn Store) {
    let mut world = World::new("everywhere");
    let mut ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let account = ada.account.id;
    let (second, third) = (
        world.another_session(store, &mut ada).await,
        world.another_session(store, &mut ada).await,
    );
    let kept = world.restore_key(store, &ada, "1", second).await;
    let gone = world.restore_key(store, &ada, "2", third).await;
    let bobs = world.restore_key(store, &bob, "2", bob.token).await;

    let event = world.event(AuditKind::SessionsRevoked, None);
    let ended = store.revoke_sessions(account, Some(second), event).await;
    assert_eq!(ended.unwrap().sessions, 2);
    let there = keys_there(store, [&kept, &gone, &bobs]).await;
    assert_eq!(there, [true, false, true]);
    // Nobody's session spares a restore key of another account.
    let event = world.event(AuditKind::SessionsRevoked, None);
    let again = world.restore_key(store, &ada, "2", second).await;
    let ended = store.revoke_sessions(account, Some(bob.token), event).await;
    assert_eq!(ended.unwrap().sessions, 1);
    let there = keys_there(store, [&kept, &again, &bobs]).await;
    assert_eq!(there, [false, false, true]);

    let session = world.another_session(store, &mut ada).await;
    let key = world.restore_key(store, &ada, "1", session).await;
    let passkey_session = world.another_session(store, &mut ada).await;
    let event = world.event(AuditKind::SessionsRevoked, None);
    let ended = store.revoke_sessions(account, Some(passkey_session), event);
    assert_eq!(ended.await.unwrap().sessions, 1);
    assert!(!is_registered(store, &key).await);
    let event = world.event(AuditKind::SessionsRevoked, None);
    let ended = store.revoke_sessions(account, None, event).await;
    assert_eq!(ended.unwrap().sessions, 1);
    assert_eq!(passkeys_of(store, account).await.len(), 1);
}

/// With its id, once, and none that stays or goes on.
pub async fn each_restore_key_that_goes_with_something_else_is_told(store: &dyn Store) {
    let mut world = World::new("told of keys");
    let mut ada = world.member(store, "ada").await;
    let mut bob = world.member(store, "bob").await;
    let account = ada.account.id;
    let mut told = Vec::new();

    let key = world.restore_key(store, &ada, "1", ada.token).await;
    let event = world.event(AuditKind::SignedOut, None);
    store.end_session(ada.token, event).await.unwrap();
    told.push(key);

    let session = world.another_session(store, &mut ada).await;
    let key = world.restore_key(store, &ada, "2", session).await;
    let event = world.event(AuditKind::SessionRevoked, None);
    let revoked = store.revoke_session(account, SessionId::from(session), event);
    assert!(revoked.await.unwrap());
    told.push(key);

    // Somebody else signs in where she was; and she herself, with which nothing goes.
    let session = world.another_session(store, &mut ada).await;
    let key = world.restore_key(store, &ada, "3", session).await;
    let session = replace(&mut world, store, &mut ada, session, None).await;
    told.sort();
    assert_eq!(deleted(store, account).await, told);
    replace(&mut world, store, &mut bob, session, None).await;
    told.push(key);

    let kept = world.another_session(store, &mut ada).await;
    let stays = world.restore_key(store, &ada, "4", kept).await;
    let mut keys = Vec::new();
    for name in ["5", "6"] {
        let session = world.another_session(store, &mut ada).await;
        keys.push(world.restore_key(store, &ada, name, session).await);
    }
    let event = world.event(AuditKind::SessionsRevoked, None);
    let ended = store.revoke_sessions(account, Some(kept), event).await;
    assert_eq!(ended.unwrap().sessions, 2);
    told.extend(keys);
    told.sort();
    assert_eq!(deleted(store, account).await, told);

    let event = world.event(AuditKind::AccountLocked, None);
    let locked = store.set_locked(account, Some(world.now), event);
    assert!(locked.await.unwrap().is_some());
    told.push(stays);
    told.sort();
    assert_eq!(deleted(store, account).await, told);
    assert_eq!(deleted(store, bob.account.id).await, []);
    let events = store.audit_events(account, None, 100).await.unwrap();
    for event in &events {
        assert_eq!(event.device.as_deref(), Some("Firefox on Linux"));
    }
}

/// The restore keys that the audit trail says are deleted, in the order of their ids.
async fn deleted(store: &dyn Store, account: AccountId) -> Vec<Bytes> {
    let events = store.audit_events(account, None, 100).await.unwrap();
    let events = events.into_iter();
    let events = events.filter(|event| event.kind == AuditKind::RestoreKeyDeleted);
    let mut ids: Vec<_> = events.filter_map(|event| event.credential_id).collect();
    ids.sort();
    ids
}

/// When its owner signs in again; and when that session ends, the restore key goes.
pub async fn a_session_hands_its_install_on_to_the_one_in_its_place(store: &dyn Store) {
    let mut world = World::new("handed on");
    let mut ada = world.member(store, "ada").await;
    let key = world.restore_key(store, &ada, "a", ada.token).await;
    let by_sign_in = replace(&mut world, store, &mut ada.clone(), ada.token, None).await;
    assert!(!is_open(store, ada.token, world.now).await);
    assert!(is_registered(store, &key).await);

    let registration = world.create(&mut ada.person);
    let mut finish = world.add(ada.account.id, &registration);
    let session = finish.session.as_mut().unwrap();
    session.replaces = Some(by_sign_in);
    let by_registration = session.token;
    store.finish_registration(finish).await.unwrap();
    assert!(!is_open(store, by_sign_in, world.now).await);
    assert!(is_registered(store, &key).await);
    let event = world.event(AuditKind::SignedOut, None);
    store.end_session(by_registration, event).await.unwrap();
    assert!(!is_registered(store, &key).await);
}

/// Somebody else's session, or one of another install, is the end of it as any other.
pub async fn a_restore_key_goes_when_another_takes_the_place_of_its_session(store: &dyn Store) {
    let mut world = World::new("taken place");
    let mut ada = world.member(store, "ada").await;
    let mut bob = world.member(store, "bob").await;
    let key = world.restore_key(store, &ada, "a", ada.token).await;
    let bobs = replace(&mut world, store, &mut bob, ada.token, None).await;
    assert!(!is_open(store, ada.token, world.now).await);
    assert!(!is_registered(store, &key).await);

    let session = world.another_session(store, &mut ada).await;
    let key = world.restore_key(store, &ada, "a", session).await;
    let same = replace(&mut world, store, &mut ada, session, Some("a")).await;
    assert!(is_registered(store, &key).await);
    replace(&mut world, store, &mut ada, same, Some("b")).await;
    assert!(!is_registered(store, &key).await);

    // Nothing of ada's install has gone over to bob.
    let session = world.another_session(store, &mut ada).await;
    let key = world.restore_key(store, &ada, "a", session).await;
    let event = world.event(AuditKind::SignedOut, None);
    store.end_session(bobs, event).await.unwrap();
    assert!(is_registered(store, &key).await);
}

/// A session that a sign-in opens for an install takes the restore key along when it ends.
pub async fn a_session_can_be_an_installs_from_the_beginning(store: &dyn Store) {
    let mut world = World::new("installed");
    let mut ada = world.member(store, "ada").await;
    let key = world.restore_key(store, &ada, "a", ada.token).await;
    let unknown = world.hashes(1)[0];
    let session = replace(&mut world, store, &mut ada, unknown, Some("a")).await;
    let event = world.event(AuditKind::SignedOut, None);
    store.end_session(session, event).await.unwrap();
    assert!(!is_registered(store, &key).await);
}

/// Which must be open, and the account's. A restore key that nothing ends would outlive every sign-out.
pub async fn a_restore_key_needs_its_session(store: &dyn Store) {
    use FinishRegistrationError as Refusal;
    let mut world = World::new("no session for it");
    let ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let mut device = world.device(&ada.person);
    let event = world.event(AuditKind::SignedOut, None);
    store.end_session(ada.token, event).await.unwrap();
    for session in [ada.token, bob.token] {
        let finish = world.restore(&mut device, &install("a"), session);
        let id = finish.proof.record().id.clone();
        let refused = store.finish_registration(finish).await.unwrap_err();
        assert!(matches!(refused, Refusal::SessionEnded), "{refused:?}");
        assert!(!is_registered(store, &id).await);
    }
    let event = world.event(AuditKind::SignedOut, None);
    let bobs = world.restore_key(store, &bob, "a", bob.token).await;
    store.end_session(bob.token, event).await.unwrap();
    assert!(!is_registered(store, &bobs).await);
}

/// It is there for when its app has not been used for long.
pub async fn a_restore_key_outlives_a_session_that_nobody_ended(store: &dyn Store) {
    let mut world = World::new("long unused");
    let ada = world.member(store, "ada").await;
    let key = world.restore_key(store, &ada, "a", ada.token).await;
    world.pass_seconds(LIFETIMES.absolute);
    let report = store.purge(world.purge(10)).await.unwrap();
    assert_eq!(report.sessions, 1);
    assert!(is_registered(store, &key).await);
}

/// Whichever comes first.
pub async fn no_restore_key_survives_a_sign_out_that_races_with_it(store: &dyn Store) {
    let mut world = World::new("racing sign-out");
    let mut ada = world.member(store, "ada").await;
    for round in 0..30 {
        let session = world.another_session(store, &mut ada).await;
        let mut device = world.device(&ada.person);
        let restore = world.restore(&mut device, &install("a"), session);
        let id = restore.proof.record().id.clone();
        let event = world.event(AuditKind::SignedOut, None);
        let register = store.finish_registration(restore);
        let end = store.end_session(session, event);
        let registered = if round % 2 == 0 {
            let (registered, ended) = join(register, end).await;
            ended.unwrap();
            registered
        } else {
            let (ended, registered) = join(end, register).await;
            ended.unwrap();
            registered
        };
        assert!(
            matches!(
                registered,
                Ok(_) | Err(FinishRegistrationError::SessionEnded)
            ),
            "{round}: {registered:?}"
        );
        assert!(!is_registered(store, &id).await, "{round}");
    }
}

/// Signs a member in, in place of a session.
async fn replace(
    world: &mut World,
    store: &dyn Store,
    member: &mut Member,
    replaces: TokenHash,
    name: Option<&str>,
) -> TokenHash {
    let authentication = world.get(&mut member.person);
    let mut finish = world.sign_in(store, &authentication).await;
    let session = finish.session.as_mut().unwrap();
    session.replaces = Some(replaces);
    session.install = name.map(install);
    let token = session.token;
    store.finish_authentication(finish).await.unwrap();
    token
}

async fn keys_there(store: &dyn Store, ids: [&Bytes; 3]) -> [bool; 3] {
    [
        is_registered(store, ids[0]).await,
        is_registered(store, ids[1]).await,
        is_registered(store, ids[2]).await,
    ]
}
