//! Promises about what a server keeps for itself: sealing keys, purges, the audit trail.

use core::slice;

use futures_util::future::join_all;
use passkeep_verify::Timestamp;
use passkeep_verify::user::DisplayName;

use super::world::{LIFETIMES, World, is_open, passkeys_of};
use crate::{
    AuditKind, FinishRegistrationError, Purge, PurgeReport, SealingKey, SessionLifetimes, Store,
};

/// That it is there.
pub async fn it_answers(store: &dyn Store) {
    store.ping().await.unwrap();
}

/// And all of them are told of that one.
pub async fn one_sealing_key_is_added_however_many_ask(store: &dyn Store) {
    let mut world = World::new("keys at once");
    assert_eq!(store.sealing_keys().await.unwrap(), []);
    let keys: Vec<_> = (0..20).map(|_| sealing_key(&mut world)).collect();
    let since = Timestamp(world.now.0 - 1000);
    let adds: Vec<_> = keys
        .iter()
        .map(|key| {
            let event = world.event(AuditKind::SealingKeyMade, None);
            store.add_sealing_key(key.clone(), since, event)
        })
        .collect();
    let answers = join_all(adds).await;
    let stored = store.sealing_keys().await.unwrap();
    assert_eq!(stored.len(), 1);
    assert!(keys.contains(&stored[0]));
    for answer in answers {
        assert_eq!(answer.unwrap(), stored);
    }
    // The audit trail is told of that one too.
    let mut purge = world.purge(50);
    purge.events_before = world.now.plus_seconds(1);
    assert_eq!(store.purge(purge).await.unwrap().audit_events, 1);
}

/// The one before is kept: what it sealed must still be opened.
pub async fn a_sealing_key_is_added_when_the_last_is_old(store: &dyn Store) {
    let mut world = World::new("old key");
    let first = sealing_key(&mut world);
    let mut event = || world.event(AuditKind::SealingKeyMade, None);
    let added = store.add_sealing_key(first.clone(), first.created_at, event());
    assert_eq!(added.await.unwrap(), slice::from_ref(&first));

    world.pass_seconds(3600);
    let second = sealing_key(&mut world);
    let mut event = || world.event(AuditKind::SealingKeyMade, None);
    let young = store.add_sealing_key(second.clone(), first.created_at, event());
    assert_eq!(young.await.unwrap(), slice::from_ref(&first));
    let old = Timestamp(first.created_at.0 + 1);
    let added = store.add_sealing_key(second.clone(), old, event());
    assert_eq!(added.await.unwrap(), [second.clone(), first.clone()]);
    assert_eq!(store.sealing_keys().await.unwrap(), [second, first]);
}

/// Of an account, or of none.
pub async fn an_event_is_appended(store: &dyn Store) {
    let mut world = World::new("appended");
    let ada = world.member(store, "ada").await;
    world.pass_seconds(1);
    let mut refused = world.event(AuditKind::SignInRefused, Some(ada.credential_id.clone()));
    refused.account = Some(ada.account.id);
    let of_none = world.event(AuditKind::SealingKeyMade, None);
    store.append_event(of_none).await.unwrap();
    store.append_event(refused.clone()).await.unwrap();
    let events = store.audit_events(ada.account.id, None, 10).await.unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0], refused);
    let mut purge = world.purge(50);
    purge.events_before = world.now.plus_seconds(1);
    assert_eq!(store.purge(purge).await.unwrap().audit_events, 3);
}

/// And all who ask, at once or later, are told that one.
pub async fn a_secret_is_made_once(store: &dyn Store) {
    let mut world = World::new("secrets");
    let offered: Vec<[u8; 32]> = (0..20).map(|_| world.random()).collect();
    let answers = join_all(offered.iter().map(|new| store.secret("one", *new))).await;
    let secret = store.secret("one", world.random()).await.unwrap();
    assert!(offered.contains(&secret));
    for answer in answers {
        assert_eq!(answer.unwrap(), secret);
    }
    let new = world.random();
    assert_eq!(store.secret("another", new).await.unwrap(), new);
    assert_eq!(store.secret("one", new).await.unwrap(), secret);
}

