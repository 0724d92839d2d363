//! The description as a page: the same document, as HTML that needs no script.

mod html;
mod schema;

use serde_json::{Map, Value};

use self::html::{escape, inline, prose};
use self::schema::{form, members};
use crate::site;

/// The page for a document.
pub(super) fn page(document: &Value) -> String {
    let info = document.get("info").unwrap_or(&Value::Null);
    let groups = groups(document);
    let mut page = head();
    page += &format!(
        "<h1>The API</h1>\n<div class=\"about\">{}</div>\n<p>Version {}. For programs: \
         <a href=\"/openapi.json\">openapi.json</a>, in OpenAPI 3.1.</p>\n",
        prose(text(info, "description")),
        escape(text(info, "version")),
    );
    page += &contents(&groups);
    for (name, about, operations) in &groups {
        page += &format!("<section>\n<h2>{}</h2>\n{}", escape(name), prose(about));
        for operation in operations {
            page += &operation.article();
        }
        page += "</section>\n";
    }
    page += &security(document);
    page += &schemas(document);
    page + "</main>\n</div>\n</body>\n</html>\n"
}

/// Up to the heading, with the styles of the site, whose names have a hash.
fn head() -> String {
    let site =
        site::stylesheets().map(|path| format!("<link rel=\"stylesheet\" href=\"{path}\">\n"));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"description\" content=\"Every operation of the Passkeep API, with what it takes, answers and refuses.\">\n\
         <title>Passkeep: the API</title>\n<link rel=\"icon\" type=\"image/svg+xml\" href=\"/icons/mark.svg\">\n{}<link rel=\"stylesheet\" href=\"/docs/api.css\">\n</head>\n<body>\n\
         <div class=\"frame\">\n<header class=\"top\"><a class=\"brand\" href=\"/\"><img src=\"/icons/mark.svg\" alt=\"\" width=\"32\" height=\"32\">Passkeep</a></header>\n\
         <main class=\"api\">\n",
        site.collect::<String>(),
    )
}

struct Operation<'a> {
    method: String,
    path: &'a str,
    described: &'a Value,
}

type Group<'a> = (&'a str, &'a str, Vec<Operation<'a>>);

/// The operations by their tags.
fn groups(document: &Value) -> Vec<Group<'_>> {
    let tags = document.get("tags").and_then(Value::as_array);
    let groups = tags.into_iter().flatten().map(|tag| {
        let name = text(tag, "name");
        let operations = operations(document).filter(|operation| operation.is_of(name));
        (name, text(tag, "description"), operations.collect())
    });
    groups.collect()
}

fn operations(document: &Value) -> impl Iterator<Item = Operation<'_>> {
    let paths = object(document, "paths");
    paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(move |(method, described)| Operation {
            method: method.to_uppercase(),
            path,
            described,
        })
    })
}

