//! What an operator measures, in the text format of Prometheus.
//!
//! No label has a value that a client chooses, so their number is bounded, and none says anything about a person. How many
//! people sign in and how often they fail is still nobody else's business: the numbers are served apart from the site.

mod store;

use core::cell::Cell;
use core::time::Duration;
use std::sync::OnceLock;

use axum::Router;
use axum::extract::{MatchedPath, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use passkeep_store::ConnectionsInUse;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::error::reason;
use crate::state::AppState;
pub(crate) use store::MeasuredStore;

/// The upper bounds of the histograms' buckets, in seconds: from a lookup to the time limit of a request.
const BUCKETS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0,
];

/// What a ceremony is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Flow {
    Unknown,
    SignUp,
    Add,
    Upgrade,
    Restore,
    Recover,
    Enrol,
    SignIn,
    Confirm,
}

impl Flow {
    /// How many there are.
    const COUNT: usize = Self::Confirm as usize + 1;

    fn label(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::SignUp => "sign_up",
            Self::Add => "add",
            Self::Upgrade => "upgrade",
            Self::Restore => "restore",
            Self::Recover => "recover",
            Self::Enrol => "enrol",
            Self::SignIn => "sign_in",
            Self::Confirm => "confirm",
        }
    }
}

tokio::task_local! {
    /// What the ceremony of the request at hand is for.
    static FLOW: Cell<Flow>;
}

/// Says what the ceremony of the request at hand is for, as soon as it is known. Without a request it says nothing.
pub(crate) fn note_flow(flow: Flow) {
    let _ = FLOW.try_with(|noted| noted.set(flow));
}

/// Everything that is counted.
pub(crate) struct Metrics {
    registry: Registry,
    ceremonies: Family<Ceremony, Counter>,
    /// Those of `ceremonies` that count what was accepted, in the order of [`CEREMONIES`] and of [`Flow`], once there was any:
    /// to find one by its labels takes as long as to seal a ceremony.
    accepted: [[OnceLock<Counter>; Flow::COUNT]; CEREMONIES.len()],
    requests: Family<Route, Histogram>,
    store: Family<Method, Histogram>,
    connections: Family<Use, Gauge>,
    password_verifications: Counter,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Use {
    state: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Ceremony {
    kind: &'static str,
    flow: &'static str,
    phase: &'static str,
    outcome: &'static str,
    reason: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Route {
    route: String,
    status: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Method {
    method: &'static str,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("passkeep");
        let ceremonies = Family::default();
        registry.register(
            "ceremonies",
            "Starts and finishes of ceremonies, with the check or the error code that refused",
            ceremonies.clone(),
        );
        let requests = histograms();
        registry.register_with_unit(
            "http_request_duration",
            "From the head of a request to the head of its answer",
            Unit::Seconds,
            requests.clone(),
        );
        let store = histograms();
        registry.register_with_unit(
            "store_call_duration",
            "What the store takes, with the wait for its connections",
            Unit::Seconds,
            store.clone(),
        );
        let connections = Family::default();
        registry.register(
            "database_connections",
            "Connections to the database: open, idle, the most there may be, and how many callers wait for one",
            connections.clone(),
        );
        let password_verifications = Counter::default();
        registry.register(
            "password_verifications",
            "Passwords that were held against a hash, or against none at the same cost",
            password_verifications.clone(),
        );
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        registry.register("build", "The version that runs", Info::new(version));
        Self {
            registry,
            ceremonies,
            accepted: Default::default(),
            requests,
            store,
            connections,
            password_verifications,
        }
    }

    pub(crate) fn count_password_verification(&self) {
        self.password_verifications.inc();
    }

    /// Takes over how the connections to the database are used now, if it is elsewhere.
    fn note_connections(&self, in_use: Option<ConnectionsInUse>) {
        let Some(in_use) = in_use else { return };
        for (state, count) in [
            ("open", in_use.open),
            ("idle", in_use.idle),
            ("most", in_use.most),
            ("waiting", in_use.waiting),
        ] {
            let gauge = self.connections.get_or_create(&Use { state });
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }

    fn time_store(&self, method: &'static str, took: Duration) {
        let family = self.store.get_or_create(&Method { method });
        family.observe(took.as_secs_f64());
    }
}

fn histograms<L: Clone + Eq + core::hash::Hash>() -> Family<L, Histogram> {
    Family::new_with_constructor(|| Histogram::new(BUCKETS))
}

/// `/metrics`, to be served where only those who may read it can reach it.
pub fn metrics(state: AppState) -> Router {
    Router::new().route("/metrics", get(show)).with_state(state)
}

async fn show(State(state): State<AppState>) -> Result<impl IntoResponse, &'static str> {
    state.metrics.note_connections(state.store.connections());
    let mut text = String::new();
    // Writing to a string does not fail.
    encode(&mut text, &state.metrics.registry).map_err(|_| "not written")?;
    let form = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(CONTENT_TYPE, form)], text))
}

/// Does the work of a request, and says what [`note_flow`] has noted of it.
pub(crate) async fn noting_flow<T>(work: impl Future<Output = T>) -> (T, Flow) {
    let flow = Cell::new(Flow::Unknown);
    FLOW.scope(flow, async { (work.await, FLOW.with(Cell::get)) })
        .await
}

/// The kinds and phases of ceremonies, by the pattern of their route.
const CEREMONIES: [(&str, &str, &str); 4] = [
    ("/api/v1/authentication/start", "authentication", "start"),
    ("/api/v1/authentication/finish", "authentication", "finish"),
    ("/api/v1/registration/start", "registration", "start"),
    ("/api/v1/registration/finish", "registration", "finish"),
];

/// Counts an answer if it is that of a start or a finish of a ceremony. It belongs where errors have not become problem
/// details yet.
pub(crate) fn count_ceremony(state: &AppState, path: &str, flow: Flow, response: &Response) {
    let mut ceremonies = CEREMONIES.iter().enumerate();
    let found = ceremonies.find(|(_, (route, ..))| *route == path);
    let Some((place, (_, kind, phase))) = found else {
        return;
    };
    let reason = reason(response);
    let outcome = match (reason, response.status().is_server_error()) {
        ("", _) => "accepted",
        (_, false) => "refused",
        (_, true) => "failed",
    };
    let metrics = &state.metrics;
    let counter = || {
        metrics.ceremonies.get_or_create_owned(&Ceremony {
            kind,
            flow: flow.label(),
            phase,
            outcome,
            reason,
        })
    };
    let accepted = metrics.accepted.get(place);
    match accepted.and_then(|flows| flows.get(flow as usize)) {
        Some(known) if outcome == "accepted" => known.get_or_init(counter).inc(),
        _ => counter().inc(),
    };
}

/// Notes how long a request took, by the pattern of its route; what has none is the site.
pub(crate) fn time_request(
    state: &AppState,
    path: Option<&MatchedPath>,
    status: StatusCode,
    took: Duration,
) {
    let labels = Route {
        route: path.map_or("site", MatchedPath::as_str).to_owned(),
        status: match status.as_u16() {
            ..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            500.. => "5xx",
        },
    };
    let family = state.metrics.requests.get_or_create(&labels);
    family.observe(took.as_secs_f64());
}
