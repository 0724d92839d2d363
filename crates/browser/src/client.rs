//! A client for Passkeep's own server, in which each flow is one call.

use core::cell::OnceCell;
use std::rc::Rc;

use gloo_net::http::{Method, RequestBuilder, Response};
use passkeep_protocol::api::{
    Account, Action, AuthenticationFinish, AuthenticationFinished, AuthenticationStart,
    AuthenticationStarted, CONFIRMATION_HEADER, CreateMediation, ErrorCode, Passkey,
    PasskeyDeleted, PasskeyRename, Passkeys, ProblemDetails, Profile, RegistrationFinish,
    RegistrationFinished, RegistrationStart, RegistrationStarted, Session,
};
use passkeep_protocol::bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::{RequestCredentials, RequestRedirect};

use crate::abort::Abort;
use crate::asked::{Asked, PasskeyChange};
use crate::autofill::{Autofill, AutofillSource};
use crate::ceremony::Mediation;
use crate::error::{ClientError, Reason};
use crate::failure::Failure;
use crate::turn::Waiting;
use crate::typed::{create, create_conditionally, get, signal};
use crate::wait::{First, race};

/// A client for Passkeep's server. Clones are handles of the same.
///
/// Each flow is one call: it asks the server, the browser, and the server again, and tells the browser's credential manager
/// what the server wants it to know. Only what comes before the browser's answer can be aborted: a passkey that was made is
/// always handed in. Until a flow is over no autofill of the page is armed again, so that nobody is offered a passkey that
/// the server does not know yet.
///
/// ```no_run
/// # async fn example() -> Result<(), passkeep_browser::Failure> {
/// use passkeep_browser::{Abort, Client};
///
/// let client = Client::new();
/// let finished = client.register("ada", Some("Ada Lovelace"), &Abort::new()).await?;
/// assert_eq!(finished.account.user_name, "ada");
/// client.sign_out().await?;
/// client.sign_in(&Abort::new()).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    /// Ends in `/api/v1/`.
    base: Rc<str>,
}

impl Client {
    /// A client of the server that the page came from.
    #[must_use]
    pub fn new() -> Self {
        Self::at("/")
    }

    /// A client of a server whose routes are mounted below `base_url`, on the page's own origin: cookies are never sent to
    /// another.
    #[must_use]
    pub fn at(base_url: &str) -> Self {
        let base = format!("{}/api/v1/", base_url.trim_end_matches('/'));
        Self { base: base.into() }
    }

    /// Makes an account with its first passkey, and signs in. Without a display name, the user name is shown.
    ///
    /// # Errors
    ///
    /// Any [`Failure`]; [`ErrorCode::UserNameTaken`] is the usual refusal.
    pub async fn register(
        &self,
        user_name: &str,
        display_name: Option<&str>,
        abort: &Abort,
    ) -> Result<RegistrationFinished, Failure> {
        let start = RegistrationStart::SignUp {
            user_name: user_name.to_owned(),
            display_name: display_name.map(str::to_owned),
        };
        self.registration(&start, None, abort).await
    }

    /// Makes one more passkey for whoever is signed in, who confirms it with one they have unless they have just signed in.
    ///
    /// # Errors
    ///
    /// Any [`Failure`].
    pub async fn add_passkey(&self, abort: &Abort) -> Result<RegistrationFinished, Failure> {
        let start = RegistrationStart::Add;
        match self.registration(&start, None, abort).await {
            Err(failure) if failure.code() == Some(ErrorCode::ConfirmationRequired) => {}
            outcome => return outcome,
        }
        let confirmation = self.reauthenticate(Action::AddPasskey, abort).await?;
        self.registration(&start, Some(&confirmation), abort).await
    }

    /// Makes one more passkey without asking, right after a sign-in. `None` where that is not possible, whatever the reason:
    /// nobody asked for it, so there is nothing to report.
    pub async fn upgrade(&self, abort: &Abort) -> Option<RegistrationFinished> {
        self.registration(&RegistrationStart::Upgrade, None, abort)
            .await
            .ok()
    }

