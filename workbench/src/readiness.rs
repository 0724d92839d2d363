//! The files by which platforms learn whose passkeys are whose, made from a short form, and what is left to do by hand.
//!
//! The files are made by the same functions of `passkeep-verify` that the server's own come from.

use passkeep_verify::origin::apk_key_hash::{ApkKeyHash, asset_link};
use passkeep_verify::origin::related::{RelatedOriginsProblem, guessed_label, lint};
use passkeep_verify::origin::{Origin, related};
use serde_json::{Value, json};

/// What is filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Form {
    /// The RP ID.
    pub(crate) domain: String,
    /// The Android app's package, and the fingerprints of its certificates, one in each line.
    pub(crate) package: String,
    pub(crate) fingerprints: String,
    /// Apple's app ids: team and bundle, one in each line.
    pub(crate) apple: String,
    /// Sites of other domains that share the RP ID, one in each line.
    pub(crate) related: String,
    /// Where passkeys are made, and where they are managed.
    pub(crate) enroll: String,
    pub(crate) manage: String,
}

/// A file to serve.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct File {
    pub(crate) address: String,
    /// Who reads it, and what for.
    pub(crate) about: &'static str,
    pub(crate) content: Content,
}

/// What is in a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Content {
    /// This.
    Json(String),
    /// Nothing: it need not be there.
    NotNeeded(&'static str),
    /// What was filled in cannot be right.
    Wrong(Vec<String>),
}

/// Something to see to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Task {
    pub(crate) platform: &'static str,
    pub(crate) text: String,
}

impl Form {
    /// The four files.
    pub(crate) fn files(&self) -> Vec<File> {
        let file = |name: &str, about, content| File {
            address: format!("https://{}/.well-known/{name}", self.host()),
            about,
            content,
        };
        vec![
            file(
                "assetlinks.json",
                "Android: which apps share the site's passkeys.",
                self.asset_links(),
            ),
            file(
                "apple-app-site-association",
                "iOS and macOS: which apps share the site's passkeys.",
                self.apple_association(),
            ),
            file(
                "webauthn",
                "Browsers: which sites of other domains may use the RP ID.",
                self.related_origins(),
            ),
            file(
                "passkey-endpoints",
                "Password managers: where passkeys are made and managed.",
                self.endpoints(),
            ),
        ]
    }

    /// The domain, or one for examples.
    pub(crate) fn host(&self) -> &str {
        match self.domain.trim() {
            "" => "example.org",
            domain => domain,
        }
    }

    /// What is wrong with the domain, if anything is.
    pub(crate) fn domain_problem(&self) -> Option<String> {
        let host = self.host();
        if host.contains([':', '/']) {
            return Some("An RP ID is a domain alone: no scheme, no port, no path.".to_owned());
        }
        let error = Origin::parse(&format!("https://{host}")).err()?;
        Some(format!("{host:?} is no domain: {error}"))
    }

    /// The origins that the server accepts, as this form has them.
    pub(crate) fn origins(&self) -> Vec<String> {
        let mut origins = vec![format!("https://{}", self.host())];
        origins.extend(lines(&self.related).map(str::to_owned));
        let hashes =
            lines(&self.fingerprints).filter_map(|line| ApkKeyHash::from_fingerprint(line).ok());
        origins.extend(hashes.map(|hash| hash.origin().as_str().to_owned()));
        origins
    }

