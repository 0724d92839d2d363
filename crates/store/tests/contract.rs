//! The contract, kept by both stores.

#![allow(clippy::unwrap_used, reason = "the helpers of a test fail with it")]

use async_trait::async_trait;
use passkeep_store::contract::Database;
use passkeep_store::{SqliteOptions, SqliteStore, Store};
use tempfile::TempDir;

struct SqliteFile(TempDir);

#[async_trait]
impl Database for SqliteFile {
    async fn create() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    async fn open(&self) -> Box<dyn Store> {
        let options = SqliteOptions::new(self.0.path().join("passkeep.db"));
        Box::new(SqliteStore::open(options).unwrap())
    }
}

macro_rules! tests {
    ($database:ty: $($module:ident { $($promise:ident,)+ })+) => {
        $(mod $module {
            $(
                #[tokio::test]
                async fn $promise() {
                    let promise = passkeep_store::contract::$module::$promise;
                    passkeep_store::contract::check::<$database>(promise).await;
                }
            )+
        })+

        #[tokio::test]
        async fn everything_is_there_after_reopening() {
            use passkeep_store::contract::durability;
            durability::everything_is_there_after_reopening::<$database>().await;
        }
    };
}

mod sqlite {
    macro_rules! sqlite {
        ($($promises:tt)+) => { tests! { crate::SqliteFile: $($promises)+ } };
    }
    passkeep_store::for_each_promise!(sqlite);
}

mod postgres {
    macro_rules! postgres {
        ($($promises:tt)+) => { tests! { passkeep_store::contract::postgres::PostgresDatabase: $($promises)+ } };
    }
    passkeep_store::for_each_promise!(postgres);
}
