//! All words of the site, so that a translation has one place to start from.

mod errors;

pub(crate) use errors::{Attempt, explain, name_problem};

pub(crate) const SITE: &str = "Passkeep";
pub(crate) const FOOTER: &str =
    "Passkeep is open source: a passkey stack in Rust, from the browser to the database.";
pub(crate) const API: &str = "The API of this server";
pub(crate) const TRY_AGAIN: &str = "Try again";
pub(crate) const CANCEL: &str = "Cancel";
pub(crate) const LOADING: &str = "One moment…";
pub(crate) const NOT_FOUND_TITLE: &str = "There is no page here";
pub(crate) const NOT_FOUND: &str = "The address may be mistyped, or the page has moved.";
pub(crate) const TO_START: &str = "Go to the start page";

/// The start page. `index.html` says the same before the program is there.
pub(crate) mod home {
    pub(crate) const TITLE: &str = "Passkeep: sign in without a password";
    pub(crate) const PROMISE: &str = "Sign in without a password";
    pub(crate) const LEAD: &str = "A passkey is a key your device keeps for you. Unlock it with your fingerprint, your face or your screen lock: there is nothing to remember, to type or to give away.";
    pub(crate) const ENTRY: &str = "Sign up or sign in";
    pub(crate) const NEW: &str = "New here?";
    pub(crate) const USER_NAME: &str = "Choose a user name";
    pub(crate) const USER_NAME_HINT: &str = "Letters, digits and signs without spaces, up to 64.";
    pub(crate) const CREATE: &str = "Create a passkey";
    pub(crate) const RETURNING: &str = "Been here before?";
    pub(crate) const RETURNING_HINT: &str =
        "No name needed: your device knows which account is yours.";
    pub(crate) const SIGN_IN: &str = "Sign in with a passkey";
    pub(crate) const WAITING: &str = "Follow your device…";
    pub(crate) const ABOUT: &str = "About passkeys";
    pub(crate) const FACTS: [(&str, &str); 3] = [
        (
            "What happens when I create one?",
            "Your device makes a pair of keys. The private one stays in your phone, computer or password manager, behind its lock. This site gets only the public one, which can check a signature but not make one.",
        ),
        (
            "What happens when I sign in?",
            "The site asks a fresh question, you unlock your device, and it signs the answer. It answers only to this site’s address, so a look-alike page gets nothing it could use.",
        ),
        (
            "What happens if I lose my phone?",
            "A synced passkey is on your other devices too. One that lives on a single device is gone with it. So keep two: adding another takes a few seconds.",
        ),
    ];

    pub(crate) const WELCOME_BACK: &str = "Welcome back";
    pub(crate) const TO_ACCOUNT: &str = "Go to your account";
    pub(crate) const UNSUPPORTED: &str = "This browser cannot use passkeys here. Open this page in an up-to-date browser, at an address that begins with https.";

    pub(crate) fn signed_in_as(user_name: &str) -> String {
        format!("You are signed in as {user_name}.")
    }
}

/// The account page.
pub(crate) mod account {
    pub(crate) const TITLE: &str = "Your account – Passkeep";
    pub(crate) const LINK: &str = "Your account";
    pub(crate) const SIGN_OUT: &str = "Sign out";
    pub(crate) const SIGNING_OUT: &str = "Signing out…";
    pub(crate) const SIGNED_IN: &str = "You are signed in.";
    pub(crate) const SIGNED_OUT: &str = "You are signed out.";
    pub(crate) const SESSION_OVER: &str = "You were signed out. Sign in to go on.";
    pub(crate) const PASSKEYS: &str = "Your passkeys";
    pub(crate) const LEAD: &str = "Each of these opens your account. Keep at least two, so that losing one does not lock you out.";
    pub(crate) const ADD: &str = "Add another passkey";
    pub(crate) const ADDED: &str = "The new passkey is ready. Give it a name you will recognise.";
    pub(crate) const NONE_TITLE: &str = "No passkey is left";
    pub(crate) const NONE: &str =
        "Once you sign out, nothing opens this account again. Add a passkey before you leave.";
    pub(crate) const ADD_FIRST: &str = "Add a passkey";

    pub(crate) fn greeting(name: &str) -> String {
        format!("Hello, {name}")
    }

    pub(crate) fn created(user_name: &str) -> String {
        format!("Your passkey is ready, and you are signed in as {user_name}.")
    }
}

/// One passkey.
pub(crate) mod passkey {
    pub(crate) const CREATED: &str = "Created";
    pub(crate) const LAST_USED: &str = "Last used";
    pub(crate) const NEVER_USED: &str = "not yet";
    pub(crate) const CURRENT: &str = "In use now";
    pub(crate) const RENAME: &str = "Rename";
    pub(crate) const NAME: &str = "Name of this passkey";
    pub(crate) const SAVE: &str = "Save";
    pub(crate) const SAVING: &str = "Saving…";
    pub(crate) const DELETE: &str = "Delete";
    pub(crate) const DELETING: &str = "Deleting…";
    pub(crate) const DELETE_CONFIRM: &str = "Delete this passkey";
    pub(crate) const DELETE_HELP: &str = "It will not open this account any more, on any device. Your other passkeys stay as they are.";
    pub(crate) const LAST_HELP: &str = "This is your only passkey, and there is no password behind it. Without it nobody can sign in to this account again: not you, and not we for you. Add another passkey first.";
    pub(crate) const LAST_CONFIRM: &str = "Delete it and lose the account";
    pub(crate) const KEEP: &str = "Keep it";

    pub(crate) const SYNCED: &str = "Synced";
    pub(crate) const SYNCED_HELP: &str = "Your password manager copies this passkey to your other devices. It survives the loss of one of them.";
    pub(crate) const NOT_YET_SYNCED: &str = "Not synced yet";
    pub(crate) const NOT_YET_SYNCED_HELP: &str = "Your password manager could copy this passkey to your other devices, but has not done so. Switch its synchronisation on, or add a second passkey.";
    pub(crate) const DEVICE_BOUND: &str = "This device only";
    pub(crate) const DEVICE_BOUND_HELP: &str = "This passkey cannot leave the device or security key it was made on. If that is lost, so is the passkey: add a second one elsewhere.";

    pub(crate) fn rename_of(label: &str) -> String {
        format!("Rename {label}")
    }

    pub(crate) fn delete_of(label: &str) -> String {
        format!("Delete {label}")
    }

    pub(crate) fn delete_question(label: &str) -> String {
        format!("Delete “{label}”?")
    }

    pub(crate) fn last_question(label: &str) -> String {
        format!("Delete “{label}”, your last passkey?")
    }

    pub(crate) fn renamed(label: &str) -> String {
        format!("The passkey is now called “{label}”.")
    }

    pub(crate) fn deleted(label: &str) -> String {
        format!(
            "“{label}” is deleted here. If your device still lists it, you can remove it there too."
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_static_page_says_what_the_live_one_says() {
        let page = include_str!("../../index.html");
        let mut words = vec![
            SITE,
            FOOTER,
            API,
            home::TITLE,
            home::PROMISE,
            home::LEAD,
            home::ENTRY,
            home::NEW,
            home::USER_NAME,
            home::USER_NAME_HINT,
            home::CREATE,
            home::RETURNING,
            home::RETURNING_HINT,
            home::SIGN_IN,
            home::ABOUT,
        ];
        words.extend(home::FACTS.iter().flat_map(|(title, fact)| [*title, *fact]));
        let missing: Vec<_> = words
            .into_iter()
            .filter(|words| !page.contains(words))
            .collect();
        assert_eq!(missing, Vec::<&str>::new());
    }
}
