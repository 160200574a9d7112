//! **EC** keys in SEC1 form (`ECPrivateKey`, RFC 5915 §3), also inside PKCS#8 (RFC 5480).

use super::{Form, name, only, whole};
use crate::der::{BIT_STRING, CONTEXT_0, CONTEXT_1, Der, INTEGER, OCTET_STRING, octets_of};
use crate::jose::{Curve, strip_zeros};
use crate::private_key::KeyError;

/// Reads the key inside a PKCS#8 document that names its curve.
pub(super) fn private_key(der: &[u8], curve: Curve) -> Result<Form<'_>, KeyError> {
    let mut body = whole(der)?;
    if body.take(INTEGER)? != [1] {
        return Err("it doesn't have the structure of a key".into());
    }
    after_version(body, Some(curve))
}

/// Reads what follows the version; the curve must be named inside or outside it, and be the same in both.
pub(super) fn after_version<'a>(mut body: Der<'a>, around: Option<Curve>) -> Result<Form<'a>, KeyError> {
    let number = strip_zeros(body.take(OCTET_STRING)?);
    let inside = match body.peek() {
        CONTEXT_0 => Some(name::curve(body.enter(CONTEXT_0)?)?),
        _ => None,
    };
    let curve = around.or(inside).ok_or("it doesn't name its curve")?;
    if inside.is_some_and(|inside| inside != curve) {
        return Err("it names two curves".into());
    }
    let point = match body.peek() {
        CONTEXT_1 => Some(octets_of(only(body.enter(CONTEXT_1)?, BIT_STRING)?)?),
        _ => None,
    };
    if !body.is_empty() {
        return Err("it has extra bytes at the end".into());
    }
    if number.is_empty() || number.len() > curve.size() {
        return Err("its number doesn't fit its curve".into());
    }
    Ok(Form::Ec { curve, number, point, public: None })
}
