//! Promises about accounts: locks, deletion, names, lists.

use futures_util::future::{join, join_all};
use passkeep_verify::user::DisplayName;
use passkeep_verify::{CeremonyId, Timestamp};

use super::world::{LIFETIMES, World, event_kinds, install, is_open, is_registered, passkeys_of};
use crate::{
    Account, AccountId, AccountSummary, AuditEvent, AuditKind, ChangeAccountError, Credentials,
    FinishAuthenticationError, FinishRegistrationError, Grant, Store,
};

/// Of that account, whose passkeys stay; the lock is told once, and locking again changes nothing.
pub async fn a_lock_ends_sessions_and_deletes_restore_keys(store: &dyn Store) {
    let mut world = World::new("lock");
    let mut ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let other = world.another_session(store, &mut ada).await;
    let key = world.restore_key(store, &ada, "a", other).await;
    let bobs_key = world.restore_key(store, &bob, "a", bob.token).await;
    world.pass_seconds(1);

    let event = world.event(AuditKind::AccountLocked, None);
    let locked = store.set_locked(ada.account.id, Some(world.now), event);
    let expected = Account {
        locked_at: Some(world.now),
        ..ada.account.clone()
    };
    assert_eq!(locked.await.unwrap().as_ref(), Some(&expected));
    assert!(!is_open(store, ada.token, world.now).await);
    assert!(!is_open(store, other, world.now).await);
    assert!(!is_registered(store, &key).await);
    assert_eq!(passkeys_of(store, ada.account.id).await.len(), 1);
    assert!(is_open(store, bob.token, world.now).await);
    assert!(is_registered(store, &bobs_key).await);

    world.pass_seconds(1);
    let event = world.event(AuditKind::AccountLocked, None);
    let again = store.set_locked(ada.account.id, Some(world.now), event);
    assert_eq!(again.await.unwrap().as_ref(), Some(&expected));
    let found = store.account_by_name(&ada.person.name).await.unwrap();
    assert_eq!(found.as_ref(), Some(&expected));
    let found = store.account_by_user(&ada.person.user).await.unwrap();
    assert_eq!(found.as_ref(), Some(&expected));
    let found = store.account(ada.account.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&expected));
    let kinds = event_kinds(store, ada.account.id).await;
    assert_eq!(kinds[0], AuditKind::AccountLocked);
    assert_eq!(kinds[1], AuditKind::RestoreKeyDeleted);
    assert_eq!(kinds.len(), 5);
}

/// But a ceremony that is spent or a credential that is gone is told first; and nothing changes.
pub async fn nobody_signs_in_to_a_locked_account(store: &dyn Store) {
    use FinishAuthenticationError as Refusal;
    let mut world = World::new("locked out");
    let mut ada = world.member(store, "ada").await;
    let spent = world.get(&mut ada.person);
    let finish = world.sign_in(store, &spent).await;
    store.finish_authentication(finish).await.unwrap();
    let authentication = world.get(&mut ada.person);
    let before = passkeys_of(store, ada.account.id).await;
    set_locked(&mut world, store, ada.account.id, true).await;

    let finish = world.sign_in(store, &spent).await;
    let refused = store.finish_authentication(finish).await.unwrap_err();
    assert!(matches!(refused, Refusal::CeremonySpent), "{refused:?}");
    world.pass_seconds(1);
    let finish = world.sign_in(store, &authentication).await;
    let token = finish.session.as_ref().unwrap().token;
    let refused = store.finish_authentication(finish).await.unwrap_err();
    assert!(matches!(refused, Refusal::AccountLocked), "{refused:?}");
    let mut confirm = world.sign_in(store, &authentication).await;
    confirm.session = None;
    let refused = store.finish_authentication(confirm).await.unwrap_err();
    assert!(matches!(refused, Refusal::AccountLocked), "{refused:?}");
    assert!(!is_open(store, token, world.now).await);
    assert_eq!(passkeys_of(store, ada.account.id).await, before);
    let kinds = event_kinds(store, ada.account.id).await;
    assert_eq!(kinds[0], AuditKind::AccountLocked);

    // The same finish, when the credential is gone too.
    let finish = world.sign_in(store, &authentication).await;
    let event = world.event(AuditKind::PasskeyDeleted, None);
    let (account, id) = (ada.account.id, &ada.credential_id);
    let deleted = store.delete_passkey(account, id, true, None, event).await;
    assert_eq!(deleted.unwrap(), 0);
    let refused = store.finish_authentication(finish).await.unwrap_err();
    assert!(
        matches!(refused, Refusal::CredentialNotFound),
        "{refused:?}"
    );
}