/// A link to the last millisecond in which it can be used, an event from the time that is given.
pub async fn old_links_and_events_are_purged(store: &dyn Store) {
    let mut world = World::new("old links");
    let ada = world.member(store, "ada").await;
    let link = world.hashes(1)[0];
    let expires_at = world.now.plus_seconds(7200);
    world.pass_seconds(1);
    let event = world.event(AuditKind::EnrolmentLinkMade, None);
    let made = store.add_enrolment_link(ada.account.id, link, expires_at, None, event.clone());
    made.await.unwrap();

    let nothing = PurgeReport::default();
    let mut purge = Purge {
        now: expires_at,
        events_before: Timestamp(event.at.0 - 1000),
        ..world.purge(10)
    };
    purge.lifetimes.idle = LIFETIMES.absolute;
    let sign_up = PurgeReport {
        spent_ceremonies: 1,
        ..nothing
    };
    assert_eq!(store.purge(purge).await.unwrap(), sign_up);
    let found = store.enrolment_link(link, expires_at).await.unwrap();
    assert_eq!(found.as_ref(), Some(&ada.account));

    purge.now.0 += 1;
    purge.events_before = event.at;
    let report = store.purge(purge).await.unwrap();
    let link_and_event = PurgeReport {
        enrolment_links: 1,
        audit_events: 1,
        ..nothing
    };
    assert_eq!(report, link_and_event);
    let found = store.enrolment_link(link, expires_at).await.unwrap();
    assert_eq!(found, None);
    let events = store.audit_events(ada.account.id, None, 10).await.unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].kind, AuditKind::EnrolmentLinkMade);
}

/// A ceremony is remembered for an hour longer than it could be finished, whichever clock says so, and a session that is open is left alone.
pub async fn only_what_is_over_is_purged(store: &dyn Store) {
    let mut world = World::new("purge");
    let key = sealing_key(&mut world);
    let event = world.event(AuditKind::SealingKeyMade, None);
    let added = store
        .add_sealing_key(key.clone(), key.created_at, event)
        .await;
    added.unwrap();
    let mut ada = world.person("ada");
    let registration = world.create(&mut ada);
    let finish = world.sign_up(&ada, &registration);
    let token = finish.session.as_ref().unwrap().token;
    let expires_at = finish.proof.ceremony().expires_at;
    let forgotten_at = expires_at.plus_seconds(3600);
    let replay = world.sign_up(&ada, &registration);
    let late_replay = world.sign_up(&ada, &registration);
    store.finish_registration(finish).await.unwrap();

    let nothing = PurgeReport::default();
    let purge_at = |now, keys_before| Purge {
        now,
        keys_before,
        ..world.purge(10)
    };
    let created_at = key.created_at;
    assert!(is_open(store, token, expires_at).await);
    let report = store.purge(purge_at(expires_at, created_at)).await;
    assert_eq!(report.unwrap(), nothing);
    let purge = Purge {
        lifetimes: SessionLifetimes {
            idle: LIFETIMES.absolute,
            ..LIFETIMES
        },
        ..purge_at(forgotten_at, created_at)
    };
    assert_eq!(store.purge(purge).await.unwrap(), nothing);
    // By a server whose clock is behind, for instance.
    let refused = store.finish_registration(replay).await.unwrap_err();
    assert!(
        matches!(refused, FinishRegistrationError::CeremonySpent),
        "{refused:?}"
    );

    let later = Purge {
        now: Timestamp(forgotten_at.0 + 1),
        ..purge
    };
    let report = store.purge(later).await;
    let spent = PurgeReport {
        spent_ceremonies: 1,
        ..nothing
    };
    assert_eq!(report.unwrap(), spent);
    let refused = store.finish_registration(late_replay).await.unwrap_err();
    assert!(
        matches!(refused, FinishRegistrationError::UserNameTaken),
        "{refused:?}"
    );

    // The use of the session was noted when the ceremony expired.
    let idle = expires_at.plus_seconds(LIFETIMES.idle);
    let before = Timestamp(idle.0 - 1);
    let report = store.purge(purge_at(before, created_at)).await;
    assert_eq!(report.unwrap(), nothing);
    let key_after = Timestamp(created_at.0 + 1);
    let report = store.purge(purge_at(idle, key_after)).await;
    let session_and_key = PurgeReport {
        sessions: 1,
        sealing_keys: 1,
        ..nothing
    };
    assert_eq!(report.unwrap(), session_and_key);
    assert_eq!(store.sealing_keys().await.unwrap(), []);
    assert!(!is_open(store, token, before).await);
    assert_eq!(passkeys_of(store, ada.account).await.len(), 1);
}

/// Each takes a bounded time, and one after another they remove everything.
pub async fn purges_are_bounded(store: &dyn Store) {
    let mut world = World::new("bounded purges");
    for number in 0..5 {
        let member = world.member(store, &format!("person{number}")).await;
        let (link, expires_at) = (world.hashes(1)[0], world.now);
        let event = world.event(AuditKind::EnrolmentLinkMade, None);
        let account = member.account.id;
        let made = store.add_enrolment_link(account, link, expires_at, None, event);
        made.await.unwrap();
    }
    for _ in 0..3 {
        world.pass_seconds(1);
        let key = sealing_key(&mut world);
        let since = key.created_at;
        let event = world.event(AuditKind::SealingKeyMade, None);
        store.add_sealing_key(key, since, event).await.unwrap();
    }
    world.pass_seconds(LIFETIMES.absolute);
    let mut removed = Vec::new();
    for _ in 0..8 {
        let purge = Purge {
            keys_before: world.now,
            events_before: world.now,
            ..world.purge(2)
        };
        let report = store.purge(purge).await.unwrap();
        removed.push((
            report.spent_ceremonies,
            report.sessions,
            report.sealing_keys,
            report.enrolment_links,
            report.audit_events,
        ));
    }
    let expected = [
        (2, 2, 2, 2, 2),
        (2, 2, 1, 2, 2),
        (1, 1, 0, 1, 2),
        (0, 0, 0, 0, 2),
        (0, 0, 0, 0, 2),
        (0, 0, 0, 0, 2),
        (0, 0, 0, 0, 1),
        (0, 0, 0, 0, 0),
    ];
    assert_eq!(removed, expected);
}

