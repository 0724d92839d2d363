//! Promises about recovery codes and enrolment links.

use futures_util::future::join_all;
use passkeep_verify::Timestamp;

use super::world::{Member, World, event_kinds, is_open, is_registered, passkeys_of};
use crate::{Account, AuditKind, FinishRegistrationError, Grant, RecoveryCodes, Store, TokenHash};

/// It is gone then, and the others are there.
pub async fn a_recovery_code_adds_a_passkey_once(store: &dyn Store) {
    let mut world = World::new("code");
    let mut ada = world.member(store, "ada").await;
    assert_eq!(store.recovery_codes(ada.account.id).await.unwrap(), None);
    let codes = world.hashes(10);
    make_codes(&mut world, store, &ada, &codes).await;
    let made = Some(RecoveryCodes {
        left: 10,
        created_at: world.now,
    });
    assert_eq!(store.recovery_codes(ada.account.id).await.unwrap(), made);
    assert!(has(store, &ada, codes[3]).await);

    world.pass_seconds(60);
    let account = add(&mut world, store, &mut ada, Grant::RecoveryCode(codes[3])).await;
    assert_eq!(account.unwrap(), ada.account);
    let left = store.recovery_codes(ada.account.id).await.unwrap();
    assert_eq!(left, made.map(|made| RecoveryCodes { left: 9, ..made }));
    assert!(!has(store, &ada, codes[3]).await);
    let refused = add(&mut world, store, &mut ada, Grant::RecoveryCode(codes[3])).await;
    assert_used(refused);
    assert_eq!(passkeys_of(store, ada.account.id).await.len(), 2);

    for (number, code) in codes.iter().enumerate() {
        assert_eq!(has(store, &ada, *code).await, number != 3);
    }
    add(&mut world, store, &mut ada, Grant::RecoveryCode(codes[4]))
        .await
        .unwrap();
}

/// Its owner may have lost a device: what was open there, and what that could have gone on to do, ends. The codes stay.
pub async fn a_recovery_ends_what_was_open(store: &dyn Store) {
    let mut world = World::new("recovered");
    let mut ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let account = ada.account.id;
    let other = world.another_session(store, &mut ada).await;
    let key = world.restore_key(store, &ada, "lost", other).await;
    let bobs_key = world.restore_key(store, &bob, "bob's", bob.token).await;
    let link = make_link(&mut world, store, &ada).await;
    let codes = world.hashes(2);
    make_codes(&mut world, store, &ada, &codes).await;

    // Not when it is refused.
    let refused = add(&mut world, store, &mut ada, Grant::RecoveryCode(link)).await;
    assert_used(refused);
    let registration = world.create(&mut ada.person);
    let mut too_many = world.add(account, &registration);
    too_many.grant = Some(Grant::RecoveryCode(codes[0]));
    too_many.max_passkeys = 1;
    let refused = store.finish_registration(too_many).await.unwrap_err();
    assert!(
        matches!(refused, FinishRegistrationError::TooManyPasskeys),
        "{refused:?}"
    );
    assert!(is_open(store, other, world.now).await);
    assert!(is_registered(store, &key).await);

    world.pass_seconds(1);
    let registration = world.create(&mut ada.person);
    let mut recover = world.add(account, &registration);
    recover.grant = Some(Grant::RecoveryCode(codes[0]));
    let session = recover.session.as_mut().unwrap();
    session.replaces = Some(other);
    let token = session.token;
    store.finish_registration(recover).await.unwrap();
    for (token, open) in [
        (ada.token, false),
        (other, false),
        (token, true),
        (bob.token, true),
    ] {
        assert_eq!(is_open(store, token, world.now).await, open);
    }
    assert!(!is_registered(store, &key).await);
    assert!(is_registered(store, &bobs_key).await);
    let found = store.enrolment_link(link, world.now).await.unwrap();
    assert_eq!(found, None);
    assert!(has(store, &ada, codes[1]).await);
    let events = store.audit_events(account, None, 2).await.unwrap();
    assert_eq!(events[1].kind, AuditKind::RestoreKeyDeleted);
    assert_eq!(events[1].credential_id, Some(key));
    assert_eq!(events[0].kind, AuditKind::PasskeyAdded);
}

