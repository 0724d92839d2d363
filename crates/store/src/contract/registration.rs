//! Promises of [`Store::finish_registration`].

use futures_util::future::join_all;
use passkeep_protocol::names::AuthenticatorTransport;
use passkeep_verify::CeremonyId;

use super::world::{LIFETIMES, World, event_kinds, is_open, passkeys_of};
use crate::{
    Account, AccountId, AuditEvent, AuditKind, CredentialKind, FinishRegistrationError,
    OpenSession, Passkey, SessionMethod, Store,
};

/// What goes in comes out, wherever one looks.
pub async fn a_new_account_comes_with_its_passkey_session_and_event(store: &dyn Store) {
    let mut world = World::new("new account");
    let mut person = world.person("Ada");
    let registration = world.create(&mut person);
    let finish = world.sign_up(&person, &registration);
    let record = finish.proof.record().clone();
    let token = finish.session.as_ref().unwrap().token;
    let event = finish.event.clone();

    let account = store.finish_registration(finish).await.unwrap();
    let expected = Account {
        id: person.account,
        user: person.user.clone(),
        user_name: "Ada".to_owned(),
        display_name: "Somebody".to_owned(),
        created_at: world.now,
        locked_at: None,
    };
    assert_eq!(account, expected);
    let found = store.account_by_name(&person.name).await.unwrap();
    assert_eq!(found.as_ref(), Some(&expected));
    let found = store.account_by_user(&person.user).await.unwrap();
    assert_eq!(found.as_ref(), Some(&expected));

    let found = store.credential_record(account.id, &record.id).await;
    assert_eq!(found.unwrap().as_ref(), Some(&record));
    let candidate = store.authentication_candidate(&record.id).await.unwrap();
    let candidate = candidate.unwrap();
    assert_eq!(candidate.account, account.id);
    assert_eq!(candidate.user, person.user);
    assert_eq!(candidate.id, record.id);
    assert_eq!(candidate.public_key, record.public_key);
    assert_eq!(candidate.sign_count, record.sign_count);
    assert!(candidate.uv_initialized);
    assert!(candidate.backup_eligible);
    assert_eq!(candidate.kind, CredentialKind::Passkey);

    let passkey = Passkey {
        id: record.id.clone(),
        label: "A passkey".to_owned(),
        created_at: world.now,
        last_used_at: None,
        last_used_on: None,
        backup_eligible: true,
        backup_state: true,
        aaguid: *b"passkeep-testkit",
        transports: vec![
            AuthenticatorTransport::Hybrid,
            AuthenticatorTransport::Internal,
        ],
    };
    assert_eq!(passkeys_of(store, account.id).await, [passkey]);

    let session = OpenSession {
        account: expected,
        credential_id: record.id.clone(),
        method: SessionMethod::Registration,
        install: None,
        created_at: world.now,
    };
    let found = store.session(token, LIFETIMES, world.now).await.unwrap();
    assert_eq!(found, Some(session));

    let event = AuditEvent {
        account: Some(account.id),
        ..event
    };
    assert_eq!(
        store.audit_events(account.id, None, 10).await.unwrap(),
        [event]
    );
}

/// Whoever signs up while signed in leaves the other account, in the same transaction.
pub async fn the_session_before_is_ended(store: &dyn Store) {
    let mut world = World::new("replaced at sign-up");
    let bob = world.member(store, "bob").await;
    let mut ada = world.person("ada");
    let registration = world.create(&mut ada);
    let mut finish = world.sign_up(&ada, &registration);
    let session = finish.session.as_mut().unwrap();
    session.replaces = Some(bob.token);
    let token = session.token;
    store.finish_registration(finish).await.unwrap();
    assert!(is_open(store, token, world.now).await);
    assert!(!is_open(store, bob.token, world.now).await);
}

