//! Promises about passwords.

use super::world::{LIFETIMES, World, event_kinds};
use crate::{
    Account, AccountId, AuditKind, CreatePasswordAccountError, DropPasswordError,
    FinishPasswordSignIn, FinishPasswordSignInError, NewPasswordAccount, PasswordHash, PasswordUse,
    SessionMethod, Store,
};
use passkeep_verify::user::{DisplayName, UserName};

fn hash(text: &str) -> PasswordHash {
    PasswordHash(text.to_owned())
}

fn new(world: &mut World, name: &str) -> NewPasswordAccount {
    let person = world.person(name);
    NewPasswordAccount {
        id: person.account,
        user: person.user,
        user_name: person.name,
        display_name: DisplayName::parse("Somebody").unwrap(),
        hash: hash("one"),
        session: Some(world.session(SessionMethod::Password)),
        event: world.event(AuditKind::AccountCreatedWithPassword, None),
    }
}

async fn account(world: &mut World, store: &dyn Store, name: &str) -> Account {
    let new = new(world, name);
    store.create_password_account(new).await.unwrap()
}

fn sign_in(world: &mut World, account: AccountId, verified: &str) -> FinishPasswordSignIn {
    FinishPasswordSignIn {
        account,
        verified: hash(verified),
        rehashed: None,
        session: world.session(SessionMethod::Password),
        event: world.event(AuditKind::SignedInByPassword, None),
    }
}

async fn hash_of(store: &dyn Store, name: &str) -> Option<PasswordHash> {
    let name = UserName::parse(name).unwrap();
    let candidate = store.password_candidate(&name).await.unwrap();
    candidate.and_then(|candidate| candidate.hash)
}

/// And has a session, and no passkey.
pub async fn an_account_can_begin_with_a_password(store: &dyn Store) {
    let mut world = World::new("password account");
    let new = new(&mut world, "Ada");
    let token = new.session.as_ref().unwrap().token;
    let created = store.create_password_account(new.clone()).await.unwrap();
    assert_eq!((created.id, &created.user), (new.id, &new.user));
    assert_eq!(created.user_name, "Ada");
    let name = UserName::parse("ADA").unwrap();
    let candidate = store.password_candidate(&name).await.unwrap().unwrap();
    assert_eq!(candidate.account, created);
    assert_eq!(candidate.hash, Some(hash("one")));
    let session = store.session(token, LIFETIMES, world.now).await.unwrap();
    let session = session.unwrap();
    assert_eq!(session.method, SessionMethod::Password);
    assert_eq!(session.account, created);
    assert_eq!(session.credential_id.as_slice(), b"");
    let credentials = store.credentials(created.id).await.unwrap();
    assert_eq!(credentials, crate::Credentials::default());
    let usage = PasswordUse {
        created_at: world.now,
        last_used_at: None,
    };
    assert_eq!(store.password_use(created.id).await.unwrap(), Some(usage));
    let kinds = event_kinds(store, created.id).await;
    assert_eq!(kinds, [AuditKind::AccountCreatedWithPassword]);
    let listed = store.accounts(None, 10).await.unwrap();
    assert!(listed[0].has_password && listed[0].passkeys == 0);

    let bob = world.member(store, "bob").await;
    assert_eq!(store.password_use(bob.account.id).await.unwrap(), None);
    let bobs = store.password_candidate(&bob.person.name).await.unwrap();
    assert_eq!(bobs.unwrap().hash, None);
    let nobody = UserName::parse("nobody").unwrap();
    assert_eq!(store.password_candidate(&nobody).await.unwrap(), None);
}

/// In every variant of case, and nothing is left of the attempt.
pub async fn a_taken_name_is_refused(store: &dyn Store) {
    let mut world = World::new("taken");
    let ada = account(&mut world, store, "ada").await;
    let second = new(&mut world, "ADA");
    let refused = store.create_password_account(second.clone()).await;
    assert!(
        matches!(refused, Err(CreatePasswordAccountError::UserNameTaken)),
        "{refused:?}"
    );
    let token = second.session.unwrap().token;
    let session = store.session(token, LIFETIMES, world.now).await;
    assert_eq!(session.unwrap(), None);
    assert_eq!(store.account(second.id).await.unwrap(), None);
    assert_eq!(event_kinds(store, ada.id).await.len(), 1);
}

/// In place of the session before.
pub async fn a_sign_in_opens_a_session_and_keeps_the_new_hash(store: &dyn Store) {
    let mut world = World::new("sign-in");
    let new = new(&mut world, "ada");
    let before = new.session.as_ref().unwrap().token;
    let ada = store.create_password_account(new).await.unwrap();
    world.pass_seconds(5);
    let mut finish = sign_in(&mut world, ada.id, "one");
    finish.rehashed = Some(hash("two"));
    finish.session.replaces = Some(before);
    let token = finish.session.token;
    assert_eq!(store.finish_password_sign_in(finish).await.unwrap(), ada);
    let session = store.session(token, LIFETIMES, world.now).await.unwrap();
    assert_eq!(session.unwrap().method, SessionMethod::Password);
    let replaced = store.session(before, LIFETIMES, world.now).await.unwrap();
    assert_eq!(replaced, None);
    assert_eq!(hash_of(store, "ada").await, Some(hash("two")));
    let usage = store.password_use(ada.id).await.unwrap().unwrap();
    assert_eq!(usage.last_used_at, Some(world.now));
    let kinds = event_kinds(store, ada.id).await;
    assert!(kinds.contains(&AuditKind::SignedInByPassword), "{kinds:?}");
}