/// Whoever made one in a session that ends has no use of it. That of another account stays.
pub async fn enrolment_links_go_when_all_sessions_end(store: &dyn Store) {
    let mut world = World::new("links and sessions");
    let ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let links = [
        make_link(&mut world, store, &ada).await,
        make_link(&mut world, store, &bob).await,
    ];
    let event = world.event(AuditKind::SessionsRevoked, None);
    let ended = store.revoke_sessions(ada.account.id, Some(ada.token), event);
    assert_eq!(ended.await.unwrap().sessions, 0);
    for (link, expected) in links.into_iter().zip([None, Some(bob.account)]) {
        let found = store.enrolment_link(link, world.now).await.unwrap();
        assert_eq!(found, expected);
    }
}

/// Whoever comes first, and however close the others are.
pub async fn of_a_hundred_uses_of_a_recovery_code_one_succeeds(store: &dyn Store) {
    let mut world = World::new("hundred codes");
    let mut ada = world.member(store, "ada").await;
    let codes = world.hashes(2);
    make_codes(&mut world, store, &ada, &codes).await;
    let mut finishes = Vec::new();
    for _ in 0..100 {
        let registration = world.create(&mut ada.person);
        let mut finish = world.add(ada.account.id, &registration);
        finish.max_passkeys = 1000;
        finish.grant = Some(Grant::RecoveryCode(codes[0]));
        finishes.push(store.finish_registration(finish));
    }
    let results = join_all(finishes).await;
    let succeeded = results.iter().filter(|result| result.is_ok()).count();
    let used = results
        .iter()
        .filter(|result| matches!(result, Err(FinishRegistrationError::GrantUsed)));
    assert_eq!((succeeded, used.count()), (1, 99));
    let left = store.recovery_codes(ada.account.id).await.unwrap();
    assert_eq!(left.map(|codes| codes.left), Some(1));
}

/// Whoever else presents it.
pub async fn a_recovery_code_is_its_accounts_only(store: &dyn Store) {
    let mut world = World::new("foreign code");
    let ada = world.member(store, "ada").await;
    let mut bob = world.member(store, "bob").await;
    let codes = world.hashes(1);
    make_codes(&mut world, store, &ada, &codes).await;
    assert!(!has(store, &bob, codes[0]).await);
    let grant = Grant::RecoveryCode(codes[0]);
    assert_used(add(&mut world, store, &mut bob, grant.clone()).await);

    let mut eve = world.person("eve");
    let registration = world.create(&mut eve);
    let mut finish = world.sign_up(&eve, &registration);
    finish.grant = Some(grant);
    assert_used(store.finish_registration(finish).await);
    assert!(has(store, &ada, codes[0]).await);
}

/// And those of nobody else.
pub async fn new_recovery_codes_make_the_old_ones_void(store: &dyn Store) {
    let mut world = World::new("new codes");
    let mut ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let (old, new, bobs) = (world.hashes(3), world.hashes(2), world.hashes(1));
    make_codes(&mut world, store, &ada, &old).await;
    make_codes(&mut world, store, &bob, &bobs).await;
    world.pass_seconds(1);
    make_codes(&mut world, store, &ada, &new).await;
    let left = store.recovery_codes(ada.account.id).await.unwrap();
    let created_at = world.now;
    assert_eq!(
        left,
        Some(RecoveryCodes {
            left: 2,
            created_at
        })
    );
    for code in old {
        assert!(!has(store, &ada, code).await);
        let refused = add(&mut world, store, &mut ada, Grant::RecoveryCode(code)).await;
        assert_used(refused);
    }
    assert!(has(store, &bob, bobs[0]).await);
    let kinds = event_kinds(store, ada.account.id).await;
    assert_eq!(kinds[..2], [AuditKind::RecoveryCodesMade; 2]);
}

/// The account has it until then.
pub async fn an_enrolment_link_adds_a_passkey_once(store: &dyn Store) {
    let mut world = World::new("link");
    let mut ada = world.member(store, "ada").await;
    let link = make_link(&mut world, store, &ada).await;
    let other = make_link(&mut world, store, &ada).await;
    let found = store.enrolment_link(link, world.now).await.unwrap();
    assert_eq!(found.as_ref(), Some(&ada.account));
    let unknown = store.enrolment_link(world.hashes(1)[0], world.now).await;
    assert_eq!(unknown.unwrap(), None);

    let grant = Grant::EnrolmentLink(link);
    let account = add(&mut world, store, &mut ada, grant.clone()).await;
    assert_eq!(account.unwrap(), ada.account);
    let found = store.enrolment_link(link, world.now).await.unwrap();
    assert_eq!(found, None);
    assert_used(add(&mut world, store, &mut ada, grant).await);
    assert_eq!(passkeys_of(store, ada.account.id).await.len(), 2);
    let found = store.enrolment_link(other, world.now).await.unwrap();
    assert_eq!(found, Some(ada.account));
}

