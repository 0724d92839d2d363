//! The server from outside: HTTP in, HTTP out, with a real store and a software authenticator.

#[cfg(test)]
mod process;
#[cfg(test)]
mod support;

#[cfg(test)]
mod account;
#[cfg(test)]
mod apps;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod authentication;
#[cfg(test)]
mod ceremonies;
#[cfg(test)]
mod confirmations;
#[cfg(test)]
mod description;
#[cfg(test)]
mod enumeration;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod host;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod outages;
#[cfg(test)]
mod passkeys;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod program;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod registration;
#[cfg(test)]
mod replicas;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod restore;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod stolen;
#[cfg(test)]
mod strict_clients;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod well_known;
