//! A JSON body, refused as a problem that names the field and never repeats the value.

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::response::IntoResponse as _;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{FieldFault, PublicProblem};

/// Longest name of a field that is repeated in a refusal, in bytes.
const FIELD_LIMIT_BYTES: usize = 64;

/// The body, read as `T`. Takes the place of [`axum::Json`], since refusals of that one quote the body.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = PublicProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, PublicProblem> {
        // First as text that is known to be JSON: media type, limits and syntax are axum's to check.
        let axum::Json(text) = axum::Json::<Box<RawValue>>::from_request(request, state).await.map_err(of_rejection)?;
        let mut deserializer = serde_json::Deserializer::from_str(text.get());
        let read = serde_path_to_error::deserialize(&mut deserializer);
        read.map(Self).map_err(|error| PublicProblem::validation(vec![wrong(&error.path().to_string())]))
    }
}

fn of_rejection(rejection: JsonRejection) -> PublicProblem {
    PublicProblem::of_status(rejection.into_response().status())
}

/// A name that is none of ours may hold anything, an address too. Only a name that looks like a field is repeated, and
/// a dot makes it look like a host.
fn wrong(path: &str) -> FieldFault {
    let is_field = path.len() <= FIELD_LIMIT_BYTES
        && path.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_[]".contains(&byte));
    let field = if is_field { path.to_owned() } else { String::new() };
    FieldFault { field, fault: "missing, unknown, or not of the form that is documented".into() }
}