/// A passkey can be registered without signing anybody in.
pub async fn no_session_is_opened_unless_asked_for(store: &dyn Store) {
    let mut world = World::new("no session");
    let mut person = world.person("ada");
    let registration = world.create(&mut person);
    let mut finish = world.sign_up(&person, &registration);
    let token = finish.session.take().unwrap().token;
    store.finish_registration(finish).await.unwrap();
    assert!(!is_open(store, token, world.now).await);
}

/// The account is found by its id, and keeps what it has.
pub async fn a_passkey_is_added_to_an_account_that_exists(store: &dyn Store) {
    let mut world = World::new("add");
    let mut ada = world.member(store, "ada").await;
    world.pass_seconds(1);
    let registration = world.create(&mut ada.person);
    let finish = world.add(ada.account.id, &registration);
    let (id, token) = (
        finish.proof.record().id.clone(),
        finish.session.as_ref().unwrap().token,
    );

    let account = store.finish_registration(finish).await.unwrap();
    assert_eq!(account, ada.account);
    let passkeys = passkeys_of(store, account.id).await;
    let ids: Vec<_> = passkeys.into_iter().map(|passkey| passkey.id).collect();
    assert_eq!(ids, [id, ada.credential_id]);
    assert!(is_open(store, token, world.now).await);
    let kinds = event_kinds(store, account.id).await;
    assert_eq!(kinds, [AuditKind::PasskeyAdded, AuditKind::AccountCreated]);
}

/// Not even when everything else about it is new.
pub async fn a_replay_is_refused_and_changes_nothing(store: &dyn Store) {
    let mut world = World::new("replay");
    let mut ada = world.person("ada");
    let registration = world.create(&mut ada);
    let finish = world.sign_up(&ada, &registration);
    store.finish_registration(finish).await.unwrap();

    let mut bob = world.person("bob");
    let mut replay = world.create(&mut bob);
    replay.ceremony = registration.ceremony;
    let finish = world.sign_up(&bob, &replay);
    let token = finish.session.as_ref().unwrap().token;
    let id = finish.proof.record().id.clone();
    let refused = store.finish_registration(finish).await.unwrap_err();
    assert!(
        matches!(refused, FinishRegistrationError::CeremonySpent),
        "{refused:?}"
    );
    assert_eq!(store.account_by_name(&bob.name).await.unwrap(), None);
    assert_eq!(store.authentication_candidate(&id).await.unwrap(), None);
    assert!(!is_open(store, token, world.now).await);
    assert_eq!(event_kinds(store, bob.account).await, []);
}