/// The account's, and nobody else's.
pub async fn events_are_listed_newest_first_up_to_the_limit(store: &dyn Store) {
    let mut world = World::new("events");
    let mut ada = world.member(store, "ada").await;
    let mut bob = world.member(store, "bob").await;
    let mut expected = Vec::new();
    for _ in 0..3 {
        world.pass_seconds(1);
        for member in [&mut ada, &mut bob] {
            let authentication = world.get(&mut member.person);
            let finish = world.sign_in(store, &authentication).await;
            let mut event = finish.event.clone();
            event.account = Some(member.account.id);
            expected.insert(0, event);
            store.finish_authentication(finish).await.unwrap();
        }
    }
    expected.retain(|event| event.account == Some(ada.account.id));
    let events = store.audit_events(ada.account.id, None, 3).await.unwrap();
    assert_eq!(events, expected);
    let events = store.audit_events(ada.account.id, None, 2).await.unwrap();
    assert_eq!(events, expected[..2]);
    let events = store.audit_events(ada.account.id, None, 10).await.unwrap();
    assert_eq!(events.len(), 4);
    assert_eq!(events[3].kind, AuditKind::AccountCreated);
}

/// And of the others nothing is left; the next is added when it is time.
pub async fn a_sealing_key_takes_the_place_of_all_others(store: &dyn Store) {
    let mut world = World::new("replaced keys");
    for _ in 0..2 {
        world.pass_seconds(1);
        let key = sealing_key(&mut world);
        let event = world.event(AuditKind::SealingKeyMade, None);
        store.add_sealing_key(key, world.now, event).await.unwrap();
    }
    assert_eq!(store.sealing_keys().await.unwrap().len(), 2);
    world.pass_seconds(1);
    let key = sealing_key(&mut world);
    let event = world.event(AuditKind::SealingKeyMade, None);
    store
        .replace_sealing_keys(key.clone(), event)
        .await
        .unwrap();
    assert_eq!(store.sealing_keys().await.unwrap(), slice::from_ref(&key));

    let other = sealing_key(&mut world);
    let event = world.event(AuditKind::SealingKeyMade, None);
    let keys = store.add_sealing_key(other, key.created_at, event).await;
    assert_eq!(keys.unwrap(), [key]);
}

/// However long the trail is, without gaps and without repetitions, also where many events are of one moment.
pub async fn events_are_read_page_by_page(store: &dyn Store) {
    let mut world = World::new("pages of events");
    let mut ada = world.member(store, "ada").await;
    let bob = world.member(store, "bob").await;
    let account = ada.account.id;
    for round in 0..3 {
        // Two restore keys go with one event, at the same time as a change before and one after.
        for install in ["1", "2"] {
            let session = world.another_session(store, &mut ada).await;
            world.restore_key(store, &ada, install, session).await;
        }
        for name in ["before", "after"] {
            let name = DisplayName::parse(&format!("{name} {round}")).unwrap();
            let event = world.event(AuditKind::DisplayNameChanged, None);
            let named = store.set_display_name(account, &name, event).await;
            assert!(named.unwrap().is_some());
            let event = world.event(AuditKind::SessionsRevoked, None);
            store.revoke_sessions(account, None, event).await.unwrap();
        }
        if round == 1 {
            world.pass_seconds(1);
        }
    }
    let all = store.audit_events(account, None, 100).await.unwrap();
    assert_eq!(all.len(), 1 + 3 * (2 * 2 + 2 + 2 + 1));
    for limit in [1, 2, 5, 100] {
        let (mut read, mut before) = (Vec::new(), None);
        loop {
            let page = store.audit_events(account, before, limit).await.unwrap();
            let Some(last) = page.last() else { break };
            before = Some(last.id);
            read.extend(page);
        }
        assert_eq!(read, all, "{limit}");
    }
    let of_bob = store.audit_events(bob.account.id, None, 1).await.unwrap();
    for stranger in [of_bob[0].id, [0; 16]] {
        let page = store.audit_events(account, Some(stranger), 10).await;
        assert_eq!(page.unwrap(), []);
    }
}

fn sealing_key(world: &mut World) -> SealingKey {
    SealingKey {
        id: world.random(),
        secret: world.random(),
        created_at: world.now,
    }
}
