//! The contract, kept by the SQLite store.

#![allow(clippy::unwrap_used, reason = "the helpers of a test fail with it")]

use async_trait::async_trait;
use passkeep_store::contract::{self, Database};
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
    ($($module:ident { $($promise:ident,)+ })+) => {
        $(mod $module {
            $(
                #[tokio::test]
                async fn $promise() {
                    let promise = passkeep_store::contract::$module::$promise;
                    passkeep_store::contract::check::<super::SqliteFile>(promise).await;
                }
            )+
        })+
    };
}

passkeep_store::for_each_promise!(tests);

#[tokio::test]
async fn everything_is_there_after_reopening() {
    contract::durability::everything_is_there_after_reopening::<SqliteFile>().await;
}
