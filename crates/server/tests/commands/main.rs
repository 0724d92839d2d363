//! The commands of those who run a server, as processes, beside servers that run.

#[cfg(test)]
#[allow(dead_code, reason = "the tests of HTTP need more of it")]
#[path = "../http/process.rs"]
mod process;
#[cfg(test)]
#[allow(dead_code, reason = "the tests of HTTP need more of it")]
#[path = "../http/support.rs"]
mod support;

#[cfg(test)]
mod deployment;

#[cfg(test)]
mod database;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod users;
#[cfg(test)]
mod webhook;
