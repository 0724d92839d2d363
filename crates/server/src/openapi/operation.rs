//! One operation, put together from what it takes, what it answers and what it refuses.

use std::collections::BTreeMap;

use passkeep_protocol::api::{
    CLIENT_HEADER, CONFIRMATION_HEADER, ErrorCode, NATIVE_CLIENT, ProblemDetails,
};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{
    HttpMethod, Operation as Described, OperationBuilder, Parameter, ParameterBuilder, ParameterIn,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, ResponseBuilder, ResponsesBuilder};
use utoipa::{IntoParams, ToSchema};

use super::{BEARER, BROWSER, SESSION};
use crate::error::status;

/// An operation. What every operation of its kind refuses is added to what is said of it.
pub(super) struct Operation {
    pub(super) method: HttpMethod,
    pub(super) path: &'static str,
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
    described: OperationBuilder,
    parameters: Vec<Parameter>,
    body: Option<RequestBody>,
    answers: Vec<(u16, ResponseBuilder)>,
    security: Vec<SecurityRequirement>,
    codes: Vec<ErrorCode>,
}

pub(super) fn operation(
    method: HttpMethod,
    path: &'static str,
    tag: &str,
    id: &str,
    summary: &str,
) -> Operation {
    let mut codes = vec![
        ErrorCode::WrongChannel,
        ErrorCode::Internal,
        ErrorCode::Unavailable,
    ];
    if method != HttpMethod::Get {
        codes.push(ErrorCode::ForbiddenOrigin);
        codes.push(ErrorCode::TooManyRequests);
    }
    let described = OperationBuilder::new()
        .tag(tag)
        .operation_id(Some(id))
        .summary(Some(summary));
    Operation {
        method,
        path,
        schemas: Vec::new(),
        described,
        parameters: Vec::new(),
        body: None,
        answers: Vec::new(),
        security: Vec::new(),
        codes,
    }
}

impl Operation {
    /// Says more.
    pub(super) fn about(mut self, text: &str) -> Self {
        self.described = self.described.description(Some(text));
        self
    }

    /// Only for whoever is signed in. A lock ends sessions, but not those of an application with users of its own.
    pub(super) fn signed_in(mut self) -> Self {
        self.security.extend([needs([SESSION]), needs([BEARER])]);
        self.refuses(&[ErrorCode::NotSignedIn, ErrorCode::AccountLocked])
    }

    /// For anybody, and in some of its forms for whoever is signed in.
    pub(super) fn maybe_signed_in(mut self) -> Self {
        let anybody = SecurityRequirement::default();
        self.security
            .extend([anybody, needs([SESSION]), needs([BEARER])]);
        self
    }

    /// For the client that has begun the ceremony.
    pub(super) fn of_the_same_client(mut self) -> Self {
        let app = SecurityRequirement::default();
        let page = [needs([BROWSER]), needs([BROWSER, SESSION])];
        self.security.extend(page);
        self.security.extend([needs([BEARER]), app]);
        self.refuses(&[ErrorCode::CeremonyUnknown])
    }

    /// An app that is not signed in says that it is one.
    pub(super) fn of_pages_and_apps(self) -> Self {
        let native = ObjectBuilder::new().schema_type(Type::String);
        let native = native.enum_values(Some([NATIVE_CLIENT]));
        self.header(
            CLIENT_HEADER,
            "From an app that is not signed in. Not together with cookies.",
            native,
            Required::False,
        )
    }

    /// The owner has to confirm it.
    pub(super) fn confirmed(self, required: Required) -> Self {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let about = "The token of a confirmation that was asked for this action.";
        self.header(CONFIRMATION_HEADER, about, text, required)
            .refuses(&[ErrorCode::ConfirmationRequired])
    }

    /// Takes a header.
    pub(super) fn header(
        mut self,
        name: &str,
        about: &str,
        schema: impl Into<RefOr<Schema>>,
        required: Required,
    ) -> Self {
        let header = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .description(Some(about))
            .required(required)
            .schema(Some(schema));
        self.parameters.push(header.build());
        self
    }

    /// Its path names something.
    pub(super) fn names(mut self, about: &str) -> Self {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let id = ParameterBuilder::new()
            .name("id")
            .parameter_in(ParameterIn::Path)
            .description(Some(about))
            .required(Required::True)
            .schema(Some(text.min_length(Some(1)).content_encoding("base64url")));
        self.parameters.push(id.build());
        self
    }

    /// Takes these parameters after the question mark.
    pub(super) fn query<T: IntoParams>(mut self) -> Self {
        self.parameters.extend(T::into_params(|| None));
        self.refuses(&[ErrorCode::MalformedRequest])
    }

    /// Takes this body.
    pub(super) fn takes<T: ToSchema>(self) -> Self {
        let body = Ref::from_schema_name(T::name());
        self.with::<T>().body(body)
    }

