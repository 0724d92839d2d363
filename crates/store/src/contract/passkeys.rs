//! Promises about the passkeys of an account.

use futures_util::future::{join, join_all};
use passkeep_protocol::bytes::Bytes;
use passkeep_verify::user::Label;

use super::world::{World, event_kinds, install, is_open, is_registered, passkeys_of};
use crate::{
    AuditKind, DeletePasskeyError, FinishAuthenticationError, FinishRegistrationError, Grant, Store,
};

/// With the account's own and no others.
pub async fn they_are_listed_newest_first(store: &dyn Store) {
    let mut world = World::new("list");
    let mut ada = world.member(store, "ada").await;
    world.member(store, "bob").await;
    let mut expected = vec![ada.credential_id.clone()];
    for _ in 0..3 {
        world.pass_seconds(1);
        expected.insert(0, world.another_passkey(store, &mut ada).await);
    }
    let passkeys = passkeys_of(store, ada.account.id).await;
    let ids: Vec<_> = passkeys.into_iter().map(|passkey| passkey.id).collect();
    assert_eq!(ids, expected);
}

/// That one, and what else it is stays as it was.
pub async fn a_passkey_is_renamed(store: &dyn Store) {
    let mut world = World::new("rename");
    let mut ada = world.member(store, "ada").await;
    world.pass_seconds(1);
    let id = world.another_passkey(store, &mut ada).await;
    let mut expected = passkeys_of(store, ada.account.id).await;
    expected[0].label = "Büro 🔑".to_owned();

    let label = Label::parse("Büro 🔑").unwrap();
    world.pass_seconds(1);
    let event = world.event(AuditKind::PasskeyRenamed, Some(id.clone()));
    let renamed = store.rename_passkey(ada.account.id, &id, &label, event);
    assert_eq!(renamed.await.unwrap().as_ref(), Some(&expected[0]));
    assert_eq!(passkeys_of(store, ada.account.id).await, expected);
    let told = event_kinds(store, ada.account.id).await.len();
    // The same name again is no change, and not told.
    let event = world.event(AuditKind::PasskeyRenamed, Some(id.clone()));
    let same = store.rename_passkey(ada.account.id, &id, &label, event);
    assert_eq!(same.await.unwrap().as_ref(), Some(&expected[0]));
    assert_eq!(event_kinds(store, ada.account.id).await.len(), told);

    let events = store.audit_events(ada.account.id, None, 1).await.unwrap();
    assert_eq!(events[0].kind, AuditKind::PasskeyRenamed);
    assert_eq!(events[0].account, Some(ada.account.id));
    assert_eq!(events[0].credential_id, Some(id));
}

/// But it is deleted when that is what was meant.
pub async fn the_last_one_is_not_deleted_unawares(store: &dyn Store) {
    let mut world = World::new("last");
    let mut ada = world.member(store, "ada").await;
    let (account, first) = (ada.account.id, ada.credential_id.clone());
    world.pass_seconds(1);
    let second = world.another_passkey(store, &mut ada).await;
    world.pass_seconds(1);

    let event = world.event(AuditKind::PasskeyDeleted, Some(first.clone()));
    let left = store
        .delete_passkey(account, &first, false, None, event)
        .await;
    assert_eq!(left.unwrap(), 1);
    let event = world.event(AuditKind::PasskeyDeleted, Some(first.clone()));
    let refused = store
        .delete_passkey(account, &first, false, None, event)
        .await;
    assert!(
        matches!(refused, Err(DeletePasskeyError::NotFound)),
        "{refused:?}"
    );
    let event = world.event(AuditKind::PasskeyDeleted, Some(second.clone()));
    let refused = store
        .delete_passkey(account, &second, false, None, event)
        .await;
    assert!(
        matches!(refused, Err(DeletePasskeyError::Last)),
        "{refused:?}"
    );
    let passkeys = passkeys_of(store, account).await;
    assert_eq!(passkeys.len(), 1);
    assert_eq!(passkeys[0].id, second);
    assert_eq!(event_kinds(store, account).await.len(), 3);

    let event = world.event(AuditKind::PasskeyDeleted, Some(second.clone()));
    let left = store
        .delete_passkey(account, &second, true, None, event)
        .await;
    assert_eq!(left.unwrap(), 0);
    assert_eq!(passkeys_of(store, account).await, []);
    assert_eq!(event_kinds(store, account).await.len(), 4);
}

