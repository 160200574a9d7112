//! The **members** of a refusal, and the names that servers use for what RFC 6749 §5.2 calls `error` and
//! `error_description`.
//!
//! Sources of the names: RFC 6749 §5.2; RFC 9457 §3.1 (`title`, `detail`); gRPC's JSON (`code`, `message`, `details`);
//! Google's `{"error":{"code","message","status"}}`; Okta's `errorCode` and `errorSummary`; Salesforce's and Apigee's
//! `errorCode`, `Error`, `fault`; Zoom's `reason`; `msg`, `errcode` and `errmsg` of servers that return 200 for
//! everything.

use crate::json::Json;
use crate::provider::rpc_code;

/// How many values of a body are kept: more than any refusal has.
const MOST: usize = 100;
/// The longest value that is kept, in characters.
const LONGEST: usize = 2_000;

const ERRORS: &[&str] = &["error", "errorcode", "error_code", "err", "fault"];
const DESCRIPTIONS: &[&str] = &[
    "error_description",
    "errordescription",
    "message",
    "msg",
    "reason",
    "detail",
    "errorsummary",
    "errormessage",
    "error_message",
    "errmsg",
    "faultstring",
    "title",
];
const CODES: &[&str] = &["code", "errcode", "errno", "statuscode", "errorcode", "error_code"];

/// Values by path, a JSON Pointer (RFC 6901), in document order, each as `shown` leaves it. The first items of an array
/// count, and nesting up to a depth of six.
pub(super) fn of(json: &Json, shown: &dyn Fn(&str) -> String) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(json, shown, String::new(), 6, &mut found);
    found
}

fn collect(json: &Json, shown: &dyn Fn(&str) -> String, place: String, depth: u8, found: &mut Vec<(String, String)>) {
    if found.len() >= MOST {
        return;
    }
    // Truncated last: a secret that is cut in two isn't recognised any more.
    let mut keep = |value: &str| found.push((shown(&place), shown(value).chars().take(LONGEST).collect()));
    match json {
        Json::Text(text) | Json::Number(text) => keep(text),
        Json::Bool(flag) => keep(if *flag { "true" } else { "false" }),
        Json::Null => {}
        Json::List(items) if depth > 0 => {
            for (index, item) in items.iter().take(10).enumerate() {
                collect(item, shown, format!("{place}/{index}"), depth - 1, found);
            }
        }
        Json::Object(members) if depth > 0 => {
            for (name, value) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                collect(value, shown, format!("{place}/{name}"), depth - 1, found);
            }
        }
        Json::List(_) | Json::Object(_) => {}
    }
}

/// The last name of a path in lower case.
fn name(place: &str) -> String {
    place.rsplit('/').next().unwrap_or_default().to_ascii_lowercase()
}

/// The first non-empty value under one of these names, the outermost first and the names in order.
pub(super) fn first(members: &[(String, String)], names: &[&str]) -> Option<String> {
    let depth = |place: &String| place.matches('/').count();
    let under = |wanted: &&str| {
        let named = members.iter().filter(|(place, value)| name(place) == **wanted && !value.trim().is_empty());
        named.min_by_key(|(place, _)| depth(place)).map(|(place, value)| (depth(place), value.clone()))
    };
    // Of equally deep ones the first name counts: `min_by_key` keeps the first of several.
    names.iter().filter_map(under).min_by_key(|(depth, _)| *depth).map(|(_, value)| value)
}

/// `error`, or its equivalent: a word rather than a sentence, if there are both.
pub(super) fn error(members: &[(String, String)]) -> Option<String> {
    let words: Vec<_> = members.iter().filter(|(_, value)| !value.contains(' ')).cloned().collect();
    let text = |value: &String| value.parse::<f64>().is_err() && !matches!(value.as_str(), "true" | "false");
    // Google's and Microsoft's APIs have it one level deeper.
    let deeper = || words.iter().find(|(place, _)| place == "/error/code").map(|(_, code)| code.clone());
    first(&words, ERRORS).or_else(deeper).or_else(|| first(members, ERRORS)).filter(text)
}

/// `error_description`, or its equivalent: some servers put their sentence under `error`.
pub(super) fn description(members: &[(String, String)]) -> Option<String> {
    let sentence = || first(members, ERRORS).filter(|error| error.contains(' '));
    first(members, DESCRIPTIONS).or_else(sentence)
}

/// The gRPC or Connect code; `{"error":{"status":"UNAUTHENTICATED"}}` is Google's form.
pub(super) fn rpc_code(members: &[(String, String)]) -> Option<&'static str> {
    let at = |wanted: &str| members.iter().find(|(place, _)| place == wanted).map(|(_, value)| value.as_str());
    ["/code", "/error/status", "/error/code"].into_iter().find_map(|place| rpc_code::word(at(place)?))
}

/// Whether a value may be a token or another secret: by its name, and if that is ambiguous, by its length as well.
pub(super) fn hold_a_token(members: &[(String, String)]) -> bool {
    members.iter().any(|(place, value)| {
        let name = name(place);
        let token = ["access_token", "id_token", "refresh_token"].contains(&name.as_str()) && !value.is_empty();
        let secret = name.ends_with("token") || name.ends_with("jwt") || name.contains("secret");
        token || secret && value.len() >= 16 && !value.contains(' ')
    })
}

