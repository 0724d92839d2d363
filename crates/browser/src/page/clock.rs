//! The browser's clock, for apps that have no other.

/// Milliseconds since 1970-01-01T00:00:00Z, as this device believes.
#[must_use]
pub fn now_ms() -> u64 {
    #[cfg(target_arch = "wasm32")]
    {
        // A clock before 1970 reads as zero: the cast saturates.
        js_sys::Date::now() as u64
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        let since = std::time::SystemTime::UNIX_EPOCH.elapsed();
        since.map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
    }
}

/// Minutes to add to UTC for the local time of this device at an instant, given in milliseconds since 1970; zero outside
/// a browser.
#[must_use]
pub fn utc_offset_minutes(at_ms: u64) -> i32 {
    #[cfg(target_arch = "wasm32")]
    {
        let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at_ms as f64));
        // `getTimezoneOffset()` counts the other way round; for no date at all it is NaN, which the cast makes zero.
        -(date.get_timezone_offset() as i32)
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = at_ms;
        0
    }
}
