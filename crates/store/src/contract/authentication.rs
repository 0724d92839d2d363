//! Promises of [`Store::finish_authentication`] and of what it is judged by.

use futures_util::future::join_all;
use passkeep_protocol::api::Backup;
use passkeep_protocol::bytes::Bytes;
use passkeep_verify::CeremonyId;

use super::world::{LIFETIMES, World, event_kinds, is_open, passkeys_of};
use crate::{AccountId, AuditKind, FinishAuthenticationError, SessionMethod, Store};

/// Everything that a sign-in changes, and nothing else of the credential.
pub async fn a_sign_in_updates_the_credential_and_opens_a_session(store: &dyn Store) {
    let mut world = World::new("sign-in");
    let mut ada = world.member(store, "ada").await;
    let (account, id) = (ada.account.id, ada.credential_id.clone());
    let before = store.credential_record(account, &id).await.unwrap();
    let before = before.unwrap();
    assert_eq!((before.sign_count, before.backup_state), (0, true));

    world.pass_seconds(90);
    ada.person.authenticator.config.backup = Backup::NotYetSynced;
    let authentication = world.get(&mut ada.person);
    let finish = world.sign_in(store, &authentication).await;
    let token = finish.session.as_ref().unwrap().token;
    let signed_in = store.finish_authentication(finish).await.unwrap();
    assert_eq!(signed_in.account, ada.account);
    let credentials = store.credentials(account).await.unwrap();
    assert_eq!(signed_in.credentials, credentials);
    assert_eq!(credentials.passkeys[0].last_used_at, Some(world.now));

    let mut expected = before;
    expected.sign_count = 1;
    expected.backup_state = false;
    let after = store.credential_record(account, &id).await.unwrap();
    assert_eq!(after, Some(expected));
    let passkeys = passkeys_of(store, account).await;
    assert_eq!(passkeys[0].last_used_at, Some(world.now));
    let device = passkeys[0].last_used_on.as_deref();
    assert_eq!(device, Some("Firefox on Linux"));
    assert!(!passkeys[0].backup_state);
    let session = store.session(token, LIFETIMES, world.now).await.unwrap();
    assert_eq!(session.unwrap().method, SessionMethod::Passkey);
    assert!(is_open(store, ada.token, world.now).await);
    let events = store.audit_events(account, None, 10).await.unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].kind, AuditKind::SignedIn);
    assert_eq!(events[0].account, Some(account));
    assert_eq!(events[0].credential_id, Some(id));
    assert_eq!(events[0].device.as_deref(), Some("Firefox on Linux"));
}

/// It is noted as a sign-in is, but who is signed in stays so and nobody else is.
pub async fn a_confirmation_opens_no_session(store: &dyn Store) {
    let mut world = World::new("confirmed");
    let mut ada = world.member(store, "ada").await;
    world.pass_seconds(1);
    let authentication = world.get(&mut ada.person);
    let mut finish = world.sign_in(store, &authentication).await;
    finish.session = None;
    let event = world.event(AuditKind::Confirmed, Some(ada.credential_id.clone()));
    finish.event = event;
    let confirmed = store.finish_authentication(finish).await.unwrap();
    assert_eq!(confirmed.account, ada.account);
    let account = ada.account.id;
    let passkeys = passkeys_of(store, account).await;
    assert_eq!(passkeys[0].last_used_at, Some(world.now));
    let sessions = store.sessions(account, LIFETIMES, world.now).await.unwrap();
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0].id, ada.token.into());
    let kinds = event_kinds(store, account).await;
    assert_eq!(kinds, [AuditKind::Confirmed, AuditKind::AccountCreated]);
}

/// Whosever it was: the client that held it holds another one now.
pub async fn the_session_before_is_ended(store: &dyn Store) {
    let mut world = World::new("replaced session");
    let mut ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let authentication = world.get(&mut ada.person);
    let mut finish = world.sign_in(store, &authentication).await;
    finish.session.as_mut().unwrap().replaces = Some(bob.token);
    let token = finish.session.as_ref().unwrap().token;
    store.finish_authentication(finish).await.unwrap();
    assert!(is_open(store, token, world.now).await);
    assert!(is_open(store, ada.token, world.now).await);
    assert!(!is_open(store, bob.token, world.now).await);
}

/// Neither is a session opened, nor the one before ended.
pub async fn a_replay_is_refused_and_changes_nothing(store: &dyn Store) {
    let mut world = World::new("replayed sign-in");
    let mut ada = world.member(store, "ada").await;
    let first = world.get(&mut ada.person);
    let finish = world.sign_in(store, &first).await;
    store.finish_authentication(finish).await.unwrap();
    let before = passkeys_of(store, ada.account.id).await;

    world.pass_seconds(1);
    let mut second = world.get(&mut ada.person);
    second.ceremony = first.ceremony;
    let mut finish = world.sign_in(store, &second).await;
    finish.session.as_mut().unwrap().replaces = Some(ada.token);
    let token = finish.session.as_ref().unwrap().token;
    let refused = store.finish_authentication(finish).await.unwrap_err();
    assert!(
        matches!(refused, FinishAuthenticationError::CeremonySpent),
        "{refused:?}"
    );
    assert!(!is_open(store, token, world.now).await);
    assert!(is_open(store, ada.token, world.now).await);
    assert_eq!(passkeys_of(store, ada.account.id).await, before);
    let kinds = event_kinds(store, ada.account.id).await;
    assert_eq!(kinds, [AuditKind::SignedIn, AuditKind::AccountCreated]);
}

