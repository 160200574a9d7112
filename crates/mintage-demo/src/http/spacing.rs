//! The **spacing** of the JSON that protobuf-go writes. It adds spaces depending on its build, to keep clients from
//! comparing bytes. Here each response is spaced differently from the one before.

use serde_json::Value;

/// Writes JSON in one of three ways: compact, with a space after commas, or after commas and colons.
pub fn written(value: &Value, turn: u64) -> String {
    let compact = value.to_string();
    let (after_comma, after_colon) = (!turn.is_multiple_of(3), turn % 3 == 2);
    let mut spaced = String::with_capacity(compact.len());
    let (mut in_text, mut escaped) = (false, false);
    for character in compact.chars() {
        spaced.push(character);
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => in_text = !in_text,
            ',' if after_comma && !in_text => spaced.push(' '),
            ':' if after_colon && !in_text => spaced.push(' '),
            _ => {}
        }
    }
    spaced
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn blanks_stand_between_members_and_never_in_texts() {
        let value = json!({ "a": "x,y:\"z,\\", "b": [1, 2] });
        let text = r#""x,y:\"z,\\""#;
        assert_eq!(written(&value, 0), format!(r#"{{"a":{text},"b":[1,2]}}"#));
        assert_eq!(written(&value, 1), format!(r#"{{"a":{text}, "b":[1, 2]}}"#));
        assert_eq!(written(&value, 2), format!(r#"{{"a": {text}, "b": [1, 2]}}"#));
        for turn in 0..6 {
            assert_eq!(serde_json::from_str::<Value>(&written(&value, turn)).unwrap(), value);
        }
    }
}