    /// Makes a passkey for somebody who has lost theirs, with a recovery code, and signs in. All other sessions of the account end.
    ///
    /// # Errors
    ///
    /// Any [`Failure`]; [`ErrorCode::RecoveryRefused`] is the usual refusal.
    pub async fn recover(
        &self,
        user_name: &str,
        code: &str,
        abort: &Abort,
    ) -> Result<RegistrationFinished, Failure> {
        let start = RegistrationStart::Recover {
            user_name: user_name.to_owned(),
            code: code.to_owned(),
        };
        self.registration(&start, None, abort).await
    }

    /// Makes a passkey on this device by an enrolment link, or its token, and signs in.
    ///
    /// # Errors
    ///
    /// Any [`Failure`]; [`ErrorCode::EnrolmentLinkUnknown`] is the usual refusal.
    pub async fn enrol(&self, link: &str, abort: &Abort) -> Result<RegistrationFinished, Failure> {
        let link = link.split_once("#enrol=").map_or(link, |(_, token)| token);
        let start = RegistrationStart::Enrol {
            link: link.to_owned(),
        };
        self.registration(&start, None, abort).await
    }

    /// Signs in with a passkey that the person chooses. Nobody has to say who they are first.
    ///
    /// # Errors
    ///
    /// Any [`Failure`].
    pub async fn sign_in(&self, abort: &Abort) -> Result<AuthenticationFinished, Failure> {
        let start = AuthenticationStart::default();
        self.authentication(&start, Mediation::Modal, abort).await
    }

    /// Signs in with a passkey of the named account.
    ///
    /// # Errors
    ///
    /// Any [`Failure`].
    pub async fn sign_in_as(
        &self,
        user_name: &str,
        abort: &Abort,
    ) -> Result<AuthenticationFinished, Failure> {
        let start = AuthenticationStart::SignIn {
            user_name: Some(user_name.to_owned()),
            profile: Profile::Full,
        };
        self.authentication(&start, Mediation::Modal, abort).await
    }

    /// Signs in if a passkey is at hand on this device, and otherwise shows nothing.
    ///
    /// # Errors
    ///
    /// Any [`Failure`]; [`NoLocalCredential`](crate::ClientErrorCode::NoLocalCredential) and
    /// [`ModeUnavailable`](crate::ClientErrorCode::ModeUnavailable) mean that the page
    /// should go on with its form.
    pub async fn sign_in_immediately(&self) -> Result<AuthenticationFinished, Failure> {
        let start = AuthenticationStart::default();
        // Browsers take no signal for it.
        self.authentication(&start, Mediation::Immediate, &Abort::new())
            .await
    }

    /// Offers passkeys among the autofill suggestions of the page's `autocomplete="username webauthn"` field, until the
    /// [`Autofill`] is dropped or somebody is signed in.
    ///
    /// `on_settled` hears of each passkey that was taken there. After a refusal the offer stands.
    ///
    /// `on_error` hears of what keeps passkeys from being offered: the server has no options, or the browser or the
    /// authenticator failed. Nobody is waiting for an answer then, so it is for a log rather than for the page. What may mend
    /// is tried again, with growing pauses.
    pub fn autofill(
        &self,
        on_settled: impl Fn(Result<AuthenticationFinished, Failure>) + 'static,
        on_error: impl Fn(Failure) + 'static,
    ) -> Autofill {
        let on_error = Rc::new(on_error);
        let unfetched = Rc::new((self.clone(), on_error.clone()));
        let source = move || {
            let unfetched = unfetched.clone();
            async move {
                let (client, on_error) = &*unfetched;
                let started = client.start_sign_in().await;
                started
                    .map(AutofillSource::from)
                    .map_err(|failure| on_error(failure))
            }
        };
        let stop = Rc::new(OnceCell::<Box<dyn Fn()>>::new());
        let settle = Rc::new((self.clone(), stop.clone(), on_settled));
        let autofill = Autofill::start(source, move |credential, ceremony| {
            let settle = settle.clone();
            async move {
                let (client, stop, on_settled) = &*settle;
                let finish = AuthenticationFinish {
                    ceremony,
                    credential,
                };
                let finished = client.finish_authentication(&finish).await;
                if finished.is_ok()
                    && let Some(stop) = stop.get()
                {
                    stop();
                }
                on_settled(finished);
            }
        });
        autofill.on_error(move |error| on_error(Failure::Ceremony(error.clone())));
        // It has not run yet: it runs when the page's code has come to an end.
        stop.get_or_init(|| Box::new(autofill.stopper()));
        autofill
    }