    fn asset_links(&self) -> Content {
        let package = self.package.trim();
        if package.is_empty() && lines(&self.fingerprints).next().is_none() {
            return Content::NotNeeded("There is no Android app.");
        }
        let mut problems = Vec::new();
        let is_part = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_alphabetic())
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        if !(package.contains('.') && package.split('.').all(is_part)) {
            problems.push(format!("{package:?} is no package, as com.example.app is."));
        }
        let mut hashes = Vec::new();
        for line in lines(&self.fingerprints) {
            match ApkKeyHash::from_fingerprint(line) {
                Ok(hash) => hashes.push(hash),
                Err(_) => problems.push(format!(
                    "{line:?} is no SHA-256 fingerprint: it has 32 pairs of hexadecimal digits."
                )),
            }
        }
        if hashes.is_empty() && problems.is_empty() {
            problems.push(
                "It needs the fingerprint of a certificate that the app is signed with.".to_owned(),
            );
        }
        if !problems.is_empty() {
            return Content::Wrong(problems);
        }
        let site = json!({
            "relation": ["delegate_permission/common.get_login_creds"],
            "target": {"namespace": "web", "site": format!("https://{}", self.host())},
        });
        pretty(&json!([asset_link(package, &hashes), site]))
    }

    fn apple_association(&self) -> Content {
        let ids: Vec<_> = lines(&self.apple).collect();
        if ids.is_empty() {
            return Content::NotNeeded("There is no app for Apple's platforms.");
        }
        let is_id = |id: &str| {
            id.split_once('.').is_some_and(|(team, bundle)| {
                let of_team = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
                let of_bundle = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
                team.len() == 10
                    && team.chars().all(of_team)
                    && !bundle.is_empty()
                    && bundle.chars().all(of_bundle)
            })
        };
        let wrong = ids.iter().filter(|id| !is_id(id));
        let wrong: Vec<_> = wrong
            .map(|id| format!("{id:?} is no app id, as ABCDE12345.com.example.app is."))
            .collect();
        match wrong.is_empty() {
            true => pretty(&json!({"webcredentials": {"apps": ids}})),
            false => Content::Wrong(wrong),
        }
    }

    fn related_origins(&self) -> Content {
        let texts: Vec<_> = lines(&self.related).collect();
        if texts.is_empty() {
            return Content::NotNeeded("No other domain shares the RP ID.");
        }
        let mut origins = Vec::new();
        let mut problems = Vec::new();
        for text in texts {
            match Origin::parse(text) {
                Ok(origin) => origins.push(origin),
                Err(error) => problems.push(format!("{text:?} is no origin: {error}")),
            }
        }
        if !problems.is_empty() {
            return Content::Wrong(problems);
        }
        let file = related::file(&origins);
        let found = lint(&file, self.host(), &origins, guessed_label);
        if !found.is_empty() {
            return Content::Wrong(found.iter().map(told).collect());
        }
        match serde_json::from_str::<Value>(&file) {
            Ok(value) => pretty(&value),
            Err(_) => Content::Json(file),
        }
    }

    fn endpoints(&self) -> Content {
        let address = |text: &str| match text.trim() {
            "" => None,
            path if path.starts_with('/') => Some(format!("https://{}{path}", self.host())),
            address => Some(address.to_owned()),
        };
        let members = [
            ("enroll", address(&self.enroll)),
            ("manage", address(&self.manage)),
        ];
        let members = members
            .into_iter()
            .filter_map(|(name, address)| Some((name, address?)));
        let members: Vec<_> = members.collect();
        let wrong = members
            .iter()
            .filter(|(_, address)| !address.starts_with("https://"));
        let wrong: Vec<_> = wrong
            .map(|(name, _)| format!("{name} must be an https address, or a path."))
            .collect();
        if !wrong.is_empty() {
            return Content::Wrong(wrong);
        }
        let members = members
            .into_iter()
            .map(|(name, address)| (name.to_owned(), Value::from(address)));
        pretty(&Value::Object(members.collect()))
    }

    /// What is left to do by hand.
    pub(crate) fn tasks(&self) -> Vec<Task> {
        let host = self.host();
        let task = |platform, text: String| Task { platform, text };
        let mut tasks = vec![
            task("Web", format!("Serve the files on {host} itself, over https, with status 200, as application/json, without a redirect and without a cookie.")),
            task("Web", format!("Accept exactly these origins: {}.", self.origins().join(", "))),
            task("Web", "Offer autofill: an input with autocomplete=\"username webauthn\", and a conditional request when the page opens.".to_owned()),
            task("Web", "Put allow=\"publickey-credentials-get; publickey-credentials-create\" on frames of other origins that need passkeys, and nothing where none does.".to_owned()),
        ];
        if !self.package.trim().is_empty() {
            tasks.extend([
                task("Android", format!("Add <meta-data android:name=\"asset_statements\" …> to the manifest of {}, with https://{host}/.well-known/assetlinks.json.", self.package.trim())),
                task("Android", "List the certificate of Play App Signing too: the upload key's is not the one that people's apps have.".to_owned()),
                task("Android", "Ask for residentKey \"required\"; Credential Manager makes no passkey otherwise.".to_owned()),
                task("Android", "For restore credentials clear them at sign-out, with ClearCredentialStateRequest(TYPE_CLEAR_RESTORE_CREDENTIAL).".to_owned()),
            ]);
        }
        if lines(&self.apple).next().is_some() {
            tasks.extend([
                task("iOS", format!("Add the capability Associated Domains with webcredentials:{host}.")),
                task("iOS", "Apple's servers fetch the file and keep it for hours; with ?mode=developer behind the domain a device fetches it itself.".to_owned()),
                task("iOS", format!("Expect the origin https://{host} from the app: Apple's platforms have no other for apps.")),
            ]);
        }
        tasks
    }
}

