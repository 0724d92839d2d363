//! Schemas that do not follow from the shape of a type, for descriptions of the HTTP contract. Feature `openapi`.

use std::borrow::Cow;

use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::api::{Action, AuthenticationStart, ErrorCode, Profile};
use crate::bytes::Bytes;
use crate::cose::CoseAlgorithm;

/// Unpadded base64url: groups of four characters, and of the last group as many as its bytes take, with no bit set that
/// stands for nothing.
const BASE64URL: &str =
    "^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$";

impl PartialSchema for Bytes {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.description(Some("Bytes, as base64url without padding."))
            .content_encoding("base64url")
            .pattern(Some(BASE64URL))
            .into()
    }
}

impl ToSchema for Bytes {
    fn name() -> Cow<'static, str> {
        "Bytes".into()
    }
}

impl PartialSchema for CoseAlgorithm {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Integer);
        let description = "An algorithm, as the IANA registry \"COSE Algorithms\" numbers it.";
        number.description(Some(description)).into()
    }
}

impl ToSchema for CoseAlgorithm {
    fn name() -> Cow<'static, str> {
        "CoseAlgorithm".into()
    }
}

impl PartialSchema for ErrorCode {
    fn schema() -> RefOr<Schema> {
        let codes = Self::ALL.iter().map(|code| code.as_str());
        let text = ObjectBuilder::new().schema_type(Type::String);
        let description =
            "What a program can act on. A code never changes its meaning; new ones may come.";
        text.description(Some(description))
            .enum_values(Some(codes))
            .into()
    }
}

impl ToSchema for ErrorCode {
    fn name() -> Cow<'static, str> {
        "ErrorCode".into()
    }
}

/// An enumeration of which a later level may have more values.
pub(crate) fn open_enumeration(description: &str, known: &[&str]) -> RefOr<Schema> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    AnyOfBuilder::new()
        .description(Some(description.trim()))
        .item(text().enum_values(Some(known.iter().copied())))
        .item(text().description(Some("A value that this version does not know.")))
        .into()
}

impl PartialSchema for AuthenticationStart {
    fn schema() -> RefOr<Schema> {
        let flow = |name| {
            let text = ObjectBuilder::new().schema_type(Type::String);
            text.enum_values(Some([name]))
        };
        let object = |about, name| {
            ObjectBuilder::new()
                .schema_type(Type::Object)
                .description(Some(about))
                .property("flow", flow(name))
                .additional_properties(Some(
                    utoipa::openapi::schema::AdditionalProperties::<Schema>::FreeForm(false),
                ))
        };
        let name = ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::SchemaType::from_iter([
                Type::String,
                Type::Null,
            ]))
            .description(Some(
                "Whose passkeys to list; without it the client offers all that it has.",
            ));
        let sign_in = object("Signs in; also the flow when none is named.", "sign-in")
            .property("userName", name)
            .property("profile", Ref::from_schema_name(Profile::name()));
        let confirm = object(
            "The owner, who is signed in, confirms what they are about to do.",
            "confirm",
        )
        .property("action", Ref::from_schema_name(Action::name()))
        .required("flow")
        .required("action");
        let restore = object(
            "An app signs in with the restore key of its backup. Apps only.",
            "restore",
        )
        .required("flow");
        utoipa::openapi::schema::OneOfBuilder::new()
            .description(Some(
                "Asks for the options of `get()`. `{}` is a sign-in of anybody.",
            ))
            .item(sign_in)
            .item(confirm)
            .item(restore)
            .into()
    }
}

impl ToSchema for AuthenticationStart {
    fn name() -> Cow<'static, str> {
        "AuthenticationStart".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Profile::name().into_owned(), Profile::schema()));
        schemas.push((Action::name().into_owned(), Action::schema()));
        Action::schemas(schemas);
    }
}