    /// Has the owner confirm an action with a passkey. What is returned permits the action, once and for five minutes.
    ///
    /// # Errors
    ///
    /// Any [`Failure`].
    pub async fn reauthenticate(&self, action: Action, abort: &Abort) -> Result<String, Failure> {
        let start = AuthenticationStart::Confirm { action };
        let finished = self.authentication(&start, Mediation::Modal, abort).await?;
        let confirmation = finished.confirmation.ok_or(Failure::Unreadable)?;
        Ok(confirmation.token)
    }

    /// Who is signed in.
    ///
    /// # Errors
    ///
    /// Any [`Failure`] without the browser's.
    pub async fn session(&self) -> Result<Option<Account>, Failure> {
        let session: Session = self.read(Method::GET, "session", None).await?;
        Ok(session.account)
    }

    /// Ends the session.
    ///
    /// # Errors
    ///
    /// Any [`Failure`] without the browser's.
    pub async fn sign_out(&self) -> Result<(), Failure> {
        let request = self.request(Method::DELETE, "session", None);
        answer_to(request, None).await.map(|_| ())
    }

    /// The passkeys of whoever is signed in. The browser's own list is brought in step with them.
    ///
    /// # Errors
    ///
    /// Any [`Failure`] without the browser's.
    pub async fn passkeys(&self) -> Result<Vec<Passkey>, Failure> {
        let asked = Asked::now();
        let answer: Passkeys = self.read(Method::GET, "passkeys", None).await?;
        asked.signal(&answer.signals).await;
        Ok(answer.passkeys)
    }

    /// Gives a passkey another label.
    ///
    /// # Errors
    ///
    /// Any [`Failure`] without the browser's.
    pub async fn rename_passkey(&self, id: &Bytes, label: &str) -> Result<Passkey, Failure> {
        let request = self.request(Method::PATCH, &passkey(id), None);
        let label = label.to_owned();
        send(request, &PasskeyRename { label }, None).await
    }

    /// Deletes a passkey, which its owner confirms first; the account's last one only with `even_if_last`. The sessions that it
    /// opened end, but for this one.
    ///
    /// # Errors
    ///
    /// Any [`Failure`]; [`ErrorCode::LastPasskey`] asks for `even_if_last`.
    pub async fn delete_passkey(
        &self,
        id: &Bytes,
        even_if_last: bool,
        abort: &Abort,
    ) -> Result<PasskeyDeleted, Failure> {
        let action = Action::DeletePasskey { id: id.clone() };
        let confirmation = self.reauthenticate(action, abort).await?;
        let query = if even_if_last { "?evenIfLast=true" } else { "" };
        let path = format!("{}{query}", passkey(id));
        let change = PasskeyChange::begin();
        let asked = change.ask();
        let deleted: PasskeyDeleted = self
            .read(Method::DELETE, &path, Some(&confirmation))
            .await?;
        asked.signal(&deleted.signals).await;
        Ok(deleted)
    }

    async fn registration(
        &self,
        start: &RegistrationStart,
        confirmation: Option<&str>,
        abort: &Abort,
    ) -> Result<RegistrationFinished, Failure> {
        let _until_the_server_knows = Waiting::begin();
        let request = self.request(Method::POST, "registration/start", confirmation);
        let started: RegistrationStarted = send(request, start, Some(abort)).await?;
        let change = PasskeyChange::begin();
        let credential = match started.mediation {
            None => create(&started.options, abort).await?,
            Some(CreateMediation::Conditional) => {
                create_conditionally(&started.options, abort).await?
            }
        };
        let finish = RegistrationFinish {
            ceremony: started.ceremony,
            credential,
        };
        // What was made must be known to the server, even if the page has lost interest.
        let asked = change.ask();
        let finished: RegistrationFinished =
            self.post("registration/finish", &finish, None).await?;
        asked.signal(&finished.signals).await;
        Ok(finished)
    }