/// A problem of the file of related origins, for people.
fn told(problem: &RelatedOriginsProblem) -> String {
    use RelatedOriginsProblem as Problem;
    let nth = |index: &usize| format!("Origin {} of other domains", index + 1);
    match problem {
        Problem::App { index } => format!(
            "{} is an Android app, which belongs into assetlinks.json.",
            nth(index)
        ),
        Problem::Twice { index } => format!("{} is listed before.", nth(index)),
        Problem::NoLabel { index } => format!(
            "{} has no registrable domain, so browsers skip it.",
            nth(index)
        ),
        Problem::LabelAfterTheLast { index, label } => {
            format!(
                "{} comes after five other names than {label:?}, and browsers may ignore it.",
                nth(index)
            )
        }
        other => format!("{other:?}"),
    }
}

fn pretty(value: &Value) -> Content {
    Content::Json(crate::software::json(value))
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINGERPRINT: &str = "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD";

    fn form() -> Form {
        Form {
            domain: "example.org".to_owned(),
            package: "org.example.app".to_owned(),
            fingerprints: FINGERPRINT.to_lowercase(),
            apple: "ABCDE12345.org.example.app".to_owned(),
            related: "https://example.de".to_owned(),
            enroll: "/account".to_owned(),
            manage: "https://id.example.org/keys".to_owned(),
        }
    }

    fn parsed(form: &Form, index: usize) -> Value {
        match &form.files()[index].content {
            Content::Json(text) => serde_json::from_str(text).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_files_say_what_was_filled_in() {
        let form = form();
        let links = parsed(&form, 0);
        assert_eq!(links[0]["target"]["package_name"], "org.example.app");
        assert_eq!(
            links[0]["target"]["sha256_cert_fingerprints"],
            json!([FINGERPRINT])
        );
        assert_eq!(links[1]["target"]["site"], "https://example.org");
        assert_eq!(
            parsed(&form, 1),
            json!({"webcredentials": {"apps": ["ABCDE12345.org.example.app"]}})
        );
        assert_eq!(parsed(&form, 2), json!({"origins": ["https://example.de"]}));
        assert_eq!(
            parsed(&form, 3),
            json!({"enroll": "https://example.org/account", "manage": "https://id.example.org/keys"})
        );
        assert_eq!(
            form.files()[0].address,
            "https://example.org/.well-known/assetlinks.json"
        );
        let app = "android:apk-key-hash:ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
        assert_eq!(
            form.origins(),
            ["https://example.org", "https://example.de", app]
        );
    }

    #[test]
    fn an_empty_form_needs_no_file_but_the_last() {
        let form = Form::default();
        assert_eq!(form.host(), "example.org");
        assert_eq!(
            form.files()[0].content,
            Content::NotNeeded("There is no Android app.")
        );
        assert_eq!(
            form.files()[2].content,
            Content::NotNeeded("No other domain shares the RP ID.")
        );
        assert_eq!(parsed(&form, 3), json!({}));
        assert!(form.tasks().iter().all(|task| task.platform == "Web"));
    }

    /// Features of the attribute are divided by semicolons; those of another division are none, and browsers say nothing.
    #[test]
    fn the_features_of_a_frame_are_divided_as_browsers_read_them() {
        let tasks = Form::default().tasks();
        let allow = tasks
            .iter()
            .find_map(|task| task.text.split("allow=\"").nth(1))
            .expect("a task about frames");
        let features: Vec<_> = allow
            .split('"')
            .next()
            .expect("a value")
            .split(';')
            .map(str::trim)
            .collect();
        assert_eq!(
            features,
            ["publickey-credentials-get", "publickey-credentials-create"]
        );
    }

    #[test]
    fn what_cannot_be_right_is_said() {
        let wrong = |change: fn(&mut Form), index: usize| {
            let mut form = form();
            change(&mut form);
            match form.files().swap_remove(index).content {
                Content::Wrong(problems) => problems.join(" "),
                other => panic!("{other:?}"),
            }
        };
        assert!(wrong(|it| it.package = "app".to_owned(), 0).contains("is no package"));
        assert!(
            wrong(|it| it.fingerprints = "BA:78".to_owned(), 0)
                .contains("is no SHA-256 fingerprint")
        );
        assert!(wrong(|it| it.fingerprints.clear(), 0).contains("needs the fingerprint"));
        assert!(wrong(|it| it.apple = "org.example.app".to_owned(), 1).contains("is no app id"));
        assert!(wrong(|it| it.related = "example.de".to_owned(), 2).contains("is no origin"));
        assert!(
            wrong(|it| it.manage = "http://example.org".to_owned(), 3)
                .contains("manage must be an https address")
        );
    }

    #[test]
    fn a_domain_is_a_domain_alone() {
        let problem = |domain: &str| {
            Form {
                domain: domain.to_owned(),
                ..Form::default()
            }
            .domain_problem()
        };
        assert_eq!(problem("example.org"), None);
        assert!(problem("https://example.org").is_some());
        assert!(problem("example.org:8443").is_some());
        assert!(problem("example.org/login").is_some());
    }
}