/// Whoever comes first, and however close the others are.
pub async fn of_a_hundred_replays_one_succeeds(store: &dyn Store) {
    let mut world = World::new("hundred replayed sign-ins");
    let mut ada = world.member(store, "ada").await;
    let authentication = world.get(&mut ada.person);
    let mut finishes = Vec::new();
    let mut tokens = Vec::new();
    for _ in 0..100 {
        let finish = world.sign_in(store, &authentication).await;
        tokens.push(finish.session.as_ref().unwrap().token);
        finishes.push(finish);
    }
    let finishes = finishes
        .into_iter()
        .map(|finish| store.finish_authentication(finish));
    let results = join_all(finishes).await;
    let succeeded = results.iter().filter(|result| result.is_ok()).count();
    let spent = results
        .iter()
        .filter(|result| matches!(result, Err(FinishAuthenticationError::CeremonySpent)));
    assert_eq!((succeeded, spent.count()), (1, 99));
    for (token, result) in tokens.into_iter().zip(results) {
        assert_eq!(is_open(store, token, world.now).await, result.is_ok());
    }
}

/// They do not get in each other's way.
pub async fn a_hundred_at_once_all_succeed(store: &dyn Store) {
    let mut world = World::new("hundred sign-ins");
    let mut members = Vec::new();
    for number in 0..10 {
        members.push(world.member(store, &format!("person{number}")).await);
    }
    let mut finishes = Vec::new();
    for number in 0..100 {
        let authentication = world.get(&mut members[number % 10].person);
        finishes.push(world.sign_in(store, &authentication).await);
    }
    let finishes = finishes
        .into_iter()
        .map(|finish| store.finish_authentication(finish));
    for (number, result) in join_all(finishes).await.into_iter().enumerate() {
        assert_eq!(result.unwrap().account, members[number % 10].account);
    }
    for member in members {
        let kinds = event_kinds(store, member.account.id).await;
        assert_eq!(kinds.len(), 11);
    }
}

/// Even when it was there while the assertion was judged; and the ceremony is not spent by it.
pub async fn a_deleted_credential_signs_nobody_in(store: &dyn Store) {
    let mut world = World::new("deleted credential");
    let mut ada = world.member(store, "ada").await;
    let authentication = world.get(&mut ada.person);
    let finish = world.sign_in(store, &authentication).await;
    let again = world.sign_in(store, &authentication).await;
    let event = world.event(AuditKind::PasskeyDeleted, None);
    let left = store
        .delete_passkey(ada.account.id, &ada.credential_id, true, None, event)
        .await;
    assert_eq!(left.unwrap(), 0);
    for finish in [finish, again] {
        let token = finish.session.as_ref().unwrap().token;
        let refused = store.finish_authentication(finish).await.unwrap_err();
        assert!(
            matches!(refused, FinishAuthenticationError::CredentialNotFound),
            "{refused:?}"
        );
        assert!(!is_open(store, token, world.now).await);
    }
    let found = store.authentication_candidate(&ada.credential_id).await;
    assert_eq!(found.unwrap(), None);
}

/// Deleted by one person and registered by another while the first signed in.
pub async fn a_credential_that_changed_hands_signs_nobody_in(store: &dyn Store) {
    let mut world = World::new("changed hands");
    let mut ada = world.person("ada");
    let mut registration = world.create(&mut ada);
    let finish = world.sign_up(&ada, &registration);
    let id = finish.proof.record().id.clone();
    store.finish_registration(finish).await.unwrap();
    let authentication = world.get(&mut ada);
    let sign_in = world.sign_in(store, &authentication).await;

    let event = world.event(AuditKind::PasskeyDeleted, None);
    let left = store
        .delete_passkey(ada.account, &id, true, None, event)
        .await;
    assert_eq!(left.unwrap(), 0);
    let bob = world.person("bob");
    registration.ceremony = CeremonyId(world.random());
    registration.user = bob.user.clone();
    let finish = world.sign_up(&bob, &registration);
    store.finish_registration(finish).await.unwrap();

    let refused = store.finish_authentication(sign_in).await.unwrap_err();
    assert!(
        matches!(refused, FinishAuthenticationError::CredentialNotFound),
        "{refused:?}"
    );
    let passkeys = passkeys_of(store, bob.account).await;
    assert_eq!(passkeys[0].id, id);
    assert_eq!(passkeys[0].last_used_at, None);
}

/// Neither by name nor by id, and a record is its owner's only.
pub async fn what_nobody_registered_is_not_found(store: &dyn Store) {
    let mut world = World::new("nothing");
    let ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let eve = world.person("eve");
    assert_eq!(store.account_by_name(&eve.name).await.unwrap(), None);
    let id = Bytes::new(world.random::<16>());
    assert_eq!(store.authentication_candidate(&id).await.unwrap(), None);
    let record = store.credential_record(ada.account.id, &bob.credential_id);
    assert_eq!(record.await.unwrap(), None);
    let nobody = AccountId(world.random());
    assert_eq!(passkeys_of(store, nobody).await, []);
}