/// It may have been changed or dropped between.
pub async fn what_was_verified_must_still_be_the_password(store: &dyn Store) {
    let mut world = World::new("changed");
    let ada = account(&mut world, store, "ada").await;
    let bob = world.member(store, "bob").await;
    for (account, verified) in [(ada.id, "other"), (bob.account.id, "one")] {
        let finish = sign_in(&mut world, account, verified);
        let token = finish.session.token;
        let refused = store.finish_password_sign_in(finish).await;
        assert!(
            matches!(refused, Err(FinishPasswordSignInError::PasswordNotFound)),
            "{refused:?}"
        );
        let session = store.session(token, LIFETIMES, world.now).await;
        assert_eq!(session.unwrap(), None);
    }
    let usage = store.password_use(ada.id).await.unwrap().unwrap();
    assert_eq!(usage.last_used_at, None);
}

/// And its password is not noted as used.
pub async fn a_locked_account_signs_nobody_in(store: &dyn Store) {
    let mut world = World::new("locked");
    let ada = account(&mut world, store, "ada").await;
    let event = world.event(AuditKind::AccountLocked, None);
    let locked = store.set_locked(ada.id, Some(world.now), event).await;
    assert!(locked.unwrap().is_some());
    let finish = sign_in(&mut world, ada.id, "one");
    let token = finish.session.token;
    let refused = store.finish_password_sign_in(finish).await;
    assert!(
        matches!(refused, Err(FinishPasswordSignInError::AccountLocked)),
        "{refused:?}"
    );
    let session = store.session(token, LIFETIMES, world.now).await;
    assert_eq!(session.unwrap(), None);
    let usage = store.password_use(ada.id).await.unwrap().unwrap();
    assert_eq!(usage.last_used_at, None);
}

/// But for the one that asks. The confirmation is used up.
pub async fn a_password_is_dropped_with_the_sessions_it_opened(store: &dyn Store) {
    let mut world = World::new("dropped");
    let mut person = world.person("ada");
    let mut new = new(&mut world, "ada");
    (new.id, new.user) = (person.account, person.user.clone());
    let stale = new.session.as_ref().unwrap().token;
    let ada = store.create_password_account(new).await.unwrap();
    let registration = world.create(&mut person);
    let mut add = world.add(ada.id, &registration);
    let by_passkey = add.session.as_ref().unwrap().token;
    add.max_passkeys = 1;
    store.finish_registration(add).await.unwrap();
    let finish = sign_in(&mut world, ada.id, "one");
    let asks = finish.session.token;
    store.finish_password_sign_in(finish).await.unwrap();

    let confirmation = world.confirmation();
    let event = world.event(AuditKind::PasswordDropped, None);
    let dropped = store.drop_password(ada.id, Some(asks), Some(confirmation.clone()), event);
    dropped.await.unwrap();
    for (token, open) in [(stale, false), (by_passkey, true), (asks, true)] {
        let session = store.session(token, LIFETIMES, world.now).await.unwrap();
        assert_eq!(session.is_some(), open);
    }
    assert_eq!(hash_of(store, "ada").await, None);
    let kinds = event_kinds(store, ada.id).await;
    assert!(kinds.contains(&AuditKind::PasswordDropped), "{kinds:?}");

    let event = world.event(AuditKind::PasswordDropped, None);
    let again = store.drop_password(ada.id, None, Some(confirmation.clone()), event);
    let again = again.await;
    assert!(
        matches!(again, Err(DropPasswordError::GrantUsed)),
        "{again:?}"
    );
    let event = world.event(AuditKind::PasswordDropped, None);
    let gone = store.drop_password(ada.id, None, None, event).await;
    assert!(
        matches!(gone, Err(DropPasswordError::PasswordNotFound)),
        "{gone:?}"
    );
}

/// And the confirmation is there again.
pub async fn a_password_stays_while_there_is_no_passkey(store: &dyn Store) {
    let mut world = World::new("no passkey");
    let ada = account(&mut world, store, "ada").await;
    let confirmation = world.confirmation();
    for _ in 0..2 {
        let event = world.event(AuditKind::PasswordDropped, None);
        let refused = store.drop_password(ada.id, None, Some(confirmation.clone()), event);
        let refused = refused.await;
        assert!(
            matches!(refused, Err(DropPasswordError::NoPasskey)),
            "{refused:?}"
        );
    }
    assert_eq!(hash_of(store, "ada").await, Some(hash("one")));
    assert_eq!(event_kinds(store, ada.id).await.len(), 1);
}

/// The name is free again.
pub async fn a_password_goes_with_its_account(store: &dyn Store) {
    let mut world = World::new("deleted");
    let ada = account(&mut world, store, "ada").await;
    let event = world.event(AuditKind::AccountDeleted, None);
    store.delete_account(ada.id, None, event).await.unwrap();
    assert_eq!(store.password_use(ada.id).await.unwrap(), None);
    assert_eq!(hash_of(store, "ada").await, None);
    account(&mut world, store, "ada").await;
}
