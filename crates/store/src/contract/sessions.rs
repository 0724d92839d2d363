//! Promises about sessions.

use futures_util::future::join_all;

use super::world::{LIFETIMES, World, event_kinds, is_open};
use crate::{
    AuditKind, Revoked, SessionId, SessionLifetimes, SessionMethod, SessionSummary, Store,
    TokenHash,
};

/// To the millisecond, and once it is over, nothing opens it again.
pub async fn an_unused_session_ends_with_its_idle_lifetime(store: &dyn Store) {
    let mut world = World::new("idle");
    let ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    world.pass_seconds(1800);
    assert!(!is_open(store, ada.token, world.now).await);
    world.now.0 -= 1;
    assert!(is_open(store, bob.token, world.now).await);

    // Looking at the session that had ended did not count as its use, and bob's use did not count for ada.
    world.now.0 += 1;
    assert!(!is_open(store, ada.token, world.now).await);
    assert!(is_open(store, bob.token, world.now).await);

    let unknown = TokenHash(world.random());
    assert!(!is_open(store, unknown, world.now).await);
}

/// However often it is used.
pub async fn use_prolongs_a_session_up_to_its_absolute_lifetime(store: &dyn Store) {
    let mut world = World::new("absolute");
    let ada = world.member(store, "ada").await;
    let created = world.now;
    for _ in 0..57 {
        world.pass_seconds(1500);
        assert!(is_open(store, ada.token, world.now).await);
    }
    assert_eq!(world.now, created.plus_seconds(85_500));
    world.pass_seconds(899);
    assert!(is_open(store, ada.token, world.now).await);
    world.pass_seconds(1);
    assert!(!is_open(store, ada.token, world.now).await);
}

/// So a session costs no write at every request.
pub async fn use_is_noted_at_most_once_a_minute(store: &dyn Store) {
    let mut world = World::new("noted");
    let ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    world.pass_seconds(59);
    assert!(is_open(store, ada.token, world.now).await);
    world.pass_seconds(1);
    assert!(is_open(store, bob.token, world.now).await);
    world.pass_seconds(1740);
    assert!(!is_open(store, ada.token, world.now).await);
    assert!(is_open(store, bob.token, world.now).await);
}

/// Noting by the minute would end sessions that are in use.
pub async fn a_short_idle_lifetime_is_kept_too(store: &dyn Store) {
    let mut world = World::new("short idle");
    let ada = world.member(store, "ada").await;
    let lifetimes = SessionLifetimes {
        idle: 10,
        absolute: 86_400,
    };
    for _ in 0..20 {
        world.pass_seconds(6);
        let session = store.session(ada.token, lifetimes, world.now).await;
        assert!(session.unwrap().is_some());
    }
    world.pass_seconds(10);
    let session = store.session(ada.token, lifetimes, world.now).await;
    assert_eq!(session.unwrap(), None);
}

/// Ending it again, or one that never was, is no error and leaves no trace.
pub async fn a_session_is_ended_once_and_told_once(store: &dyn Store) {
    let mut world = World::new("end");
    let ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let ends: Vec<_> = (0..10)
        .map(|_| store.end_session(ada.token, world.event(AuditKind::SignedOut, None)))
        .collect();
    for result in join_all(ends).await {
        result.unwrap();
    }
    let unknown = TokenHash(world.random());
    let event = world.event(AuditKind::SignedOut, None);
    store.end_session(unknown, event).await.unwrap();

    assert!(!is_open(store, ada.token, world.now).await);
    assert!(is_open(store, bob.token, world.now).await);
    let kinds = event_kinds(store, ada.account.id).await;
    assert_eq!(kinds, [AuditKind::SignedOut, AuditKind::AccountCreated]);
    let kinds = event_kinds(store, bob.account.id).await;
    assert_eq!(kinds, [AuditKind::AccountCreated]);
}

