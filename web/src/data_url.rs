//! Small things as addresses, for images and downloads.

use std::fmt::Write as _;

/// A `data:` URL of a text.
pub(crate) fn data_url(media_type: &str, text: &str) -> String {
    let mut url = format!("data:{media_type};charset=utf-8,");
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            // Writing into a string does not fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_means_something_in_an_address_is_escaped() {
        assert_eq!(
            data_url("text/plain", "7K2M-9Q\n#é"),
            "data:text/plain;charset=utf-8,7K2M-9Q%0A%23%C3%A9"
        );
    }
}
