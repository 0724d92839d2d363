use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

use super::*;

const REQUEST: &[u8] = b"GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// A connection to an application, and what tells it to stop.
fn connect() -> (DuplexStream, watch::Sender<bool>) {
    connect_by(Protocol::Http1)
}

fn connect_by(protocol: Protocol) -> (DuplexStream, watch::Sender<bool>) {
    let slow = || async {
        sleep(Duration::from_secs(20)).await;
        "slow"
    };
    let app = Router::new()
        .route("/quick", get(|| async { "quick" }))
        .route("/long", get(|| async { "long".repeat(16 * 1024) }))
        .route("/slow", get(slow));
    let (stop, stopping) = watch::channel(false);
    let (client, server) = duplex(64 * 1024);
    let peer = SocketAddr::from(([127, 0, 0, 1], 4711));
    let connected = Connected::new(&app, peer, Activity::new());
    tokio::spawn(async move {
        match protocol {
            Protocol::Http1 => http1(server, connected, stopping).await,
            Protocol::Http2 => http2(server, connected, stopping).await,
        }
    });
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

/// A frame of HTTP/2. Source: RFC 9113, 4.1.
fn frame(ty: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    let mut frame = vec![0, 0, length, ty, flags, 0, 0, 0, stream];
    frame.extend_from_slice(payload);
    frame
}

/// Asks for a path on a stream, with the first of the four names from the static table of RFC 7541.
fn get_on(stream: u8, path: &str) -> Vec<u8> {
    let mut head = vec![0x82, 0x86, 0x04, u8::try_from(path.len()).unwrap()];
    head.extend_from_slice(path.as_bytes());
    head.extend_from_slice(b"\x01\x09localhost");
    frame(1, 5, stream, &head)
}

/// Sends signs of life until the connection is closed, and returns after how many seconds that is.
async fn ping_until_closed(client: DuplexStream) -> u64 {
    let began = Instant::now();
    let (mut reader, mut writer) = tokio::io::split(client);
    let pings = tokio::spawn(async move {
        while writer.write_all(&frame(6, 0, 0, &[7; 8])).await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    });
    let mut rest = Vec::new();
    reader.read_to_end(&mut rest).await.unwrap();
    let seconds = began.elapsed().as_secs();
    pings.abort();
    // They were answered.
    assert!(rest.ends_with(&frame(6, 1, 0, &[7; 8])), "{rest:?}");
    seconds
}

#[tokio::test(start_paused = true)]
async fn signs_of_life_keep_no_connection_of_http_2() {
    // A body of 64 kB may take 32 seconds on its way.
    for (path, seconds) in [("/quick", 75), ("/long", 107)] {
        let (mut client, _stop) = connect_by(Protocol::Http2);
        let mut hello = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        hello.extend(frame(4, 0, 0, &[]));
        hello.extend(get_on(1, path));
        client.write_all(&hello).await.unwrap();
        assert_eq!(ping_until_closed(client).await, seconds, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_gives_way_does_so_between_requests() {
    let app = Router::new().route("/quick", get(|| async { "quick" }));
    let activity = Activity::new();
    let peer = SocketAddr::from(([127, 0, 0, 1], 4711));
    let connected = Connected::new(&app, peer, activity.clone());
    let (_stop, stopping) = watch::channel(false);
    let (mut client, server) = duplex(64 * 1024);
    tokio::spawn(http1(server, connected, stopping));
    client.write_all(REQUEST).await.unwrap();
    read_answer(&mut client, "quick").await;
    sleep(Duration::from_secs(6)).await;
    client.write_all(&REQUEST[..5]).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    activity.close();
    sleep(Duration::from_secs(1)).await;
    client.write_all(&REQUEST[5..]).await.unwrap();
    read_answer(&mut client, "quick").await;
    assert_eq!(closed(&mut client).await, nothing_after(0));
}
