//! Puts the workbench into the page.

fn main() {
    passkeep_workbench::mount();
}
