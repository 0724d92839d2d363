//! The settings as code to copy.

use super::settings::{Ask, Call, Settings};

/// The languages there is code in.
pub(crate) const LANGUAGES: [&str; 4] = ["JavaScript", "TypeScript", "Rust", "Kotlin"];

/// The call in one of the [`LANGUAGES`].
pub(crate) fn code(language: &str, settings: &Settings) -> String {
    match language {
        "TypeScript" => typescript(settings),
        "Rust" => rust(settings),
        "Kotlin" => kotlin(settings),
        _ => javascript(settings),
    }
}

const NOTE: &str = "In production the options come from your server, with a fresh challenge.";

fn indented(text: &str, by: &str) -> String {
    text.replace('\n', &format!("\n{by}"))
}

/// What the call takes beside `publicKey`.
fn beside(ask: Ask) -> &'static str {
    match ask {
        Ask::Modal => "",
        Ask::Conditional => ", mediation: \"conditional\"",
        Ask::Immediate => ", uiMode: \"immediate\"",
    }
}

fn javascript(settings: &Settings) -> String {
    let (call, parse) = match settings.call {
        Call::Create => ("create", "parseCreationOptionsFromJSON"),
        Call::Get => ("get", "parseRequestOptionsFromJSON"),
    };
    let (options, beside) = (settings.text(), beside(settings.ask));
    format!(
        "// {NOTE}\nconst publicKey = PublicKeyCredential.{parse}({options});\n\
         const credential = await navigator.credentials.{call}({{ publicKey{beside} }});\n\
         // Send this to your server.\nconst response = JSON.stringify(credential);\n"
    )
}

fn typescript(settings: &Settings) -> String {
    let (call, parse, ty, answer) = match settings.call {
        Call::Create => (
            "create",
            "parseCreationOptionsFromJSON",
            "PublicKeyCredentialCreationOptionsJSON",
            "RegistrationResponseJSON",
        ),
        Call::Get => (
            "get",
            "parseRequestOptionsFromJSON",
            "PublicKeyCredentialRequestOptionsJSON",
            "AuthenticationResponseJSON",
        ),
    };
    let container = match settings.call {
        Call::Create => "CredentialCreationOptions",
        Call::Get => "CredentialRequestOptions",
    };
    let (options, beside) = (settings.text(), beside(settings.ask));
    format!(
        "// {NOTE}\nconst options = {options} as {ty};\n\
         const publicKey = PublicKeyCredential.{parse}(options);\n\
         const request = {{ publicKey{beside} }} as {container};\n\
         const credential = (await navigator.credentials.{call}(request)) as PublicKeyCredential | null;\n\
         if (!credential) throw new Error(\"no credential\");\n\
         // Send this to your server.\nconst response = credential.toJSON() as {answer};\n"
    )
}

fn rust(settings: &Settings) -> String {
    let (ty, function, arguments) = match (settings.call, settings.ask) {
        (Call::Create, Ask::Conditional) => (
            "PublicKeyCredentialCreationOptionsJson",
            "create_conditionally",
            "",
        ),
        (Call::Create, _) => ("PublicKeyCredentialCreationOptionsJson", "create", ""),
        (Call::Get, Ask::Modal) => (
            "PublicKeyCredentialRequestOptionsJson",
            "get",
            "Mediation::Modal, ",
        ),
        (Call::Get, Ask::Conditional) => (
            "PublicKeyCredentialRequestOptionsJson",
            "get",
            "Mediation::Conditional, ",
        ),
        (Call::Get, Ask::Immediate) => (
            "PublicKeyCredentialRequestOptionsJson",
            "get",
            "Mediation::Immediate, ",
        ),
    };
    let names = match settings.call {
        Call::Create => format!("{{Abort, {function}}}"),
        Call::Get => "{Abort, Mediation, get}".to_owned(),
    };
    let options = settings.text();
    let fence = fence(&options);
    format!(
        "use passkeep_browser::{names};\nuse passkeep_protocol::options::{ty};\n\n\
         // {NOTE}\nlet options: {ty} = serde_json::from_str(r{fence}\"{options}\"{fence})?;\n\
         // Send this to your server.\nlet response = {function}(&options, {arguments}&Abort::new()).await?;\n"
    )
}

/// What ends a raw string of Rust that holds the text: one `#` more than follow any of its quotes.
fn fence(text: &str) -> String {
    let runs = text.split('"').skip(1);
    let longest = runs.map(|rest| rest.len() - rest.trim_start_matches('#').len());
    "#".repeat(longest.max().unwrap_or_default() + 1)
}

