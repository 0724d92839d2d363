//! How the PostgreSQL store protects the way to its database.

#![allow(clippy::unwrap_used, reason = "the helpers of a test fail with it")]

use std::net::TcpListener;

use passkeep_store::contract::postgres::{Cluster, PostgresDatabase};
use passkeep_store::{PostgresOptions, PostgresStore, Store as _, StoreError};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

async fn open(url: &str) -> Result<PostgresStore, StoreError> {
    PostgresStore::open(PostgresOptions::from_url(url).unwrap()).await
}

#[tokio::test]
async fn the_servers_certificate_is_verified_and_so_is_its_name() {
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = certificate.signed_by(&key, &authority).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let roots = directory.path().join("roots.pem");
    std::fs::write(&roots, authority.pem()).unwrap();
    let roots = roots.to_str().unwrap().replace('/', "%2F");

    // Nobody listens at it any more, and it is not handed out again so soon.
    let port = TcpListener::bind("localhost:0").unwrap().local_addr();
    let port = port.unwrap().port();
    let cluster = Cluster::start_with_tls(port, &certificate.pem(), &key.serialize_pem());
    let database = PostgresDatabase::within(cluster.url()).await;
    let client = database.client().await;
    let name = client.query_one("SELECT current_database()", &[]).await;
    let name: String = name.unwrap().get(0);
    let url = |host: &str, query: &str| format!("postgres://postgres@{host}:{port}/{name}?{query}");

    for mode in ["require", "verify-ca", "verify-full"] {
        let query = format!("sslmode={mode}&sslrootcert={roots}");
        let store = open(&url("localhost", &query)).await.unwrap();
        store.ping().await.unwrap();
        let encrypted = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
            WHERE application_name = 'passkeep'";
        let row = client.query_one(encrypted, &[]).await.unwrap();
        assert!(row.get::<_, bool>(0), "{mode}");

        let error = open(&url("127.0.0.1", &query)).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
        assert!(error.to_string().contains("not valid for name"), "{error}");
        // Not one that the system trusts.
        let error = open(&url("localhost", &format!("sslmode={mode}"))).await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains("UnknownIssuer"), "{error}");
    }
    open(&url("localhost", "sslmode=disable")).await.unwrap();

    // A server without TLS is no server for whoever asked for it.
    let plain = Cluster::start();
    let url = format!("{}?sslmode=require", plain.url());
    let error = open(&url).await.unwrap_err();
    assert!(
        error.to_string().contains("does not support TLS"),
        "{error}"
    );
}
