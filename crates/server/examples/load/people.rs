//! People with software authenticators, each known by a number: everything about them follows from it, so that a million
//! of them need no memory.

use std::sync::Arc;

use passkeep_protocol::api::{
    AuthenticationFinish, AuthenticationStarted, RegistrationFinish, RegistrationStarted,
};
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::options::PublicKeyCredentialCreationOptionsJson;
use passkeep_testkit::authenticator::Config;
use passkeep_testkit::{Authenticator, Client, Draws, options};
use passkeep_verify::CredentialRecord;

use crate::Result;

pub(crate) const RP_ID: &str = "localhost";

/// The origin that the servers are told, whatever port they listen on.
pub(crate) const ORIGIN: &str = "http://localhost:9";

/// Somebody with a phone.
#[derive(Clone)]
pub(crate) struct Person {
    number: u64,
    authenticator: Authenticator,
}

/// Somebody's account as a database has it.
pub(crate) struct Member {
    pub(crate) number: u64,
    pub(crate) account: [u8; 16],
    pub(crate) user: [u8; 64],
    pub(crate) name: String,
    pub(crate) record: CredentialRecord,
}

impl Person {
    /// Somebody without a passkey.
    pub(crate) fn new(number: u64) -> Self {
        let config = Config {
            algorithms: vec![CoseAlgorithm::ES256],
            ..Config::default()
        };
        let seed = format!("person {number}");
        Self {
            number,
            authenticator: Authenticator::with_config(seed, config),
        }
    }

    /// The person of that number in a database that was filled.
    pub(crate) fn prepared(number: u64) -> Result<Self> {
        Ok(Self::with_passkey(number)?.0)
    }

    pub(crate) fn name(&self) -> String {
        format!("person-{}", self.number)
    }

    /// Answers a sign-up.
    pub(crate) fn create(&mut self, started: RegistrationStarted) -> Result<RegistrationFinish> {
        let credential = client().create(&started.options, &mut self.authenticator)?;
        Ok(RegistrationFinish {
            ceremony: started.ceremony,
            credential,
        })
    }

    /// Answers a sign-in.
    pub(crate) fn get(&mut self, started: AuthenticationStarted) -> Result<AuthenticationFinish> {
        let credential = client().get(&started.options, &mut self.authenticator)?;
        Ok(AuthenticationFinish {
            ceremony: started.ceremony,
            credential,
        })
    }

    fn with_passkey(number: u64) -> Result<(Self, Member)> {
        let mut person = Self::new(number);
        let mut draws = Draws::new(format!("person {number}").as_bytes(), "account");
        let (account, user) = (draws.array(), draws.array::<64>());
        let options = PublicKeyCredentialCreationOptionsJson {
            user: passkeep_protocol::options::PublicKeyCredentialUserEntityJson {
                id: Bytes::new(user),
                name: person.name(),
                display_name: person.name(),
            },
            ..options::creation(RP_ID, &draws.array::<32>())
        };
        let draft = client().draft_registration(&options, &mut person.authenticator)?;
        let key = Arc::clone(&draft.key);
        let response = draft.into_response();
        let config = &person.authenticator.config;
        // As verification would have made it. That it does is proved by the sign-ins.
        let record = CredentialRecord {
            id: response.raw_id,
            public_key: Bytes::new(key.public_key().encode()),
            sign_count: 0,
            uv_initialized: true,
            transports: config.transports.clone(),
            backup_eligible: true,
            backup_state: true,
            aaguid: config.aaguid,
            attestation_object: response.response.attestation_object,
            attestation_client_data_json: response.response.client_data_json,
            rp_id: RP_ID.to_owned(),
        };
        let name = person.name();
        Ok((
            person,
            Member {
                number,
                account,
                user,
                name,
                record,
            },
        ))
    }
}

impl Member {
    /// The account of the person of that number, with one passkey.
    pub(crate) fn prepared(number: u64) -> Result<Self> {
        Ok(Person::with_passkey(number)?.1)
    }
}

fn client() -> Client {
    Client::new(ORIGIN)
}
