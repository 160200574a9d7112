use super::*;
use crate::json::Json;

fn check(text: &str, json: &str) {
    let found = rewritten(text).map(|buffer| buffer.as_str().to_owned()).unwrap_or_default();
    assert_eq!(Json::parse(&found).ok(), Json::parse(json).ok(), "{text}\n{found}");
}

#[test]
fn assignments_of_every_dialect_are_rewritten_as_json() {
    for (text, json) in [
        ("A=b\n# note\nexport C='d e'\nE=\"f\\\"g\"\n", r#"{"A":"b","C":"d e","E":"f\"g"}"#),
        ("A=b # note\r\nset C=d\r\n$env:E = \"f\"\r\n", r#"{"A":"b","C":"d","E":"f"}"#),
        ("A='-----BEGIN\nMII\n-----END'\nB=c", r#"{"A":"-----BEGIN\nMII\n-----END","B":"c"}"#),
        ("A=\"-----BEGIN\\nMII\"\nB=c", r#"{"A":"-----BEGIN\nMII","B":"c"}"#),
        ("A={\n  \"b\": 1\n}\nC=d", "{\"A\":\"{\\n  \\\"b\\\": 1\\n}\",\"C\":\"d\"}"),
        ("A<<EOF\nb\nc\nEOF\nD=e", r#"{"A":"b\nc","D":"e"}"#),
        ("A = <<-EOF\n  b\n  EOFS\n  EOF\nD=e", r#"{"A":"  b\n  EOFS","D":"e"}"#),
        ("A<<EOF\nEOF\nD=e", r#"{"A":"","D":"e"}"#),
        ("[one]\na = \"b\"\n\n[two.three]\na = 'c'\n", r#"{"one":{"a":"b"},"two.three":{"a":"c"}}"#),
        ("[one]\na = \"\"\"\nb\nc\n\"\"\"\n", r#"{"one":{"a":"\nb\nc\n"}}"#),
        ("a:\n  b: c\n  d:\n    e: \"f\"\ng: 'h'\n", r#"{"a":{"b":"c","d":{"e":"f"}},"g":"h"}"#),
        ("a: |\n  b\n    c\n  d\ne: f\n", r#"{"a":"b\n  c\nd\n","e":"f"}"#),
        ("a:\n  b: >-\n    c\nd: e", r#"{"a":{"b":"c\n"},"d":"e"}"#),
        ("a:\n- b: c\n  d: e\n- b: f\ng: h", r#"{"a":[{"b":"c","d":"e"},{"b":"f"}],"g":"h"}"#),
        ("a:\n  - b:\n      c: d\n  - e\nf: g", r#"{"a":[{"b":{"c":"d"}},"e"],"f":"g"}"#),
        ("x:\n  environment:\n    - A=b\n    - C=d\n", r#"{"x":{"environment":{"A":"b","C":"d"}}}"#),
        ("a:\nb: c\n", r#"{"a":null,"b":"c"}"#),
        ("a:\n", r#"{"a":null}"#),
        (
            "Hi,\n{\n  \"a\": {\n    \"b\": 1\n  }\n}\nC=d",
            r#"{"JSON 1":"{\n  \"a\": {\n    \"b\": 1\n  }\n}","C":"d"}"#,
        ),
    ] {
        check(text, json);
    }
}

#[test]
fn nothing_is_made_of_prose_and_nothing_panics() {
    for text in ["", "prose", "Dear all, the key follows: tomorrow", "\n\n", "- - - -", "<!doctype html>", "=", ":"] {
        assert!(rewritten(text).is_none(), "{text}");
    }
    for text in
        ["A=\"", "A='", "A=\"\"\"", "a: |", "a:\n  - - -\n -\n", "A<<\n", "A<<EOF\nb", "- a", "[", "[]", "é: ü\nä=\"\\"]
    {
        let _ = rewritten(text);
    }
    let deep: String = (0..200).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert!(rewritten(&deep).is_none(), "deeper than anything");
}