/// Sessions, what was made in them, and what they could have gone on to do; those of other passkeys stay.
pub async fn whoever_had_a_deleted_passkey_is_out(store: &dyn Store) {
    let mut world = World::new("stolen");
    let mut ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let account = ada.account.id;
    let owners_other = world.another_session(store, &mut ada).await;
    let owners_key = world.restore_key(store, &ada, "hers", owners_other).await;
    let stolen = world.another_passkey(store, &mut ada).await;
    let thiefs = world.another_session(store, &mut ada).await;
    let mut device = world.device(&ada.person);
    let finish = world.restore(&mut device, &install("the thief's"), thiefs);
    let thiefs_key = finish.proof.record().id.clone();
    store.finish_registration(finish).await.unwrap();
    let restored = world
        .restored_session(store, &mut device, install("the thief's"))
        .await;
    // Two generations on, nothing leads back to the first session but what the store has noted.
    let event = world.event(AuditKind::RestoreKeyDeleted, None);
    assert!(
        store
            .delete_restore_key(account, &thiefs_key, event)
            .await
            .unwrap()
    );
    let mut next = world.device(&ada.person);
    let finish = world.restore(&mut next, &install("another"), restored);
    let next_key = finish.proof.record().id.clone();
    store.finish_registration(finish).await.unwrap();
    let next_session = world
        .restored_session(store, &mut next, install("another"))
        .await;
    let registration = world.create(&mut ada.person);
    let mut add = world.add(account, &registration);
    add.grant = Some(Grant::Session(thiefs));
    let link = world.link(store, account).await;
    let bobs_link = world.link(store, bob.account.id).await;
    world.pass_seconds(1);

    let confirmation = world.confirmed(&ada.credential_id, ada.token);
    let event = world.event(AuditKind::PasskeyDeleted, Some(stolen.clone()));
    let left = store.delete_passkey(account, &stolen, false, Some(confirmation), event);
    assert_eq!(left.await.unwrap(), 1);
    for token in [thiefs, restored, next_session] {
        assert!(!is_open(store, token, world.now).await);
    }
    for token in [ada.token, owners_other, bob.token] {
        assert!(is_open(store, token, world.now).await);
    }
    assert!(!is_registered(store, &next_key).await);
    assert!(is_registered(store, &owners_key).await);
    let found = store.enrolment_link(link, world.now).await.unwrap();
    assert_eq!(found, None);
    let found = store.enrolment_link(bobs_link, world.now).await.unwrap();
    assert_eq!(found, Some(bob.account));
    let refused = store.finish_registration(add).await.unwrap_err();
    assert!(
        matches!(refused, FinishRegistrationError::GrantUsed),
        "{refused:?}"
    );
    let events = store.audit_events(account, None, 2).await.unwrap();
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.kind, event.credential_id.clone().unwrap()))
        .collect();
    let expected = [
        (AuditKind::PasskeyDeleted, stolen),
        (AuditKind::RestoreKeyDeleted, next_key),
    ];
    assert_eq!(told, expected);
}

/// However close the two are.
pub async fn no_session_of_a_passkey_survives_a_deletion_that_races_with_sign_ins(
    store: &dyn Store,
) {
    let mut world = World::new("racing deletion");
    let mut ada = world.member(store, "ada").await;
    let account = ada.account.id;
    for round in 0..3 {
        let stolen = world.another_passkey(store, &mut ada).await;
        let mut finishes = Vec::new();
        let mut tokens = Vec::new();
        for _ in 0..100 {
            let authentication = world.get(&mut ada.person);
            let finish = world.sign_in(store, &authentication).await;
            tokens.push(finish.session.as_ref().unwrap().token);
            finishes.push(finish);
        }
        // One half is sent before the deletion, the other after it.
        let later = finishes.split_off(50);
        let event = world.event(AuditKind::PasskeyDeleted, Some(stolen.clone()));
        let deletion = store.delete_passkey(account, &stolen, false, None, event);
        let sign_in = |finish| store.finish_authentication(finish);
        let before = join_all(finishes.into_iter().map(sign_in));
        let after = join_all(later.into_iter().map(sign_in));
        let (mut results, (left, after)) = join(before, join(deletion, after)).await;
        assert_eq!(left.unwrap(), 1);
        results.extend(after);
        for result in results {
            assert!(
                matches!(
                    result,
                    Ok(_) | Err(FinishAuthenticationError::CredentialNotFound)
                ),
                "{round}: {result:?}"
            );
        }
        for token in tokens {
            assert!(!is_open(store, token, world.now).await, "{round}");
        }
    }
    assert!(is_open(store, ada.token, world.now).await);
}