/// Nor a restore key. What permits it must be good before the lock is told, and the lock is told before the rest.
pub async fn no_passkey_is_added_to_a_locked_account(store: &dyn Store) {
    use FinishRegistrationError as Refusal;
    let mut world = World::new("no addition");
    let mut ada = world.member(store, "ada").await;
    let codes = world.hashes(1);
    let event = world.event(AuditKind::RecoveryCodesMade, None);
    let made = store.replace_recovery_codes(ada.account.id, codes.clone(), None, event);
    made.await.unwrap();
    set_locked(&mut world, store, ada.account.id, true).await;

    let mut registration = world.create(&mut ada.person);
    let mut finish = world.add(ada.account.id, &registration);
    finish.grant = Some(Grant::RecoveryCode(world.hashes(1)[0]));
    let refused = store.finish_registration(finish).await.unwrap_err();
    assert!(matches!(refused, Refusal::GrantUsed), "{refused:?}");

    let mut finish = world.add(ada.account.id, &registration);
    finish.grant = Some(Grant::RecoveryCode(codes[0]));
    finish.max_passkeys = 0;
    let refused = store.finish_registration(finish).await.unwrap_err();
    assert!(matches!(refused, Refusal::AccountLocked), "{refused:?}");
    let left = store.has_recovery_code(ada.account.id, codes[0]).await;
    assert!(left.unwrap());

    let mut device = world.device(&ada.person);
    let restore = world.restore(&mut device, &install("a"), ada.token);
    let refused = store.finish_registration(restore).await.unwrap_err();
    assert!(matches!(refused, Refusal::AccountLocked), "{refused:?}");

    set_locked(&mut world, store, ada.account.id, false).await;
    let mut finish = world.add(ada.account.id, &registration);
    finish.grant = Some(Grant::RecoveryCode(codes[0]));
    store.finish_registration(finish).await.unwrap();
    set_locked(&mut world, store, ada.account.id, true).await;
    registration.ceremony = CeremonyId(world.random());
    let finish = world.add(ada.account.id, &registration);
    let refused = store.finish_registration(finish).await.unwrap_err();
    assert!(matches!(refused, Refusal::AccountLocked), "{refused:?}");
}

/// People sign in again, and the unlocking is told once.
pub async fn an_unlocked_account_is_open(store: &dyn Store) {
    let mut world = World::new("unlock");
    let mut ada = world.member(store, "ada").await;
    let account = ada.account.id;
    set_locked(&mut world, store, account, true).await;
    for _ in 0..2 {
        world.pass_seconds(1);
        let event = world.event(AuditKind::AccountUnlocked, None);
        let unlocked = store.set_locked(account, None, event).await.unwrap();
        assert_eq!(unlocked.as_ref(), Some(&ada.account));
    }
    assert!(!is_open(store, ada.token, world.now).await);
    let token = world.another_session(store, &mut ada).await;
    assert!(is_open(store, token, world.now).await);
    let unlocked = event_kinds(store, account).await;
    let unlocked = unlocked
        .into_iter()
        .filter(|kind| *kind == AuditKind::AccountUnlocked);
    assert_eq!(unlocked.count(), 1);
}

/// Each either came before and was ended, or after and was refused.
pub async fn no_session_survives_a_lock_that_races_with_sign_ins(store: &dyn Store) {
    let mut world = World::new("racing lock");
    let mut ada = world.member(store, "ada").await;
    let account = ada.account.id;
    for round in 0..3 {
        let mut finishes = Vec::new();
        let mut tokens = Vec::new();
        for _ in 0..100 {
            let authentication = world.get(&mut ada.person);
            let finish = world.sign_in(store, &authentication).await;
            tokens.push(finish.session.as_ref().unwrap().token);
            finishes.push(finish);
        }
        // One half is sent before the lock, the other after it.
        let later = finishes.split_off(50);
        let event = world.event(AuditKind::AccountLocked, None);
        let lock = store.set_locked(account, Some(world.now), event);
        let sign_in = |finish| store.finish_authentication(finish);
        let before = join_all(finishes.into_iter().map(sign_in));
        let after = join_all(later.into_iter().map(sign_in));
        let (mut results, (locked, after)) = join(before, join(lock, after)).await;
        assert!(locked.unwrap().unwrap().locked_at.is_some());
        results.extend(after);
        for result in results {
            assert!(
                matches!(
                    result,
                    Ok(_) | Err(FinishAuthenticationError::AccountLocked)
                ),
                "{round}: {result:?}"
            );
        }
        for token in tokens {
            assert!(!is_open(store, token, world.now).await, "{round}");
        }
        set_locked(&mut world, store, account, false).await;
    }
}

