//! How a request is **written** as a line, and read again.

use serde::{Deserialize, Serialize};

use super::Request;
use crate::VERSION;
use crate::line::{LineError, check_version};

#[derive(Serialize, Deserialize)]
struct RequestLine<R> {
    v: u32,
    #[serde(flatten)]
    request: R,
}

pub(super) fn line_of(request: &Request) -> Vec<u8> {
    let mut line = serde_json::to_vec(&RequestLine { v: VERSION, request }).expect("a request has only string keys");
    line.push(b'\n');
    line
}

pub(super) fn read(bytes: &[u8]) -> Result<Request, LineError> {
    check_version(bytes)?;
    serde_json::from_slice::<RequestLine<Request>>(bytes).map(|line| line.request).map_err(LineError::Unreadable)
}