/// It is its owner who asks, even where the passkey had opened it; and its install keeps its key.
pub async fn the_session_that_deletes_its_passkey_stays(store: &dyn Store) {
    let mut world = World::new("own passkey");
    let mut ada = world.member(store, "ada").await;
    let (account, id) = (ada.account.id, ada.credential_id.clone());
    let other = world.another_session(store, &mut ada).await;
    let key = world.restore_key(store, &ada, "hers", ada.token).await;
    let elsewhere = world.restore_key(store, &ada, "elsewhere", other).await;
    let confirmation = world.confirmed(&id, ada.token);
    let event = world.event(AuditKind::PasskeyDeleted, Some(id.clone()));
    let left = store.delete_passkey(account, &id, true, Some(confirmation), event);
    assert_eq!(left.await.unwrap(), 0);
    assert!(is_open(store, ada.token, world.now).await);
    assert!(is_registered(store, &key).await);
    assert!(!is_open(store, other, world.now).await);
    assert!(!is_registered(store, &elsewhere).await);

    // Having none left, it adds another by being open.
    let registration = world.create(&mut ada.person);
    let mut add = world.add(account, &registration);
    add.grant = Some(Grant::Session(ada.token));
    store.finish_registration(add).await.unwrap();
}

/// The guard counts what is there when it deletes, not what was there when somebody looked.
pub async fn of_two_deleted_at_once_one_stays(store: &dyn Store) {
    let mut world = World::new("two deletions");
    let mut ada = world.member(store, "ada").await;
    let account = ada.account.id;
    let second = world.another_passkey(store, &mut ada).await;
    let event = |world: &mut World| world.event(AuditKind::PasskeyDeleted, None);
    let (one, other) = (event(&mut world), event(&mut world));
    let deletions = join(
        store.delete_passkey(account, &ada.credential_id, false, None, one),
        store.delete_passkey(account, &second, false, None, other),
    );
    let results = deletions.await;
    assert!(
        matches!(
            results,
            (Ok(1), Err(DeletePasskeyError::Last)) | (Err(DeletePasskeyError::Last), Ok(1))
        ),
        "{results:?}"
    );
    assert_eq!(passkeys_of(store, account).await.len(), 1);
}

/// It answers as if there were no such passkey, and changes nothing.
pub async fn a_foreign_passkey_cannot_be_touched(store: &dyn Store) {
    let mut world = World::new("foreign");
    let ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let before = passkeys_of(store, bob.account.id).await;
    let unknown = Bytes::new(world.random::<16>());
    let label = Label::parse("Mine now").unwrap();
    for id in [&bob.credential_id, &unknown] {
        let event = world.event(AuditKind::PasskeyRenamed, Some(id.clone()));
        let renamed = store.rename_passkey(ada.account.id, id, &label, event);
        assert_eq!(renamed.await.unwrap(), None);
        let event = world.event(AuditKind::PasskeyDeleted, Some(id.clone()));
        let refused = store
            .delete_passkey(ada.account.id, id, true, None, event)
            .await;
        assert!(
            matches!(refused, Err(DeletePasskeyError::NotFound)),
            "{refused:?}"
        );
    }
    assert_eq!(passkeys_of(store, bob.account.id).await, before);
    assert_eq!(passkeys_of(store, ada.account.id).await.len(), 1);
    for account in [ada.account.id, bob.account.id] {
        let kinds = event_kinds(store, account).await;
        assert_eq!(kinds, [AuditKind::AccountCreated]);
    }
}