/// Whoever comes first, and however close the others are.
pub async fn of_a_hundred_replays_one_succeeds(store: &dyn Store) {
    let mut world = World::new("hundred replays");
    let mut person = world.person("ada");
    let registration = world.create(&mut person);
    let finishes: Vec<_> = (0..100)
        .map(|_| world.sign_up(&person, &registration))
        .collect();
    let finishes = finishes
        .into_iter()
        .map(|finish| store.finish_registration(finish));
    let (mut succeeded, mut spent) = (0, 0);
    for result in join_all(finishes).await {
        match result {
            Ok(account) => {
                assert_eq!(account.id, person.account);
                succeeded += 1;
            }
            Err(FinishRegistrationError::CeremonySpent) => spent += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!((succeeded, spent), (1, 99));
    let kinds = event_kinds(store, person.account).await;
    assert_eq!(kinds, [AuditKind::AccountCreated]);
}

/// They do not get in each other's way.
pub async fn a_hundred_at_once_all_succeed(store: &dyn Store) {
    let mut world = World::new("hundred at once");
    let mut finishes = Vec::new();
    for number in 0..100 {
        let mut person = world.person(&format!("person{number}"));
        let registration = world.create(&mut person);
        let finish = world.sign_up(&person, &registration);
        finishes.push(store.finish_registration(finish));
    }
    for (number, result) in join_all(finishes).await.into_iter().enumerate() {
        let account = result.unwrap();
        assert_eq!(account.user_name, format!("person{number}"));
        assert_eq!(passkeys_of(store, account.id).await.len(), 1);
    }
}

/// And the ceremony that was refused can still be finished, under another name.
pub async fn a_taken_name_is_refused_in_every_case_variant(store: &dyn Store) {
    let mut world = World::new("taken name");
    let zoe = world.member(store, "Zoë").await;
    for name in ["Zoë", "zoë", "ZOË", "zoe\u{308}"] {
        let mut person = world.person(name);
        let found = store.account_by_name(&person.name).await.unwrap();
        assert_eq!(found.as_ref(), Some(&zoe.account), "{name}");

        let registration = world.create(&mut person);
        let finish = world.sign_up(&person, &registration);
        let refused = store.finish_registration(finish).await.unwrap_err();
        assert!(
            matches!(refused, FinishRegistrationError::UserNameTaken),
            "{name}: {refused:?}"
        );
        assert_eq!(event_kinds(store, person.account).await, []);
        assert_eq!(passkeys_of(store, person.account).await, []);
    }

    let mut person = world.person("zoe");
    let registration = world.create(&mut person);
    let mut taken = world.sign_up(&person, &registration);
    taken.account = world.sign_up(&zoe.person, &registration).account;
    let refused = store.finish_registration(taken).await.unwrap_err();
    assert!(
        matches!(refused, FinishRegistrationError::UserNameTaken),
        "{refused:?}"
    );
    let finish = world.sign_up(&person, &registration);
    let account = store.finish_registration(finish).await.unwrap();
    assert_eq!(account.user_name, "zoe");
}

/// The name is as unique when all ask for it at once.
pub async fn of_many_who_want_a_name_one_gets_it(store: &dyn Store) {
    let mut world = World::new("wanted name");
    let mut finishes = Vec::new();
    for number in 0..20 {
        let mut person = world.person(if number % 2 == 0 { "ada" } else { "ADA" });
        let registration = world.create(&mut person);
        let finish = world.sign_up(&person, &registration);
        finishes.push(store.finish_registration(finish));
    }
    let results = join_all(finishes).await;
    let succeeded = results.iter().filter(|result| result.is_ok()).count();
    let taken = results
        .iter()
        .filter(|result| matches!(result, Err(FinishRegistrationError::UserNameTaken)));
    assert_eq!((succeeded, taken.count()), (1, 19));
}

/// Neither a new account nor its owner's own can have it again, and nothing else of the finish stays.
pub async fn a_registered_credential_is_refused_for_every_account(store: &dyn Store) {
    let mut world = World::new("registered credential");
    let mut ada = world.member(store, "ada").await;
    let mut registration = world.create(&mut ada.person);
    let finish = world.add(ada.account.id, &registration);
    let id = finish.proof.record().id.clone();
    store.finish_registration(finish).await.unwrap();
    let before = passkeys_of(store, ada.account.id).await;

    registration.ceremony = CeremonyId(world.random());
    let again = world.add(ada.account.id, &registration);
    let bob = world.person("bob");
    registration.user = bob.user.clone();
    let stolen = world.sign_up(&bob, &registration);
    // One that the store does not have, and is told to take for registered.
    let unseen = world.create(&mut ada.person);
    let mut reserved = world.add(ada.account.id, &unseen);
    reserved.id_is_reserved = true;
    for finish in [again, stolen, reserved] {
        let token = finish.session.as_ref().unwrap().token;
        let refused = store.finish_registration(finish).await.unwrap_err();
        assert!(
            matches!(
                refused,
                FinishRegistrationError::CredentialAlreadyRegistered
            ),
            "{refused:?}"
        );
        assert!(!is_open(store, token, world.now).await);
    }
    assert_eq!(passkeys_of(store, ada.account.id).await, before);
    assert_eq!(store.account_by_name(&bob.name).await.unwrap(), None);
    let candidate = store.authentication_candidate(&id).await.unwrap();
    assert_eq!(candidate.unwrap().account, ada.account.id);
    // Nor is its ceremony spent.
    let finish = world.add(ada.account.id, &unseen);
    store.finish_registration(finish).await.unwrap();
}

/// An account that was never there, or was deleted during the ceremony.
pub async fn an_unknown_account_gets_no_passkey(store: &dyn Store) {
    let mut world = World::new("unknown account");
    let mut person = world.person("ada");
    let registration = world.create(&mut person);
    let finish = world.add(person.account, &registration);
    let refused = store.finish_registration(finish).await.unwrap_err();
    assert!(
        matches!(refused, FinishRegistrationError::AccountNotFound),
        "{refused:?}"
    );
    assert_eq!(event_kinds(store, person.account).await, []);
}

/// A passkey that says one user handle and opens another account would sign people in as somebody else.
pub async fn the_proof_must_be_for_the_account(store: &dyn Store) {
    let mut world = World::new("other account");
    let ada = world.member(store, "ada").await;
    let mut bob = world.member(store, "bob").await;
    let registration = world.create(&mut bob.person);
    let finish = world.add(ada.account.id, &registration);
    let refused = store.finish_registration(finish).await.unwrap_err();
    assert!(
        matches!(refused, FinishRegistrationError::AccountNotFound),
        "{refused:?}"
    );
    for account in [ada.account.id, bob.account.id] {
        assert_eq!(passkeys_of(store, account).await.len(), 1);
    }
}

/// However many are added at once.
pub async fn an_account_has_no_more_passkeys_than_the_limit(store: &dyn Store) {
    let mut world = World::new("limit");
    let mut ada = world.member(store, "ada").await;
    let mut finishes = Vec::new();
    for _ in 0..5 {
        let registration = world.create(&mut ada.person);
        let mut finish = world.add(ada.account.id, &registration);
        finish.max_passkeys = 3;
        finishes.push(store.finish_registration(finish));
    }
    let results = join_all(finishes).await;
    let succeeded = results.iter().filter(|result| result.is_ok()).count();
    let too_many = results
        .iter()
        .filter(|result| matches!(result, Err(FinishRegistrationError::TooManyPasskeys)));
    assert_eq!((succeeded, too_many.count()), (2, 3));
    assert_eq!(passkeys_of(store, ada.account.id).await.len(), 3);
}

/// So that the same request gets the same answer from every store.
pub async fn refusals_come_in_their_order(store: &dyn Store) {
    use FinishRegistrationError as Refusal;
    let mut world = World::new("order");
    let mut ada = world.member(store, "ada").await;
    let mut registration = world.create(&mut ada.person);
    let finish = world.add(ada.account.id, &registration);
    store.finish_registration(finish).await.unwrap();

    // Spent, the name taken, and the credential registered.
    let mut finish = world.sign_up(&ada.person, &registration);
    finish.max_passkeys = 0;
    let refused = store.finish_registration(finish).await.unwrap_err();
    assert!(matches!(refused, Refusal::CeremonySpent), "{refused:?}");

    registration.ceremony = CeremonyId(world.random());
    let mut finish = world.sign_up(&ada.person, &registration);
    finish.max_passkeys = 0;
    let refused = store.finish_registration(finish).await.unwrap_err();
    assert!(matches!(refused, Refusal::UserNameTaken), "{refused:?}");

    let nobody = AccountId(world.random());
    let mut finish = world.add(nobody, &registration);
    finish.max_passkeys = 0;
    let refused = store.finish_registration(finish).await.unwrap_err();
    assert!(matches!(refused, Refusal::AccountNotFound), "{refused:?}");

    let mut finish = world.add(ada.account.id, &registration);
    finish.max_passkeys = 0;
    let refused = store.finish_registration(finish).await.unwrap_err();
    assert!(
        matches!(refused, Refusal::CredentialAlreadyRegistered),
        "{refused:?}"
    );
}