    /// Takes the first body, or the second.
    pub(super) fn takes_either<T: ToSchema, U: ToSchema>(self) -> Self {
        let either = either::<T, U>();
        self.with::<T>().with::<U>().body(either)
    }

    fn body(mut self, schema: impl Into<RefOr<Schema>>) -> Self {
        let content = ContentBuilder::new().schema(Some(schema));
        let body = RequestBodyBuilder::new()
            .content("application/json", content.build())
            .required(Some(Required::True));
        self.body = Some(body.build());
        self.refuses(&[
            ErrorCode::MalformedRequest,
            ErrorCode::BodyTooLarge,
            ErrorCode::UnsupportedContentType,
        ])
    }

    /// Answers with this body.
    pub(super) fn answers<T: ToSchema>(self, status: u16, about: &str) -> Self {
        let answer = Ref::from_schema_name(T::name());
        self.with::<T>().answer(status, about, answer)
    }

    /// Answers with the first body, or with the second.
    pub(super) fn answers_either<T: ToSchema, U: ToSchema>(self, status: u16, about: &str) -> Self {
        let either = either::<T, U>();
        self.with::<T>().with::<U>().answer(status, about, either)
    }

    fn answer(mut self, status: u16, about: &str, schema: impl Into<RefOr<Schema>>) -> Self {
        let content = ContentBuilder::new().schema(Some(schema));
        let answer = ResponseBuilder::new().description(about);
        let answer = answer.content("application/json", content.build());
        self.answers.push((status, answer));
        self
    }

    /// Answers without a body.
    pub(super) fn answers_nothing(mut self, about: &str) -> Self {
        let answer = ResponseBuilder::new().description(about);
        self.answers.push((204, answer));
        self
    }

    /// Its answer can have this header.
    pub(super) fn adds(mut self, name: &str, about: &str) -> Self {
        let header = HeaderBuilder::new().description(Some(about)).build();
        let answers = self.answers.into_iter();
        let answers = answers.map(|(status, answer)| (status, answer.header(name, header.clone())));
        self.answers = answers.collect();
        self
    }

    /// Can be refused with these codes too.
    pub(super) fn refuses(mut self, codes: &[ErrorCode]) -> Self {
        self.codes.extend(codes);
        self
    }

    fn with<T: ToSchema>(mut self) -> Self {
        self.schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(&mut self.schemas);
        self
    }

    /// The operation, with all of its answers.
    pub(super) fn describe(self) -> Described {
        let mut answers = ResponsesBuilder::new();
        for (status, answer) in self.answers {
            answers = answers.response(status.to_string(), answer);
        }
        let mut by_status = BTreeMap::<u16, Vec<ErrorCode>>::new();
        for code in ErrorCode::ALL
            .iter()
            .filter(|code| self.codes.contains(code))
        {
            by_status
                .entry(status(*code).as_u16())
                .or_default()
                .push(*code);
        }
        for (status, codes) in by_status {
            answers = answers.response(status.to_string(), problem(status, &codes));
        }
        let security = Some(self.security).filter(|security| !security.is_empty());
        let parameters = Some(self.parameters).filter(|parameters| !parameters.is_empty());
        let mut described = self.described.responses(answers.build());
        described = described.parameters(parameters).securities(security);
        described.request_body(self.body).build()
    }
}

/// A refusal with one of these codes, which all have that status.
fn problem(status: u16, codes: &[ErrorCode]) -> ResponseBuilder {
    let lines = codes
        .iter()
        .map(|code| format!("`{}`: {}", code.as_str(), code.title()));
    let lines: Vec<_> = lines.collect();
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let code = text().enum_values(Some(codes.iter().map(|code| code.as_str())));
    let number = ObjectBuilder::new().schema_type(Type::Integer);
    let this = ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("status", number.enum_values(Some([status])))
        .property("code", code);
    let schema = AllOfBuilder::new()
        .item(Ref::from_schema_name(ProblemDetails::name()))
        .item(this);
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let answer = ResponseBuilder::new()
        .description(lines.join("\n\n"))
        .content("application/problem+json", content);
    if !codes.contains(&ErrorCode::TooManyRequests) {
        return answer;
    }
    let seconds = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0));
    let retry_after = HeaderBuilder::new()
        .schema(seconds)
        .description(Some("After how many seconds to try again."));
    answer.header("Retry-After", retry_after.build())
}

fn either<T: ToSchema, U: ToSchema>() -> OneOfBuilder {
    OneOfBuilder::new()
        .item(Ref::from_schema_name(T::name()))
        .item(Ref::from_schema_name(U::name()))
}

fn needs<const N: usize>(schemes: [&str; N]) -> SecurityRequirement {
    let none = core::iter::empty::<String>;
    let mut all = SecurityRequirement::default();
    for scheme in schemes {
        all = all.add(scheme, none());
    }
    all
}
