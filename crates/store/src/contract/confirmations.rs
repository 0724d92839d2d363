//! Promises about what permits a change and is used up by it, whichever the change: confirmations.

use futures_util::future::join_all;

use super::world::{Member, World, event_kinds, passkeys_of};
use crate::{
    AuditKind, ChangeAccountError, Confirmation, DeletePasskeyError, FinishRegistrationError,
    Grant, Store,
};

/// For a change of any kind: it is refused to all others.
pub async fn a_confirmation_is_used_once(store: &dyn Store) {
    let mut world = World::new("one confirmation");
    let mut ada = world.member(store, "ada").await;
    world.another_passkey(store, &mut ada).await;
    for use_up in 0..4 {
        let confirmation = world.confirmation();
        match use_up {
            0 => {
                let registration = world.create(&mut ada.person);
                let mut finish = world.add(ada.account.id, &registration);
                finish.grant = Some(Grant::Confirmation(confirmation.clone()));
                store.finish_registration(finish).await.unwrap();
            }
            1 => {
                let id = world.another_passkey(store, &mut ada).await;
                let event = world.event(AuditKind::PasskeyDeleted, None);
                let deleted = store.delete_passkey(
                    ada.account.id,
                    &id,
                    false,
                    Some(confirmation.clone()),
                    event,
                );
                assert_eq!(deleted.await.unwrap(), 3);
            }
            2 => make_codes(&mut world, store, &ada, &confirmation)
                .await
                .unwrap(),
            _ => make_link(&mut world, store, &ada, &confirmation)
                .await
                .unwrap(),
        }
        refuse_everywhere(&mut world, store, &mut ada, &confirmation).await;
    }
    let confirmation = world.confirmation();
    let event = world.event(AuditKind::AccountDeleted, None);
    let deleted = store.delete_account(ada.account.id, Some(confirmation.clone()), event);
    deleted.await.unwrap();
    let mut bob = world.member(store, "bob").await;
    refuse_everywhere(&mut world, store, &mut bob, &confirmation).await;
}

/// And changes nothing.
async fn refuse_everywhere(
    world: &mut World,
    store: &dyn Store,
    member: &mut Member,
    spent: &Confirmation,
) {
    let account = member.account.id;
    let before = store.credentials(account).await.unwrap();
    let codes = store.recovery_codes(account).await.unwrap();
    let events = event_kinds(store, account).await;

    let registration = world.create(&mut member.person);
    let mut finish = world.add(account, &registration);
    finish.grant = Some(Grant::Confirmation(spent.clone()));
    let refused = store.finish_registration(finish).await;
    assert!(
        matches!(refused, Err(FinishRegistrationError::GrantUsed)),
        "{refused:?}"
    );
    let event = world.event(AuditKind::PasskeyDeleted, None);
    let id = &member.credential_id;
    let refused = store.delete_passkey(account, id, true, Some(spent.clone()), event);
    let refused = refused.await;
    assert!(
        matches!(refused, Err(DeletePasskeyError::GrantUsed)),
        "{refused:?}"
    );
    let event = world.event(AuditKind::AccountDeleted, None);
    let deletion = store
        .delete_account(account, Some(spent.clone()), event)
        .await;
    let made_codes = make_codes(world, store, member, spent).await;
    let made_link = make_link(world, store, member, spent).await;
    for refused in [deletion, made_codes, made_link] {
        assert!(
            matches!(refused, Err(ChangeAccountError::GrantUsed)),
            "{refused:?}"
        );
    }
    assert_eq!(store.credentials(account).await.unwrap(), before);
    assert_eq!(store.recovery_codes(account).await.unwrap(), codes);
    assert_eq!(event_kinds(store, account).await, events);
}

