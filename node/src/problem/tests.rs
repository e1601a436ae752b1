//! Every refusal is a problem document, and none repeats the request's content.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, Query};
use axum::http::{Request, Response, StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use hotline_protocol::problem::{Document, Problem, Received};
use serde::Deserialize;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{Audience, ExchangeProblem, Json, PublicProblem, with_problems};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    #[serde(rename = "urls")]
    _urls: Vec<String>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(rename = "limit")]
    _limit: u32,
}

fn router(audience: Audience) -> Router {
    let router = Router::new()
        .route("/questions", post(|_: Json<Question>| async { StatusCode::CREATED }))
        .route("/pages", get(|_: Query<Page>| async { StatusCode::OK }))
        .route("/html", get(|| async { (StatusCode::NOT_FOUND, axum::response::Html("<p>nothing</p>")) }))
        .route("/busy", get(|| async { PublicProblem::busy(7) }))
        .route("/late", get(|| async { (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "9")]) }))
        .layer(DefaultBodyLimit::max(256));
    with_problems(router, audience)
}

async fn ask(audience: Audience, method: &str, path: &str, media_type: &str, body: &str) -> Response<Body> {
    let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, media_type);
    let request = request.body(Body::from(body.to_owned())).expect("a request");
    router(audience).oneshot(request).await.expect("the router answers")
}

async fn document(response: Response<Body>) -> Value {
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let status = response.status();
    let body = to_bytes(response.into_body(), 4_096).await.expect("a short body");
    let document: Value = serde_json::from_slice(&body).expect("a document");
    assert_eq!(document["status"], status.as_u16());
    document
}

#[tokio::test]
async fn every_refusal_of_the_public_api_is_a_document() {
    let long = format!(r#"{{"urls": ["{}"]}}"#, "a".repeat(300));
    for (method, path, media_type, body, name) in [
        ("GET", "/nowhere", "", "", "not-found"),
        ("GET", "/questions", "", "", "method-not-allowed"),
        ("POST", "/questions", "text/plain", "{}", "unsupported-media-type"),
        ("POST", "/questions", "application/json", "{", "malformed"),
        ("POST", "/questions", "application/json", "{}", "validation"),
        ("POST", "/questions", "application/json", &long, "payload-too-large"),
        ("GET", "/pages?limit=many", "", "", "malformed"),
        ("GET", "/busy", "", "", "busy"),
    ] {
        let document = document(ask(Audience::Public, method, path, media_type, body).await).await;
        assert_eq!(document["type"], format!("urn:hotline-node:p:{name}"), "{method} {path} {body}");
    }
    let taken = ask(Audience::Public, "POST", "/questions", "application/json", r#"{"urls": []}"#).await;
    assert_eq!(taken.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn every_refusal_to_a_peer_is_a_problem_of_the_protocol() {
    for (method, path, problem) in [
        ("GET", "/nowhere", Problem::Malformed),
        ("GET", "/questions", Problem::Malformed),
        ("GET", "/pages?limit=many", Problem::Malformed),
        ("GET", "/late", Problem::RateLimited),
    ] {
        let response = ask(Audience::Peers, method, path, "", "").await;
        assert_eq!(response.status(), problem.status(), "{method} {path}");
        let body = to_bytes(response.into_body(), 4_096).await.expect("a short body");
        assert_eq!(Received::parse(&body).expect("a document").problem, Some(problem));
    }
}

#[tokio::test]
async fn a_wrong_field_is_named_but_no_value_and_no_foreign_name() {
    for (body, field) in [
        (r#"{"urls": ["https://host.example/item/1", {}]}"#, "urls[1]"),
        (r#"{"urls": "https://host.example/item/1"}"#, "urls"),
        (r#"{"https://host.example/item/1": 1}"#, ""),
    ] {
        let document = document(ask(Audience::Public, "POST", "/questions", "application/json", body).await).await;
        assert_eq!(document["faults"][0]["field"], field);
        assert!(!document.to_string().contains("host.example"), "{document}");
    }
}

#[tokio::test]
async fn headers_that_a_client_needs_stay_and_pages_stay() {
    let methods = ask(Audience::Public, "DELETE", "/questions", "", "").await;
    assert_eq!(methods.headers()[header::ALLOW], "POST");
    assert_eq!(ask(Audience::Public, "GET", "/busy", "", "").await.headers()[header::RETRY_AFTER], "7");
    assert_eq!(ask(Audience::Peers, "GET", "/late", "", "").await.headers()[header::RETRY_AFTER], "9");
    let page = ask(Audience::Public, "GET", "/html", "", "").await;
    assert_eq!(page.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
}

#[tokio::test]
async fn a_fault_of_ours_tells_nothing_of_itself() {
    let error = std::io::Error::other("a text that stays here");
    for response in [
        PublicProblem::internal("test", &error).into_response(),
        ExchangeProblem::internal("test", &error).into_response(),
    ] {
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!document(response).await.to_string().contains("stays here"));
    }
}

#[tokio::test]
async fn a_problem_of_the_protocol_keeps_its_members() {
    let problem: ExchangeProblem = Document::new(Problem::Gap).with_member("cursor", json!({"seq": 3})).into();
    let response = problem.retry_after(5).into_response();
    assert_eq!(response.headers()[header::RETRY_AFTER], "5");
    let document = document(response).await;
    assert_eq!((&document["type"], &document["cursor"]["seq"]), (&json!("urn:hxp:p:gap"), &json!(3)));
}
