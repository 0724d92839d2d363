use super::*;

#[test]
fn developer_text_has_the_sentence_the_detail_and_the_exception() {
    assert_eq!(
        message(
            ClientErrorCode::InvalidRpId,
            "`a` on `b`",
            Some("SecurityError")
        ),
        "the browser does not accept the RP ID on this page: `a` on `b` [SecurityError]"
    );
    let error = ClientError::from(Reason::Superseded);
    assert_eq!(error.to_string(), "the ceremony was ended by the page");
}

#[test]
fn each_reason_has_its_code_and_its_words() {
    use ClientErrorCode as Code;
    for (reason, code, detail) in [
        (
            Reason::NotABrowser,
            Code::NotSupported,
            "this is not a browser",
        ),
        (
            Reason::InsecureContext,
            Code::NotSupported,
            "the page is served over plain http; passkeys need https or localhost",
        ),
        (
            Reason::NoWebAuthn,
            Code::NotSupported,
            "`PublicKeyCredential` or `navigator.credentials` is missing",
        ),
        (Reason::NotJson, Code::InvalidOptions, "they are not JSON"),
        (
            Reason::NotAnObject,
            Code::InvalidOptions,
            "the options are not a JSON object",
        ),
        (
            Reason::NotText,
            Code::InvalidOptions,
            "`user.id` is not base64url text",
        ),
        (
            Reason::NotBase64url(1_203),
            Code::InvalidOptions,
            "`user.id`: a base64url value is malformed at byte 1203: it is not unpadded base64url",
        ),
        (
            Reason::NoAutofill,
            Code::ModeUnavailable,
            "the browser does not offer passkeys in autofill",
        ),
        (
            Reason::NotReported("immediateGet"),
            Code::ModeUnavailable,
            "the browser does not say `immediateGet`",
        ),
        (
            Reason::NoSuchWay,
            Code::ModeUnavailable,
            "passkeys are not made in that way",
        ),
        (
            Reason::DialogOpen,
            Code::Pending,
            "this page has a passkey dialog open",
        ),
        (Reason::EndedBefore, Code::Aborted, "before it started"),
        (Reason::EndedByCaller, Code::Aborted, "by the caller"),
        (
            Reason::Displaced,
            Code::Aborted,
            "another request took its place",
        ),
        (Reason::Superseded, Code::Aborted, ""),
        (
            Reason::Silence,
            Code::Unresponsive,
            "the promise was still open long after the timeout; an extension may be in the way",
        ),
        (
            Reason::SilenceBehindADialog,
            Code::TimedOut,
            "the promise was still open long after the timeout, and so may a dialog have been",
        ),
        (
            Reason::NoCredential,
            Code::Cancelled,
            "the browser returned no credential",
        ),
        (
            Reason::Missing("rawId"),
            Code::Other,
            "the credential has no `rawId`",
        ),
        (
            Reason::Missing("response.signature"),
            Code::Other,
            "the credential has no `response.signature`",
        ),
        (
            Reason::Unreadable,
            Code::Other,
            "the browser's answer does not read as a response: user.id",
        ),
    ] {
        let error = ClientError::from(reason).with_text("user.id".into());
        assert_eq!((error.code(), error.detail().as_str()), (code, detail));
        let silent = matches!(code, Code::Cancelled | Code::Aborted);
        assert_eq!(error.is_cancel(), silent, "{error}");
        assert_eq!(error.exception_name(), None);
    }
}

#[test]
fn numbers_are_in_digits() {
    for number in [0, 7, 10, 4_096, usize::MAX] {
        assert_eq!(decimal(number), number.to_string());
    }
}

#[test]
fn only_what_the_page_ended_itself_has_no_words_for_a_person() {
    for code in ClientErrorCode::ALL {
        let silent = code.user_message().is_empty();
        assert_eq!(silent, *code == ClientErrorCode::Aborted, "{code:?}");
    }
}

#[test]
fn names_are_unique() {
    let mut names: Vec<_> = ClientErrorCode::ALL.iter().map(|c| c.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), ClientErrorCode::ALL.len());
}
