use std::fmt;
use std::sync::Arc;

/// What a test changes in every draft a format makes.
pub struct Changes<D>(Vec<Arc<Change<D>>>);

type Change<D> = dyn Fn(&mut D) + Send + Sync;

impl<D> Changes<D> {
    /// Adds a change, made after those before it.
    pub fn push(&mut self, change: impl Fn(&mut D) + Send + Sync + 'static) {
        self.0.push(Arc::new(change));
    }

    /// Makes the changes.
    pub fn apply(&self, mut draft: D) -> D {
        for change in &self.0 {
            change(&mut draft);
        }
        draft
    }
}

impl<D> Default for Changes<D> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<D> Clone for Changes<D> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<D> fmt::Debug for Changes<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} changes", self.0.len())
    }
}