/// Whether a path is about an error.
pub(super) fn is_of_an_error(place: &str) -> bool {
    let name = name(place);
    [ERRORS, DESCRIPTIONS, CODES, &["status", "success", "ok"]].iter().any(|names| names.contains(&name.as_str()))
}

/// Whether a body reports an error, whatever the status.
pub(super) fn name_an_error(members: &[(String, String)]) -> bool {
    let top = |names: &[&str]| {
        let mut found = members.iter().filter(|(place, _)| place.matches('/').count() == 1);
        found.find(|(place, _)| names.contains(&name(place).as_str())).map(|(_, value)| value.to_ascii_lowercase())
    };
    let fine = |value: &String| matches!(value.as_str(), "" | "0" | "200" | "false" | "null" | "ok" | "success");
    let error = first(members, ERRORS).is_some_and(|error| !fine(&error.to_ascii_lowercase()));
    let status =
        top(&["status"]).is_some_and(|status| matches!(status.as_str(), "error" | "fail" | "failed" | "failure"));
    let flag = top(&["success", "ok"]).is_some_and(|flag| flag == "false");
    let code = top(CODES).is_some_and(|code| !fine(&code)) && description(members).is_some();
    error || status || flag || code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        of(&Json::parse(text).expect(text), &str::to_owned)
    }

    #[test]
    fn every_way_of_naming_an_error_is_read() {
        for (text, error_is, description_is) in [
            (r#"{"error":"invalid_grant","error_description":"a"}"#, Some("invalid_grant"), Some("a")),
            (
                r#"{"reason":"Invalid client_id","error":"invalid_client"}"#,
                Some("invalid_client"),
                Some("Invalid client_id"),
            ),
            (r#"{"code":16,"message":"m (AUTH-1)","details":[{"message":"inner"}]}"#, None, Some("m (AUTH-1)")),
            (r#"{"error":{"code":401,"message":"m","status":"UNAUTHENTICATED"}}"#, None, Some("m")),
            (
                r#"{"errorCode":"E0000011","errorSummary":"Invalid token provided"}"#,
                Some("E0000011"),
                Some("Invalid token provided"),
            ),
            (
                r#"[{"message":"Session expired","errorCode":"INVALID_SESSION_ID"}]"#,
                Some("INVALID_SESSION_ID"),
                Some("Session expired"),
            ),
            (r#"{"fault":{"faultstring":"f","detail":{"errorcode":"oauth.v2.X"}}}"#, Some("oauth.v2.X"), Some("f")),
            (r#"{"title":"t","detail":"d","status":403}"#, None, Some("d")),
            (r#"{"error":true,"message":"m"}"#, None, Some("m")),
            (r#"{"error":{"code":"InvalidToken","message":"m"}}"#, Some("InvalidToken"), Some("m")),
            (
                r#"{"ErrorCode":"invalid_client","Error":"ClientId is Invalid"}"#,
                Some("invalid_client"),
                Some("ClientId is Invalid"),
            ),
        ] {
            let members = read(text);
            assert_eq!(
                (error(&members).as_deref(), description(&members).as_deref()),
                (error_is, description_is),
                "{text}"
            );
        }
    }

    #[test]
    fn codes_are_read_as_numbers_and_as_words() {
        for (text, code) in [
            (r#"{"code":5,"message":"Not Found"}"#, Some("not_found")),
            (r#"{"code":"unauthenticated"}"#, Some("unauthenticated")),
            (r#"{"error":{"status":"PERMISSION_DENIED"}}"#, Some("permission_denied")),
            (r#"{"error":{"code":401}}"#, None),
            (r#"{"details":[{"code":5}]}"#, None),
        ] {
            assert_eq!(rpc_code(&read(text)), code, "{text}");
        }
    }

    #[test]
    fn what_came_with_200_refuses_only_where_it_says_so() {
        for (text, refuses) in [
            (r#"{"status":"error","msg":"invalid app_key"}"#, true),
            (r#"{"code":10003,"message":"invalid secret"}"#, true),
            (r#"{"errcode":40001,"errmsg":"invalid credential"}"#, true),
            (r#"{"ok":false,"error":"invalid_auth"}"#, true),
            (r#"{"success":false}"#, true),
            (r#"{"error":"invalid_client"}"#, true),
            (r#"{"code":0,"message":"ok"}"#, false),
            (r#"{"status":"ok","data":{}}"#, false),
            (r#"{"error":null,"message":"hello"}"#, false),
            (r#"{"message":"hello"}"#, false),
            ("{}", false),
        ] {
            assert_eq!(name_an_error(&read(text)), refuses, "{text}");
        }
        for (text, holds) in [
            (r#"{"code":1,"data":{"accessToken":"0123456789abcdef"}}"#, true),
            (r#"{"jwt":"0123456789abcdef"}"#, true),
            (r#"{"error":"invalid_token","message":"The access token is not valid"}"#, false),
            (r#"{"token":"none"}"#, false),
        ] {
            assert_eq!(hold_a_token(&read(text)), holds, "{text}");
        }
    }

    #[test]
    fn a_document_of_any_size_gives_a_bounded_number_of_members() {
        let many = format!("{{{}}}", (0..500).map(|n| format!("\"m{n}\":{n}")).collect::<Vec<_>>().join(","));
        assert_eq!(read(&many).len(), MOST);
        let deep = format!("{}1{}", r#"{"a":"#.repeat(30), "}".repeat(30));
        assert!(read(&deep).is_empty());
    }
}
