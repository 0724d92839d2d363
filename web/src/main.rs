//! Puts the site into the page.

fn main() {
    passkeep_web::start();
}
