//! A **path** in its segments, decoded.

/// The segments after the first slash, percent-decoded (RFC 3986 §2.1). Bytes that aren't UTF-8 are replaced.
pub fn segments(path: &str) -> Vec<String> {
    path.trim_start_matches('/').split('/').map(decoded).collect()
}

fn decoded(segment: &str) -> String {
    let bytes = segment.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = segment.get(at + 1..at + 3).filter(|_| byte == b'%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                plain.push(decoded);
                at += 3;
            }
            None => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_decoded_and_nothing_breaks_them() {
        let check = |path: &str, expected: &[&str]| assert_eq!(segments(path), expected, "{path}");
        check("/v2/users", &["v2", "users"]);
        check("/v2/a%20b%2Fc", &["v2", "a b/c"]);
        check("/%", &["%"]);
        check("/%4", &["%4"]);
        check("/%zz%é%e2%82%ac", &["%zz%é€"]);
        check("/%ff", &["\u{fffd}"]);
        check("/", &[""]);
    }
}
