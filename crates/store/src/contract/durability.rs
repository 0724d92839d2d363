//! The promise that needs more than one store: what was acknowledged lasts.

use super::Database;
use super::world::{LIFETIMES, World, passkeys_of};
use crate::{AuditKind, FinishAuthenticationError, FinishRegistrationError, SealingKey};

/// Accounts, credentials, sessions, spent ceremonies, sealing keys and events.
pub async fn everything_is_there_after_reopening<D: Database>() {
    let database = D::create().await;
    let store = database.open().await;
    let mut world = World::new("reopening");
    let mut person = world.person("Ada");
    let registration = world.create(&mut person);
    let finish = world.sign_up(&person, &registration);
    let replayed_registration = world.sign_up(&person, &registration);
    let id = finish.proof.record().id.clone();
    let account = store.finish_registration(finish).await.unwrap();
    let authentication = world.get(&mut person);
    let finish = world.sign_in(&*store, &authentication).await;
    let replayed_authentication = world.sign_in(&*store, &authentication).await;
    let token = finish.session.as_ref().unwrap().token;
    store.finish_authentication(finish).await.unwrap();
    let key = SealingKey {
        id: world.random(),
        secret: world.random(),
        created_at: world.now,
    };
    let event = world.event(AuditKind::SealingKeyMade, None);
    let keys = store.add_sealing_key(key.clone(), key.created_at, event);
    assert_eq!(keys.await.unwrap(), core::slice::from_ref(&key));
    let record = store.credential_record(account.id, &id).await.unwrap();
    let passkeys = passkeys_of(&*store, account.id).await;
    let session = store.session(token, LIFETIMES, world.now).await.unwrap();
    let events = store.audit_events(account.id, None, 10).await.unwrap();
    assert_eq!((passkeys.len(), events.len()), (1, 2));
    drop(store);

    let store = database.open().await;
    let found = store.account_by_name(&person.name).await.unwrap();
    assert_eq!(found.as_ref(), Some(&account));
    let found = store.credential_record(account.id, &id).await.unwrap();
    assert!(found.is_some());
    assert_eq!(found, record);
    assert_eq!(passkeys_of(&*store, account.id).await, passkeys);
    let found = store.session(token, LIFETIMES, world.now).await.unwrap();
    assert!(found.is_some());
    assert_eq!(found, session);
    assert_eq!(
        store.audit_events(account.id, None, 10).await.unwrap(),
        events
    );
    assert_eq!(store.sealing_keys().await.unwrap(), [key]);
    let refused = store.finish_registration(replayed_registration).await;
    assert!(
        matches!(refused, Err(FinishRegistrationError::CeremonySpent)),
        "{refused:?}"
    );
    let refused = store.finish_authentication(replayed_authentication).await;
    assert!(
        matches!(refused, Err(FinishAuthenticationError::CeremonySpent)),
        "{refused:?}"
    );
}