fn kotlin(settings: &Settings) -> String {
    let options = indented(&settings.text(), "    ");
    // A dollar begins a template in Kotlin, also in a raw string.
    let options = options.replace('$', "${'$'}");
    match settings.call {
        Call::Create => {
            let conditional = match settings.ask {
                Ask::Conditional => "\n    isConditional = true,",
                _ => "",
            };
            format!(
                "// {NOTE}\nval options = \"\"\"\n    {options}\n\"\"\".trimIndent()\n\
                 val request = CreatePublicKeyCredentialRequest(\n    requestJson = options,{conditional}\n)\n\
                 val result = CredentialManager.create(context).createCredential(context, request)\n\
                 // Send this to your server.\n\
                 val response = (result as CreatePublicKeyCredentialResponse).registrationResponseJson\n"
            )
        }
        Call::Get if settings.ask == Ask::Conditional => format!(
            "// {NOTE}\nval options = \"\"\"\n    {options}\n\"\"\".trimIndent()\n\
             val request = GetCredentialRequest(\n    listOf(GetPublicKeyCredentialOption(requestJson = options)),\n)\n\
             // Among the suggestions of the field for the user name.\n\
             userNameField.pendingGetCredentialRequest = PendingGetCredentialRequest(request) {{ result ->\n    \
             // Send this to your server.\n    \
             val response = (result.credential as PublicKeyCredential).authenticationResponseJson\n}}\n"
        ),
        Call::Get => {
            let immediate = match settings.ask {
                Ask::Immediate => "\n    preferImmediatelyAvailableCredentials = true,",
                _ => "",
            };
            format!(
                "// {NOTE}\nval options = \"\"\"\n    {options}\n\"\"\".trimIndent()\n\
                 val request = GetCredentialRequest(\n    listOf(GetPublicKeyCredentialOption(requestJson = options)),{immediate}\n)\n\
                 val result = CredentialManager.create(context).getCredential(context, request)\n\
                 // Send this to your server.\n\
                 val response = (result.credential as PublicKeyCredential).authenticationResponseJson\n"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(call: Call, ask: Ask) -> Settings {
        let mut settings = Settings::usual(call, "example.org", &[7; 32], &[9; 16]);
        settings.ask = ask;
        settings
    }

    #[test]
    fn every_language_makes_the_call_that_was_set() {
        let cases = [
            (
                "JavaScript",
                Call::Create,
                Ask::Modal,
                "navigator.credentials.create({ publicKey })",
            ),
            (
                "JavaScript",
                Call::Get,
                Ask::Immediate,
                "navigator.credentials.get({ publicKey, uiMode: \"immediate\" })",
            ),
            (
                "TypeScript",
                Call::Create,
                Ask::Conditional,
                "{ publicKey, mediation: \"conditional\" } as CredentialCreationOptions",
            ),
            (
                "TypeScript",
                Call::Get,
                Ask::Modal,
                "} as PublicKeyCredentialRequestOptionsJSON;",
            ),
            (
                "Rust",
                Call::Create,
                Ask::Conditional,
                "let response = create_conditionally(&options, &Abort::new()).await?;",
            ),
            (
                "Rust",
                Call::Get,
                Ask::Modal,
                "let response = get(&options, Mediation::Modal, &Abort::new()).await?;",
            ),
            (
                "Kotlin",
                Call::Create,
                Ask::Conditional,
                "    isConditional = true,",
            ),
            (
                "Kotlin",
                Call::Get,
                Ask::Conditional,
                "userNameField.pendingGetCredentialRequest = PendingGetCredentialRequest(request) { result ->\n    // Send",
            ),
            (
                "Kotlin",
                Call::Get,
                Ask::Immediate,
                "    preferImmediatelyAvailableCredentials = true,",
            ),
        ];
        for (language, call, ask, line) in cases {
            let code = code(language, &settings(call, ask));
            assert!(code.contains(line), "{language}: {code}");
            assert!(code.contains("\"challenge\": \"BwcH"), "{language}: {code}");
        }
    }

    #[test]
    fn a_quote_and_a_hash_do_not_end_the_string_of_rust() {
        assert_eq!(fence("{}"), "#");
        assert_eq!(fence("\"## 1\""), "###");
        let mut settings = settings(Call::Create, Ask::Modal);
        settings.put("/rp/name", Some("#1 Shop".into()));
        let code = code("Rust", &settings);
        assert!(
            code.contains("from_str(r##\"{") && code.contains("}\"##)?;"),
            "{code}"
        );
    }

    #[test]
    fn kotlin_takes_no_dollar_for_a_template() {
        let mut settings = settings(Call::Create, Ask::Modal);
        settings.put("/rp/name", Some("$hop".into()));
        assert!(code("Kotlin", &settings).contains("\"${'$'}hop\""));
    }
}
