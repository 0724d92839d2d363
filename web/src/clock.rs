//! The reader's clock: the only place of the site that asks what time it is.

use crate::format::Now;

/// This moment.
pub(crate) fn now() -> Now {
    let at = passkeep_browser::page::clock::now_ms();
    let utc_offset = passkeep_browser::page::clock::utc_offset_minutes(at);
    Now { at, utc_offset }
}
