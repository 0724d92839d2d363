//! A store that is timed.

use std::sync::Arc;
use std::time::Instant;

use super::Metrics;
use crate::store_methods::*;

/// A store whose every call is timed.
pub(crate) struct MeasuredStore {
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
}

impl MeasuredStore {
    pub(crate) fn new(store: Arc<dyn Store>, metrics: Arc<Metrics>) -> Self {
        Self { store, metrics }
    }
}

macro_rules! measured {
    ($($method:ident($($argument:ident: $ty:ty),*) -> $answer:ty $(=> $event:expr)?;)+) => {
        #[async_trait::async_trait]
        impl Store for MeasuredStore {
            fn connections(&self) -> Option<ConnectionsInUse> {
                self.store.connections()
            }

            $(async fn $method(&self, $($argument: $ty),*) -> $answer {
                let began = Instant::now();
                let answer = self.store.$method($($argument),*).await;
                self.metrics.time_store(stringify!($method), began.elapsed());
                answer
            })+
        }
    };
}

store_methods!(measured);
