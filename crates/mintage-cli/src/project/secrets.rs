//! What looks like a **secret** in a project file.

/// Finds the first key whose name or value looks like a secret.
pub(super) fn find(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::Table(table) => table.iter().find_map(|(key, value)| {
            if named_like_a_secret(key) || value.as_str().is_some_and(looks_like_a_secret) {
                return Some(key.clone());
            }
            find(value).map(|found| if found.is_empty() { key.clone() } else { found })
        }),
        toml::Value::Array(items) => items
            .iter()
            .find_map(|item| item.as_str().is_some_and(looks_like_a_secret).then(String::new).or_else(|| find(item))),
        _ => None,
    }
}

fn named_like_a_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    ["secret", "password", "passphrase", "token", "private", "credential", "api_key", "apikey", "key"]
        .iter()
        .any(|word| key.contains(word))
}

/// Recognises PEM, JWTs, URLs with a password in them, and long random text. Ids are numbers, UUIDs or have
/// punctuation in them.
fn looks_like_a_secret(text: &str) -> bool {
    const KNOWN: [&str; 8] = ["ghp_", "gho_", "github_pat_", "glpat-", "xoxb-", "AKIA", "sk_live_", "AIza"];
    let random = |part: &str| {
        part.len() >= 32
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/_-=".contains(&byte))
            && part.bytes().any(|byte| byte.is_ascii_digit())
            && part.bytes().any(|byte| byte.is_ascii_uppercase())
            && part.bytes().any(|byte| byte.is_ascii_lowercase())
    };
    let with_password = url::Url::parse(text).is_ok_and(|url| url.password().is_some());
    text.contains("-----BEGIN")
        || (text.starts_with("eyJ") && text.contains('.'))
        || KNOWN.iter().any(|start| text.starts_with(start))
        || with_password
        || text.split(['.', ':', '/', ' ', '?', '&']).any(random)
}
