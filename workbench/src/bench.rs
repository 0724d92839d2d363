//! What the pages share: the last ceremony, the public keys that were seen, and the software authenticator.

use leptos::prelude::*;
use passkeep_protocol::names::AttestationConveyancePreference;
use passkeep_testkit::{Authenticator, ClientError, options};

use crate::ceremony::{Ceremony, Expectation, Kind, KnownCredential, Maker, Times, credential_of};
use crate::page;
use crate::software::{self, Behaviour, Draft};

/// The state of the whole workbench. It lives as long as the page is open and is written nowhere.
#[derive(Clone, Copy)]
pub(crate) struct Bench {
    last: RwSignal<Option<Ceremony>>,
    known: RwSignal<Vec<KnownCredential>>,
    /// How the software authenticator behaves from now on.
    pub(crate) behaviour: RwSignal<Behaviour>,
    authenticator: StoredValue<Authenticator>,
}

impl Bench {
    pub(crate) fn provide() {
        let seed = page::random::<32>();
        provide_context(Self {
            last: RwSignal::new(None),
            known: RwSignal::new(Vec::new()),
            behaviour: RwSignal::new(Behaviour::default()),
            authenticator: StoredValue::new(Authenticator::new(seed)),
        });
    }

    pub(crate) fn current() -> Self {
        expect_context()
    }

    /// The ceremony that was made or pasted last.
    pub(crate) fn last(self) -> Option<Ceremony> {
        self.last.get()
    }

    /// As [`last`](Self::last), for whoever does not want to be told of the next one.
    pub(crate) fn last_untracked(self) -> Option<Ceremony> {
        self.last.get_untracked()
    }

    /// Keeps a ceremony as the last one; if it is a registration, its public key too, for the sign-ins that follow.
    pub(crate) fn keep(self, ceremony: Ceremony) {
        if ceremony.expectation.kind == Kind::Registration
            && let Some(credential) = credential_of(&ceremony.response)
        {
            self.known.update(|known| {
                known.retain(|old| old.id != credential.id);
                known.push(credential);
            });
        }
        self.last.set(Some(ceremony));
    }

    /// The public keys of the credentials that were seen here.
    pub(crate) fn known(self) -> Vec<KnownCredential> {
        self.known.get_untracked()
    }

    /// How many credentials the software authenticator holds for an RP ID.
    pub(crate) fn held(self, rp_id: &str) -> usize {
        self.last.track();
        self.authenticator.with_value(|authenticator| {
            let held = authenticator.credentials().iter();
            held.filter(|credential| credential.rp_id == rp_id).count()
        })
    }

    /// Lets the software authenticator answer, as it is set to behave.
    pub(crate) fn software<T>(
        self,
        answer: impl FnOnce(&mut Authenticator) -> Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        let config = self.behaviour.get_untracked().config(page::now_ms());
        let answered = self.authenticator.try_update_value(|authenticator| {
            authenticator.config = config;
            answer(authenticator)
        });
        // It lives as long as the page.
        answered.unwrap_or(Err(ClientError::NoCredential))
    }

    /// An example of this page's own origin: a registration, or a sign-in with the newest credential, which is made when there is
    /// none.
    pub(crate) fn example(self, kind: Kind) -> Result<Ceremony, ClientError> {
        let (origin, host) = (page::origin(), page::host());
        let challenge = page::random::<32>();
        let began = page::now_precise();
        let (options, draft) = match kind {
            Kind::Registration => {
                let mut options = options::creation(&host, &challenge);
                options.user.id = page::random::<16>().to_vec().into();
                options.attestation = Some(AttestationConveyancePreference::Direct);
                let draft = self.software(|it| software::create(&origin, &options, it))?;
                (software::json(&options), draft)
            }
            Kind::Authentication => {
                if self.held(&host) == 0 {
                    self.example(Kind::Registration)?;
                }
                let options = options::request(&host, &challenge);
                let draft = self.software(|it| software::get(&origin, &options, it))?;
                (software::json(&options), draft)
            }
        };
        Ok(self.made(
            Maker::Software,
            options,
            draft.clone().response(),
            Some(draft),
            began,
        ))
    }

    /// Keeps what was made here, and judges it once for the time that takes.
    pub(crate) fn made(
        self,
        maker: Maker,
        options: String,
        response: String,
        draft: Option<Draft>,
        began: f64,
    ) -> Ceremony {
        let answered = page::now_precise() - began;
        let mut expectation = Expectation::guess(&response, &self.known.get_untracked());
        if let Some(expectation) = &mut expectation {
            expectation.learn(&options);
        }
        let expectation = expectation.unwrap_or_else(Expectation::unknown);
        let judging = page::now_precise();
        let _ = expectation.judge(&response, page::now_ms());
        let ceremony = Ceremony {
            maker,
            response,
            expectation,
            options: Some(options),
            times: Times {
                answered,
                judging: page::now_precise() - judging,
            },
            draft,
        };
        self.keep(ceremony.clone());
        ceremony
    }
}
