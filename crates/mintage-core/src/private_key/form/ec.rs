//! **EC** keys as SEC1 has them (`ECPrivateKey`, RFC 5915 §3), also inside PKCS#8 (RFC 5480).

use super::{Form, name, octets_of, only, whole};
use crate::error::KeyError;
use crate::jose::strip_zeros;
use crate::private_key::der::{BIT_STRING, CONTEXT_0, CONTEXT_1, Der, INTEGER, OCTET_STRING};
use crate::private_key::kind::Curve;

/// Reads the key inside a PKCS#8 document that names its curve.
pub(super) fn private_key(der: &[u8], curve: Curve) -> Result<Form<'_>, KeyError> {
    let mut body = whole(der)?;
    if body.take(INTEGER)? != [1] {
        return Err("it is not built like a key".into());
    }
    after_version(body, Some(curve))
}

/// Reads what follows the version; the curve must be named in it or around it, and the same in both.
pub(super) fn after_version<'a>(mut body: Der<'a>, around: Option<Curve>) -> Result<Form<'a>, KeyError> {
    let number = strip_zeros(body.take(OCTET_STRING)?);
    let inside = match body.peek() {
        CONTEXT_0 => Some(name::curve(body.enter(CONTEXT_0)?)?),
        _ => None,
    };
    let curve = around.or(inside).ok_or("it does not name its curve")?;
    if inside.is_some_and(|inside| inside != curve) {
        return Err("it names two curves".into());
    }
    let point = match body.peek() {
        CONTEXT_1 => Some(octets_of(only(body.enter(CONTEXT_1)?, BIT_STRING)?)?),
        _ => None,
    };
    if !body.is_empty() {
        return Err("it has bytes after its end".into());
    }
    if number.is_empty() || number.len() > curve.size() {
        return Err("its number does not fit its curve".into());
    }
    Ok(Form::Ec { curve, number, point, public: None })
}
