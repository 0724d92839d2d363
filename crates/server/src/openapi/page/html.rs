//! Text as HTML.

/// Text in which nothing is a tag, an attribute's end or an entity.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Paragraphs, with what is between backticks as code.
pub(super) fn prose(text: &str) -> String {
    let paragraphs = text
        .split("\n\n")
        .map(str::trim)
        .filter(|it| !it.is_empty());
    let paragraphs = paragraphs.map(|paragraph| format!("<p>{}</p>\n", inline(paragraph)));
    paragraphs.collect()
}

/// A line, with what is between backticks as code.
pub(super) fn inline(text: &str) -> String {
    let mut html = String::new();
    for (index, part) in text.split('`').enumerate() {
        html += &match index % 2 {
            0 => escape(part),
            _ => format!("<code>{}</code>", escape(part)),
        };
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text_and_backticks_make_code() {
        assert_eq!(
            prose("Say `<b>` & go.\n\nThen `x`."),
            "<p>Say <code>&lt;b&gt;</code> &amp; go.</p>\n<p>Then <code>x</code>.</p>\n"
        );
        assert_eq!(prose(""), "");
    }
}