/// Those that are open, and nobody else's; each by an id that opens nothing.
pub async fn sessions_are_listed_the_last_used_first(store: &dyn Store) {
    let mut world = World::new("list of sessions");
    let mut ada = world.member(store, "ada").await;
    world.member(store, "bob").await;
    let created_at = world.now;
    world.pass_seconds(60);
    let second = world.another_session(store, &mut ada).await;
    let second_created_at = world.now;
    world.pass_seconds(60);
    let third = world.another_session(store, &mut ada).await;
    let event = world.event(AuditKind::SignedOut, None);
    store.end_session(third, event).await.unwrap();
    world.pass_seconds(60);
    assert!(is_open(store, ada.token, world.now).await);

    let summary = |token: TokenHash, method, created_at, last_used_at| SessionSummary {
        id: SessionId(token.0[..16].try_into().unwrap()),
        method,
        device: "Firefox on Linux".to_owned(),
        created_at,
        last_used_at,
    };
    let (by_registration, by_passkey) = (SessionMethod::Registration, SessionMethod::Passkey);
    let first = summary(ada.token, by_registration, created_at, world.now);
    let second = summary(second, by_passkey, second_created_at, second_created_at);
    let sessions = store.sessions(ada.account.id, LIFETIMES, world.now);
    assert_eq!(sessions.await.unwrap(), [first.clone(), second]);
    let idle = second_created_at.plus_seconds(LIFETIMES.idle);
    let sessions = store.sessions(ada.account.id, LIFETIMES, idle).await;
    assert_eq!(sessions.unwrap(), [first]);
    let absolute = created_at.plus_seconds(LIFETIMES.absolute);
    let sessions = store.sessions(ada.account.id, LIFETIMES, absolute).await;
    assert_eq!(sessions.unwrap(), []);
}

/// Once, and by nobody else.
pub async fn a_session_is_revoked_by_its_owner(store: &dyn Store) {
    let mut world = World::new("revoked");
    let mut ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let other = world.another_session(store, &mut ada).await;
    let id = SessionId::from(other);
    world.pass_seconds(1);
    for (account, expected) in [
        (bob.account.id, false),
        (ada.account.id, true),
        (ada.account.id, false),
    ] {
        let event = world.event(AuditKind::SessionRevoked, None);
        let revoked = store.revoke_session(account, id, event).await;
        assert_eq!(revoked.unwrap(), expected);
    }
    assert!(!is_open(store, other, world.now).await);
    assert!(is_open(store, ada.token, world.now).await);
    let kinds = event_kinds(store, ada.account.id).await;
    assert_eq!(kinds.len(), 3);
    assert_eq!(kinds[0], AuditKind::SessionRevoked);
    let kinds = event_kinds(store, bob.account.id).await;
    assert_eq!(kinds, [AuditKind::AccountCreated]);
}

/// Or all of them; those of other accounts stay, and one of another account spares none. Where there was none, nothing is told.
pub async fn all_sessions_but_one_are_revoked(store: &dyn Store) {
    let mut world = World::new("all revoked");
    let mut ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let account = ada.account.id;
    let second = world.another_session(store, &mut ada).await;
    let third = world.another_session(store, &mut ada).await;
    let sessions = |sessions| Revoked {
        sessions,
        ..Revoked::default()
    };

    let event = world.event(AuditKind::SessionsRevoked, None);
    let revoked = store.revoke_sessions(account, Some(second), event).await;
    assert_eq!(revoked.unwrap(), sessions(2));
    assert!(!is_open(store, ada.token, world.now).await);
    assert!(is_open(store, second, world.now).await);
    assert!(!is_open(store, third, world.now).await);
    let event = world.event(AuditKind::SessionsRevoked, None);
    let revoked = store.revoke_sessions(account, Some(second), event).await;
    assert_eq!(revoked.unwrap(), Revoked::default());

    let event = world.event(AuditKind::SessionsRevoked, None);
    let revoked = store.revoke_sessions(account, Some(bob.token), event).await;
    assert_eq!(revoked.unwrap(), sessions(1));
    assert!(!is_open(store, second, world.now).await);
    let event = world.event(AuditKind::SessionsRevoked, None);
    let revoked = store.revoke_sessions(account, None, event).await;
    assert!(revoked.unwrap().is_nothing());
    assert!(is_open(store, bob.token, world.now).await);
    // A link that nobody has used yet is something.
    let event = world.event(AuditKind::EnrolmentLinkMade, None);
    let (link, expires_at) = (world.hashes(1)[0], world.now.plus_seconds(600));
    let made = store.add_enrolment_link(account, link, expires_at, None, event);
    made.await.unwrap();
    let event = world.event(AuditKind::SessionsRevoked, None);
    let revoked = store.revoke_sessions(account, None, event).await;
    let expected = Revoked {
        enrolment_links: 1,
        ..Revoked::default()
    };
    assert_eq!(revoked.unwrap(), expected);
    let revoked = event_kinds(store, account).await;
    let revoked = revoked
        .into_iter()
        .filter(|kind| *kind == AuditKind::SessionsRevoked);
    assert_eq!(revoked.count(), 3);
}