/// Whoever comes first, and however close the others are.
pub async fn of_a_hundred_uses_of_a_confirmation_one_succeeds(store: &dyn Store) {
    let mut world = World::new("hundred uses");
    let ada = world.member(store, "ada").await;
    let confirmation = world.confirmation();
    let mut tokens = Vec::new();
    let mut changes = Vec::new();
    for token in world.hashes(100) {
        let event = world.event(AuditKind::EnrolmentLinkMade, None);
        let expires_at = world.now.plus_seconds(600);
        tokens.push(token);
        changes.push(store.add_enrolment_link(
            ada.account.id,
            token,
            expires_at,
            Some(confirmation.clone()),
            event,
        ));
    }
    let (mut succeeded, mut refused) = (0, 0);
    for (token, result) in tokens.into_iter().zip(join_all(changes).await) {
        let link = store.enrolment_link(token, world.now).await.unwrap();
        assert_eq!(link.is_some(), result.is_ok());
        match result {
            Ok(()) => succeeded += 1,
            Err(ChangeAccountError::GrantUsed) => refused += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!((succeeded, refused), (1, 99));
    assert_eq!(event_kinds(store, ada.account.id).await.len(), 2);
}

/// Neither by a deletion that the guard refuses, nor by a registration, nor for an account that is gone.
pub async fn a_confirmation_is_not_used_up_by_a_change_that_is_refused(store: &dyn Store) {
    let mut world = World::new("refused change");
    let mut ada = world.member(store, "ada").await;
    let (account, id) = (ada.account.id, ada.credential_id.clone());
    let confirmation = world.confirmation();

    let event = world.event(AuditKind::PasskeyDeleted, None);
    let refused = store.delete_passkey(account, &id, false, Some(confirmation.clone()), event);
    let refused = refused.await;
    assert!(
        matches!(refused, Err(DeletePasskeyError::Last)),
        "{refused:?}"
    );
    let registration = world.create(&mut ada.person);
    let mut finish = world.add(account, &registration);
    finish.grant = Some(Grant::Confirmation(confirmation.clone()));
    finish.max_passkeys = 1;
    let refused = store.finish_registration(finish).await;
    assert!(
        matches!(refused, Err(FinishRegistrationError::TooManyPasskeys)),
        "{refused:?}"
    );
    let mut nobody = ada.clone();
    nobody.account.id.0 = world.random();
    let refused = make_codes(&mut world, store, &nobody, &confirmation).await;
    assert!(
        matches!(refused, Err(ChangeAccountError::AccountNotFound)),
        "{refused:?}"
    );

    let mut finish = world.add(account, &registration);
    finish.grant = Some(Grant::Confirmation(confirmation.clone()));
    store.finish_registration(finish).await.unwrap();
    assert_eq!(passkeys_of(store, account).await.len(), 2);
}

/// Whoever had a passkey, or a session, has what they confirmed with it no more.
pub async fn a_confirmation_goes_with_its_passkey_and_with_its_session(store: &dyn Store) {
    let mut world = World::new("confirmed by what has gone");
    let mut ada = world.member(store, "ada").await;
    let account = ada.account.id;
    let stolen = world.another_passkey(store, &mut ada).await;
    let (owners, thiefs) = (
        world.another_session(store, &mut ada).await,
        world.another_session(store, &mut ada).await,
    );
    let first = ada.credential_id.clone();
    // By the stolen passkey in the owner's own session, and by a passkey that stays in a session that ends.
    let refused = [
        world.confirmed(&stolen, ada.token),
        world.confirmed(&first, thiefs),
    ];
    let good = world.confirmed(&first, ada.token);
    let event = world.event(AuditKind::PasskeyDeleted, Some(stolen.clone()));
    let delete = world.confirmed(&stolen, owners);
    let left = store.delete_passkey(account, &stolen, false, Some(delete), event);
    assert_eq!(left.await.unwrap(), 1);
    for confirmation in &refused {
        refuse_everywhere(&mut world, store, &mut ada, confirmation).await;
    }
    // Nobody else's passkey or session does instead.
    let bob = world.member(store, "bob").await;
    for confirmation in [
        world.confirmed(&bob.credential_id, ada.token),
        world.confirmed(&first, bob.token),
    ] {
        refuse_everywhere(&mut world, store, &mut ada, &confirmation).await;
    }
    make_codes(&mut world, store, &ada, &good).await.unwrap();
}

/// It is remembered like a ceremony, for an hour longer than it could be used.
pub async fn a_used_confirmation_is_forgotten_when_it_has_expired(store: &dyn Store) {
    let mut world = World::new("forgotten confirmation");
    let ada = world.member(store, "ada").await;
    let confirmation = world.confirmation();
    make_codes(&mut world, store, &ada, &confirmation)
        .await
        .unwrap();
    world.now = confirmation.spent.expires_at.plus_seconds(3600);
    let report = store.purge(world.purge(10)).await.unwrap();
    assert_eq!(report.spent_ceremonies, 0);
    world.now.0 += 1;
    let report = store.purge(world.purge(10)).await.unwrap();
    assert_eq!(report.spent_ceremonies, 1);
    make_codes(&mut world, store, &ada, &confirmation)
        .await
        .unwrap();
}

async fn make_codes(
    world: &mut World,
    store: &dyn Store,
    member: &Member,
    confirmation: &Confirmation,
) -> Result<(), ChangeAccountError> {
    let codes = world.hashes(2);
    let event = world.event(AuditKind::RecoveryCodesMade, None);
    store
        .replace_recovery_codes(member.account.id, codes, Some(confirmation.clone()), event)
        .await
}

async fn make_link(
    world: &mut World,
    store: &dyn Store,
    member: &Member,
    confirmation: &Confirmation,
) -> Result<(), ChangeAccountError> {
    let (link, expires_at) = (world.hashes(1)[0], world.now.plus_seconds(600));
    let event = world.event(AuditKind::EnrolmentLinkMade, None);
    store
        .add_enrolment_link(
            member.account.id,
            link,
            expires_at,
            Some(confirmation.clone()),
            event,
        )
        .await
}