fn contents(groups: &[Group<'_>]) -> String {
    let mut list = String::from("<nav class=\"contents\" aria-label=\"Operations\">\n");
    for (name, _, operations) in groups {
        list += &format!("<h2>{}</h2>\n<ul>\n", escape(name));
        for operation in operations {
            list += &format!(
                "<li><a href=\"#{}\">{}</a> {}</li>\n",
                escape(operation.id()),
                inline(text(operation.described, "summary")),
                operation.signature(),
            );
        }
        list += "</ul>\n";
    }
    list + "</nav>\n"
}

impl Operation<'_> {
    fn id(&self) -> &str {
        text(self.described, "operationId")
    }

    fn is_of(&self, tag: &str) -> bool {
        let tags = self.described.get("tags").and_then(Value::as_array);
        tags.into_iter().flatten().any(|it| it == tag)
    }

    fn signature(&self) -> String {
        let Self { method, path, .. } = self;
        let path = escape(path).replace('/', "<wbr>/");
        format!("<code class=\"signature\"><b>{method}</b> {path}</code>")
    }

    fn article(&self) -> String {
        let mut html = format!(
            "<article id=\"{}\" class=\"card\">\n<h3>{}</h3>\n<p>{}</p>\n{}",
            escape(self.id()),
            inline(text(self.described, "summary")),
            self.signature(),
            prose(text(self.described, "description")),
        );
        html += &self.who();
        html += &self.takes();
        html += &self.answers();
        html + "</article>\n"
    }

    fn who(&self) -> String {
        let security = self.described.get("security").and_then(Value::as_array);
        let ways = security.into_iter().flatten().map(|way| {
            let schemes = way
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| format!("<a href=\"#scheme-{0}\">{0}</a>", escape(name)));
            let schemes: Vec<_> = schemes.collect();
            match schemes.is_empty() {
                true => "nothing".to_owned(),
                false => schemes.join(" and "),
            }
        });
        let ways: Vec<_> = ways.collect();
        format!("<p class=\"who\">Needs {}.</p>\n", ways.join(", or "))
    }

    fn takes(&self) -> String {
        let parameters = self.described.get("parameters").and_then(Value::as_array);
        let parameters = parameters.into_iter().flatten().map(|parameter| {
            let place = match text(parameter, "in") {
                "path" => "in the path",
                "query" => "after the question mark",
                _ => "a header",
            };
            let optional = match parameter.get("required") == Some(&Value::Bool(true)) {
                true => "",
                false => ", optional",
            };
            let schema = parameter.get("schema").unwrap_or(&Value::Null);
            format!(
                "<dt><code>{}</code> <span>{place}{optional}: {}</span></dt>\n<dd>{}</dd>\n",
                escape(text(parameter, "name")),
                form(schema),
                prose(text(parameter, "description")),
            )
        });
        let mut html: String = parameters.collect();
        let body = self
            .described
            .pointer("/requestBody/content/application~1json/schema");
        if let Some(schema) = body {
            html += &format!("<dt>Body <span>{}</span></dt>\n", form(schema));
        }
        match html.is_empty() {
            true => html,
            false => format!("<h4>Takes</h4>\n<dl>\n{html}</dl>\n"),
        }
    }

    fn answers(&self) -> String {
        let mut html = String::from("<h4>Answers</h4>\n<dl class=\"answers\">\n");
        for (status, answer) in object(self.described, "responses") {
            let content = object(answer, "content").next();
            let schema = content.and_then(|(_, content)| content.get("schema"));
            // Every refusal has the same form.
            let schema = schema.filter(|_| status.starts_with('2')).map(form);
            html += &format!(
                "<dt><code>{}</code> <span>{}</span></dt>\n<dd>{}",
                escape(status),
                schema.unwrap_or_default(),
                prose(text(answer, "description")),
            );
            for (name, header) in object(answer, "headers") {
                let about = inline(text(header, "description"));
                html += &format!("<p>Header <code>{}</code>: {about}</p>\n", escape(name));
            }
            html += "</dd>\n";
        }
        html + "</dl>\n"
    }
}

fn security(document: &Value) -> String {
    let mut html = String::from("<section>\n<h2>Who asks</h2>\n<dl class=\"card\">\n");
    let schemes = document.pointer("/components/securitySchemes");
    for (name, scheme) in schemes.and_then(Value::as_object).into_iter().flatten() {
        let carrier = match text(scheme, "type") {
            "apiKey" => format!("the cookie <code>{}</code>", escape(text(scheme, "name"))),
            _ => "the header <code>Authorization: Bearer</code>".to_owned(),
        };
        html += &format!(
            "<dt id=\"scheme-{0}\"><code>{0}</code> <span>{carrier}</span></dt>\n<dd>{1}</dd>\n",
            escape(name),
            prose(text(scheme, "description")),
        );
    }
    html + "</dl>\n</section>\n"
}

fn schemas(document: &Value) -> String {
    let mut html = String::from("<section>\n<h2>What travels</h2>\n");
    let schemas = document.pointer("/components/schemas");
    for (name, schema) in schemas.and_then(Value::as_object).into_iter().flatten() {
        html += &format!(
            "<article id=\"schema-{0}\" class=\"card\">\n<h3><code>{0}</code></h3>\n{1}{2}</article>\n",
            escape(name),
            prose(text(schema, "description")),
            members(schema),
        );
    }
    html + "</section>\n"
}

/// The text of a member, or none.
fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The members of an object that is a member.
fn object<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let members = value.get(name).and_then(Value::as_object);
    members.into_iter().flat_map(Map::iter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookies::CookieStyle;

    fn shown() -> String {
        page(&super::super::document(CookieStyle::HostPrefixed))
    }

    #[test]
    fn every_link_within_the_page_leads_somewhere() {
        let page = shown();
        for (at, _) in page.match_indices("href=\"#") {
            let id = page[at + "href=\"#".len()..].split('"').next().unwrap();
            assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
        }
    }

    #[test]
    fn every_operation_and_schema_is_shown_once() {
        let document = super::super::document(CookieStyle::HostPrefixed);
        let page = page(&document);
        let operations = operations(&document).map(|operation| operation.id().to_owned());
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let schemas = schemas.keys().map(|name| format!("schema-{name}"));
        for id in operations.chain(schemas) {
            let shown = page.matches(&format!("id=\"{id}\"")).count();
            assert_eq!(shown, 1, "{id}");
        }
    }

    #[test]
    fn nothing_is_inline() {
        let page = shown();
        for forbidden in ["<script", "<style", "style=", " on"] {
            let tags = page
                .split('<')
                .skip(1)
                .filter_map(|tag| tag.split('>').next());
            let mut tags = tags.map(|tag| format!("<{tag}"));
            assert!(!tags.any(|tag| tag.contains(forbidden)), "{forbidden}");
        }
    }
}