    async fn authentication(
        &self,
        start: &AuthenticationStart,
        mediation: Mediation,
        abort: &Abort,
    ) -> Result<AuthenticationFinished, Failure> {
        let _until_the_server_knows = Waiting::begin();
        let started: AuthenticationStarted = self
            .post("authentication/start", start, Some(abort))
            .await?;
        let credential = get(&started.options, mediation, abort).await?;
        let finish = AuthenticationFinish {
            ceremony: started.ceremony,
            credential,
        };
        self.finish_authentication(&finish).await
    }

    async fn start_sign_in(&self) -> Result<AuthenticationStarted, Failure> {
        let start = AuthenticationStart::default();
        self.post("authentication/start", &start, None).await
    }

    async fn finish_authentication(
        &self,
        finish: &AuthenticationFinish,
    ) -> Result<AuthenticationFinished, Failure> {
        let asked = Asked::now();
        let finished: AuthenticationFinished =
            self.post("authentication/finish", finish, None).await?;
        asked.signal(&finished.signals).await;
        Ok(finished)
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        abort: Option<&Abort>,
    ) -> Result<T, Failure> {
        send(self.request(Method::POST, path, None), body, abort).await
    }

    async fn read<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        confirmation: Option<&str>,
    ) -> Result<T, Failure> {
        parse(&answer_to(self.request(method, path, confirmation), None).await?)
    }

    fn request(&self, method: Method, path: &str, confirmation: Option<&str>) -> RequestBuilder {
        let request = RequestBuilder::new(&format!("{}{path}", self.base))
            .method(method)
            .header("accept", "application/json")
            .credentials(RequestCredentials::SameOrigin)
            .redirect(RequestRedirect::Error);
        match confirmation {
            Some(token) => request.header(CONFIRMATION_HEADER, token),
            None => request,
        }
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

fn passkey(id: &Bytes) -> String {
    format!("passkeys/{}", id.to_base64url())
}

async fn send<T: DeserializeOwned>(
    request: RequestBuilder,
    body: &impl Serialize,
    abort: Option<&Abort>,
) -> Result<T, Failure> {
    let body = serde_json::to_string(body).map_err(|_| Failure::Unreadable)?;
    parse(&answer_to(request, Some((body, abort))).await?)
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|_| Failure::Unreadable)
}

/// What a request carries besides its head: the text of its body, and what may end it.
type Load<'a> = (String, Option<&'a Abort>);

/// Sends a request and gives the text of a good answer. Not generic, so that it is in the module once.
async fn answer_to(request: RequestBuilder, load: Option<Load<'_>>) -> Result<String, Failure> {
    let (request, abort) = match load {
        Some((body, abort)) => {
            let request = request
                .header("content-type", "application/json")
                .body(body);
            (request, abort)
        }
        None => (request.build(), None),
    };
    let answer = async {
        let response = request.map_err(|_| Failure::Unreachable)?.send().await;
        let response = response.map_err(|_| Failure::Unreachable)?;
        let text = response.text().await.map_err(|_| Failure::Unreachable)?;
        if response.ok() {
            Ok(text)
        } else {
            Err(refusal(&response, &text).await)
        }
    };
    let Some(abort) = abort else {
        return answer.await;
    };
    match race(answer, abort.wait()).await {
        First::Left(answer) => answer,
        First::Right(()) => Err(ClientError::from(Reason::Superseded).into()),
    }
}

/// Reads a refusal. It may carry news for the browser's credential manager, which are passed on here.
async fn refusal(response: &Response, text: &str) -> Failure {
    let Ok(problem) = serde_json::from_str::<ProblemDetails>(text) else {
        return Failure::Unreadable;
    };
    if let Some(signals) = &problem.signals {
        signal(signals).await;
    }
    let retry_after = response.headers().get("retry-after");
    Failure::Refused {
        problem: Box::new(problem),
        retry_after: retry_after.and_then(|seconds| seconds.parse().ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_routes_are_below_the_base_url_with_one_slash_between() {
        for (base_url, base) in [
            ("/", "/api/v1/"),
            ("", "/api/v1/"),
            ("/auth", "/auth/api/v1/"),
            ("https://example.com//", "https://example.com/api/v1/"),
        ] {
            assert_eq!(&*Client::at(base_url).base, base);
        }
        assert_eq!(Client::default().base, Client::at("/").base);
    }
}
