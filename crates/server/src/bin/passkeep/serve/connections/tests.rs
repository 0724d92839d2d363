use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

use super::*;

const REQUEST: &[u8] = b"GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// A connection to an application, and what tells it to stop.
fn connect() -> (DuplexStream, watch::Sender<bool>) {
    let slow = || async {
        sleep(Duration::from_secs(20)).await;
        "slow"
    };
    let app = Router::new()
        .route("/quick", get(|| async { "quick" }))
        .route("/slow", get(slow));
    let (stop, stopping) = watch::channel(false);
    let (client, server) = duplex(64 * 1024);
    let peer = SocketAddr::from(([127, 0, 0, 1], 4711));
    tokio::spawn(async move { http1(server, Connected::new(&app, peer), stopping).await });
    (client, stop)
}

/// Reads an answer that ends with the text.
async fn read_answer(client: &mut DuplexStream, end: &str) {
    let mut answer = String::new();
    while !answer.ends_with(end) {
        answer.push(client.read_u8().await.unwrap().into());
    }
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

/// What comes until the connection is closed, and after how many seconds that is.
async fn closed(client: &mut DuplexStream) -> (String, u64) {
    let began = Instant::now();
    let mut rest = String::new();
    client.read_to_string(&mut rest).await.unwrap();
    (rest, began.elapsed().as_secs())
}

fn nothing_after(seconds: u64) -> (String, u64) {
    (String::new(), seconds)
}

#[tokio::test(start_paused = true)]
async fn who_connects_and_says_nothing_is_cut_off() {
    let (mut client, _stop) = connect();
    assert_eq!(closed(&mut client).await, nothing_after(15));
}

#[tokio::test(start_paused = true)]
async fn a_head_that_trickles_in_is_cut_off() {
    let (client, _stop) = connect();
    let (mut reader, mut writer) = tokio::io::split(client);
    let trickle = tokio::spawn(async move {
        for byte in REQUEST {
            if writer.write_all(&[*byte]).await.is_err() {
                return;
            }
            sleep(Duration::from_secs(4)).await;
        }
    });
    let began = Instant::now();
    let mut answer = String::new();
    reader.read_to_string(&mut answer).await.unwrap();
    assert_eq!((&*answer, began.elapsed().as_secs()), ("", 15));
    trickle.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_kept_for_the_next_request_but_not_for_ever() {
    let (mut client, _stop) = connect();
    for _ in 0..2 {
        client.write_all(REQUEST).await.unwrap();
        read_answer(&mut client, "quick").await;
        sleep(Duration::from_secs(70)).await;
    }
    assert_eq!(closed(&mut client).await, nothing_after(5));
}

#[tokio::test(start_paused = true)]
async fn the_head_of_a_later_request_may_not_take_longer() {
    let (mut client, _stop) = connect();
    client.write_all(REQUEST).await.unwrap();
    read_answer(&mut client, "quick").await;
    sleep(Duration::from_secs(30)).await;
    client.write_all(&REQUEST[..5]).await.unwrap();
    assert_eq!(closed(&mut client).await, nothing_after(15));
}

#[tokio::test(start_paused = true)]
async fn a_head_that_is_too_long_is_refused() {
    let (mut client, _stop) = connect();
    client
        .write_all(b"GET / HTTP/1.1\r\nCookie: ")
        .await
        .unwrap();
    client.write_all(&[b'a'; HEAD_LIMIT]).await.unwrap();
    let (answer, _) = closed(&mut client).await;
    let expected = "HTTP/1.1 431 Request Header Fields Too Large\r\n";
    assert!(answer.starts_with(expected), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn what_has_begun_is_answered_when_the_server_stops() {
    let (mut client, stop) = connect();
    let request = b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n";
    client.write_all(request).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    stop.send_replace(true);
    let (answer, seconds) = closed(&mut client).await;
    assert!(answer.ends_with("\r\n\r\nslow"), "{answer}");
    assert_eq!(seconds, 19);
}

#[tokio::test(start_paused = true)]
async fn connections_without_a_request_do_not_hold_the_server_up() {
    let (mut fresh, stop) = connect();
    sleep(Duration::from_secs(1)).await;
    stop.send_replace(true);
    assert_eq!(closed(&mut fresh).await, nothing_after(0));

    let (mut used, stop) = connect();
    used.write_all(REQUEST).await.unwrap();
    read_answer(&mut used, "quick").await;
    stop.send_replace(true);
    assert_eq!(closed(&mut used).await, nothing_after(0));
}