/// To the millisecond, by the time of the finish.
pub async fn an_enrolment_link_ends_when_it_expires(store: &dyn Store) {
    let mut world = World::new("expired link");
    let mut ada = world.member(store, "ada").await;
    let (link, other) = (
        make_link(&mut world, store, &ada).await,
        make_link(&mut world, store, &ada).await,
    );
    let expires_at = world.now.plus_seconds(600);
    let after = Timestamp(expires_at.0 + 1);
    let found = store.enrolment_link(link, expires_at).await.unwrap();
    assert_eq!(found.as_ref(), Some(&ada.account));
    let found = store.enrolment_link(link, after).await.unwrap();
    assert_eq!(found, None);

    world.now = expires_at;
    add(&mut world, store, &mut ada, Grant::EnrolmentLink(link))
        .await
        .unwrap();
    world.now = after;
    let refused = add(&mut world, store, &mut ada, Grant::EnrolmentLink(other)).await;
    assert_used(refused);
}

/// And it stays good for that one.
pub async fn an_enrolment_link_is_its_accounts_only(store: &dyn Store) {
    let mut world = World::new("foreign link");
    let ada = world.member(store, "ada").await;
    let mut bob = world.member(store, "bob").await;
    let link = make_link(&mut world, store, &ada).await;
    let refused = add(&mut world, store, &mut bob, Grant::EnrolmentLink(link)).await;
    assert_used(refused);
    assert_eq!(passkeys_of(store, bob.account.id).await.len(), 1);
    let found = store.enrolment_link(link, world.now).await.unwrap();
    assert_eq!(found, Some(ada.account));
}

/// And it can be used in another.
pub async fn a_code_or_link_is_not_used_up_by_a_registration_that_is_refused(store: &dyn Store) {
    let mut world = World::new("refused with a code");
    let mut ada = world.member(store, "ada").await;
    let codes = world.hashes(1);
    make_codes(&mut world, store, &ada, &codes).await;
    let link = make_link(&mut world, store, &ada).await;
    for grant in [Grant::EnrolmentLink(link), Grant::RecoveryCode(codes[0])] {
        let registration = world.create(&mut ada.person);
        let mut finish = world.add(ada.account.id, &registration);
        finish.max_passkeys = 1;
        finish.grant = Some(grant.clone());
        let refused = store.finish_registration(finish).await;
        assert!(
            matches!(refused, Err(FinishRegistrationError::TooManyPasskeys)),
            "{refused:?}"
        );
        let mut finish = world.add(ada.account.id, &registration);
        finish.grant = Some(grant);
        store.finish_registration(finish).await.unwrap();
    }
}

async fn has(store: &dyn Store, member: &Member, code: TokenHash) -> bool {
    let has = store.has_recovery_code(member.account.id, code).await;
    has.unwrap()
}

async fn make_codes(world: &mut World, store: &dyn Store, member: &Member, codes: &[TokenHash]) {
    let event = world.event(AuditKind::RecoveryCodesMade, None);
    let made = store.replace_recovery_codes(member.account.id, codes.to_vec(), None, event);
    made.await.unwrap();
}

/// A link that is good for ten minutes.
async fn make_link(world: &mut World, store: &dyn Store, member: &Member) -> TokenHash {
    world.link(store, member.account.id).await
}

/// Adds a passkey by a grant.
async fn add(
    world: &mut World,
    store: &dyn Store,
    member: &mut Member,
    grant: Grant,
) -> Result<Account, FinishRegistrationError> {
    let registration = world.create(&mut member.person);
    let mut finish = world.add(member.account.id, &registration);
    finish.grant = Some(grant);
    store.finish_registration(finish).await
}

#[track_caller]
fn assert_used(result: Result<Account, FinishRegistrationError>) {
    assert!(
        matches!(result, Err(FinishRegistrationError::GrantUsed)),
        "{result:?}"
    );
}
