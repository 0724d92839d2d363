//! Promises about sessions.

use futures_util::future::join_all;

use super::world::{World, event_kinds, is_open};
use crate::{AuditKind, SessionLifetimes, Store, TokenHash};

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