/// Nothing waits for ever, and nothing is refused that was not to be.
pub async fn changes_at_once_do_not_get_in_each_others_way(store: &dyn Store) {
    let mut world = World::new("at once");
    let mut members = [
        world.member(store, "ada").await,
        world.member(store, "bob").await,
    ];
    let (mut sign_ins, mut restores, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    let mut revocations = Vec::new();
    for round in 0..20 {
        members.reverse();
        let [member, other] = &mut members;
        let mine = world.another_session(store, member).await;
        let theirs = world.another_session(store, other).await;
        world.restore_key(store, member, "a", mine).await;
        for replaces in [mine, theirs] {
            let authentication = world.get(&mut member.person);
            let mut finish = world.sign_in(store, &authentication).await;
            finish.session.as_mut().unwrap().replaces = Some(replaces);
            sign_ins.push(store.finish_authentication(finish));
        }
        let mut device = world.device(&member.person);
        let finish = world.restore(&mut device, &install("a"), mine);
        restores.push(store.finish_registration(finish));
        let event = world.event(AuditKind::SignedOut, None);
        ends.push(store.end_session(mine, event));
        if round % 3 == 0 {
            let event = world.event(AuditKind::SessionsRevoked, None);
            revocations.push(store.revoke_sessions(member.account.id, Some(mine), event));
        }
    }
    let (signed_in, (restored, (ended, revoked))) = join(
        join_all(sign_ins),
        join(
            join_all(restores),
            join(join_all(ends), join_all(revocations)),
        ),
    )
    .await;
    for result in signed_in {
        result.unwrap();
    }
    for result in restored {
        assert!(
            matches!(result, Ok(_) | Err(FinishRegistrationError::SessionEnded)),
            "{result:?}"
        );
    }
    for result in ended {
        result.unwrap();
    }
    for result in revoked {
        result.unwrap();
    }
}

/// Whatever it had; and its user name is free.
pub async fn a_deleted_account_leaves_nothing_but_its_events(store: &dyn Store) {
    let mut world = World::new("deletion");
    let mut ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let account = ada.account.id;
    let other = world.another_session(store, &mut ada).await;
    let key = world.restore_key(store, &ada, "a", other).await;
    let (codes, link) = (world.hashes(10), world.hashes(1)[0]);
    let event = world.event(AuditKind::RecoveryCodesMade, None);
    let made = store.replace_recovery_codes(account, codes.clone(), None, event);
    made.await.unwrap();
    let event = world.event(AuditKind::EnrolmentLinkMade, None);
    let expires_at = world.now.plus_seconds(600);
    let made = store.add_enrolment_link(account, link, expires_at, None, event);
    made.await.unwrap();
    let mut events = store.audit_events(account, None, 100).await.unwrap();

    world.pass_seconds(1);
    let event = world.event(AuditKind::AccountDeleted, None);
    let deleted = store.delete_account(account, None, event.clone()).await;
    deleted.unwrap();
    let found = store.account_by_name(&ada.person.name).await.unwrap();
    assert_eq!(found, None);
    let found = store.account_by_user(&ada.person.user).await.unwrap();
    assert_eq!(found, None);
    let left = store.credentials(account).await.unwrap();
    assert_eq!(left, Credentials::default());
    assert!(!is_registered(store, &ada.credential_id).await);
    assert!(!is_registered(store, &key).await);
    assert!(!is_open(store, ada.token, world.now).await);
    let sessions = store.sessions(account, LIFETIMES, world.now).await;
    assert_eq!(sessions.unwrap(), []);
    assert_eq!(store.recovery_codes(account).await.unwrap(), None);
    let code = store.has_recovery_code(account, codes[0]).await;
    assert!(!code.unwrap());
    let found = store.enrolment_link(link, world.now).await.unwrap();
    assert_eq!(found, None);

    let account_of = Some(account);
    events.insert(
        0,
        AuditEvent {
            account: account_of,
            ..event
        },
    );
    assert_eq!(
        store.audit_events(account, None, 100).await.unwrap(),
        events
    );
    assert!(is_open(store, bob.token, world.now).await);
    assert_eq!(passkeys_of(store, bob.account.id).await.len(), 1);
    let again = world.member(store, "Ada").await;
    assert_eq!(again.account.user_name, "Ada");
}

/// Nor is anything told of it.
pub async fn an_account_that_is_not_there_is_not_changed(store: &dyn Store) {
    use ChangeAccountError as Refusal;
    let mut world = World::new("nobody");
    world.member(store, "ada").await;
    let nobody = AccountId(world.random());
    let event = world.event(AuditKind::AccountLocked, None);
    let locked = store.set_locked(nobody, Some(world.now), event).await;
    assert_eq!(locked.unwrap(), None);
    let name = DisplayName::parse("Nobody").unwrap();
    let event = world.event(AuditKind::DisplayNameChanged, None);
    let named = store.set_display_name(nobody, &name, event).await;
    assert_eq!(named.unwrap(), None);
    let event = world.event(AuditKind::SessionsRevoked, None);
    let revoked = store.revoke_sessions(nobody, None, event).await;
    assert!(revoked.unwrap().is_nothing());

    let event = world.event(AuditKind::AccountDeleted, None);
    let deleted = store.delete_account(nobody, None, event).await;
    let event = world.event(AuditKind::RecoveryCodesMade, None);
    let codes = store.replace_recovery_codes(nobody, world.hashes(1), None, event);
    let codes = codes.await;
    let event = world.event(AuditKind::EnrolmentLinkMade, None);
    let token = world.hashes(1)[0];
    let link = store.add_enrolment_link(nobody, token, world.now, None, event);
    for refused in [deleted, codes, link.await] {
        assert!(
            matches!(refused, Err(Refusal::AccountNotFound)),
            "{refused:?}"
        );
    }
    assert_eq!(event_kinds(store, nobody).await, []);
}

/// Wherever one looks, and it is told.
pub async fn a_display_name_is_changed(store: &dyn Store) {
    let mut world = World::new("display name");
    let ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let name = DisplayName::parse("Ada, Countess of Lovelace").unwrap();
    world.pass_seconds(1);
    let event = world.event(AuditKind::DisplayNameChanged, None);
    let changed = store.set_display_name(ada.account.id, &name, event);
    let expected = Account {
        display_name: "Ada, Countess of Lovelace".to_owned(),
        ..ada.account
    };
    assert_eq!(changed.await.unwrap().as_ref(), Some(&expected));
    let of_bob = store.account_by_name(&bob.person.name).await.unwrap();
    assert_eq!(of_bob, Some(bob.account));
    let found = store.account_by_name(&ada.person.name).await.unwrap();
    assert_eq!(found, Some(expected));
    // The same name again is no change, and not told.
    let event = world.event(AuditKind::DisplayNameChanged, None);
    let same = store.set_display_name(ada.account.id, &name, event);
    assert_eq!(same.await.unwrap(), found);
    let kinds = event_kinds(store, ada.account.id).await;
    assert_eq!(
        kinds,
        [AuditKind::DisplayNameChanged, AuditKind::AccountCreated]
    );
}

/// By the key of the user name, of which every one is on one page; restore keys are no passkeys.
pub async fn accounts_are_listed_in_order_and_in_pages(store: &dyn Store) {
    let mut world = World::new("pages");
    let mut members = Vec::new();
    for name in ["delta", "Alpha", "äther", "bravo", "Charlie"] {
        members.push(world.member(store, name).await);
    }
    let summary = |account: &Account, passkeys, last_used_at: Option<Timestamp>| AccountSummary {
        account: account.clone(),
        passkeys,
        has_password: false,
        last_used_at,
    };
    world.pass_seconds(1);
    world.another_session(store, &mut members[3]).await;
    let bravo_used_at = world.now;
    world.pass_seconds(1);
    world.another_passkey(store, &mut members[3]).await;
    let delta = &members[0];
    let token = delta.token;
    world.restore_key(store, delta, "a", token).await;
    let expected = [
        summary(&members[1].account, 1, None),
        summary(&members[3].account, 2, Some(bravo_used_at)),
        summary(&members[4].account, 1, None),
        summary(&members[0].account, 1, None),
        summary(&members[2].account, 1, None),
    ];

    assert_eq!(store.accounts(None, 10).await.unwrap(), expected);
    let page = store.accounts(None, 2).await.unwrap();
    assert_eq!(page, expected[..2]);
    let page = store.accounts(Some(&members[3].person.name), 2).await;
    assert_eq!(page.unwrap(), expected[2..4]);
    let page = store.accounts(Some(&members[0].person.name), 2).await;
    assert_eq!(page.unwrap(), expected[4..]);
    let page = store.accounts(Some(&members[2].person.name), 2).await;
    assert_eq!(page.unwrap(), []);
}

async fn set_locked(world: &mut World, store: &dyn Store, account: AccountId, locked: bool) {
    world.pass_seconds(1);
    let (locked_at, kind) = if locked {
        (Some(world.now), AuditKind::AccountLocked)
    } else {
        (None, AuditKind::AccountUnlocked)
    };
    let event = world.event(kind, None);
    let changed = store.set_locked(account, locked_at, event).await.unwrap();
    assert_eq!(changed.unwrap().locked_at, locked_at);
}
