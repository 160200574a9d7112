//! A **mask** is what servers and tools show instead of a secret: `**********`, `<sensitive>`, `REDACTED`.
//!
//! Rule: a mask is never imported as a secret, since the server would reject it and the user would look for the cause
//! elsewhere. Only what no generator produces counts as a mask: runs of one character, words, and placeholders in
//! brackets.

use zeroize::Zeroizing;

use super::{HiddenBy, KeyFileError};

/// What replaces a secret when it is the whole text, in lower case and without brackets.
const WORDS: &[&str] = &[
    "redacted",
    "hidden",
    "masked",
    "sensitive",
    "sensitive value",
    "sensitive data",
    "sensitive content",
    "secret hidden",
    "value hidden",
    "filtered",
    "removed",
    "known after apply",
    "write-only attribute",
    "not shown",
    "omitted",
    "data_redacted",
    "protected",
    "placeholder",
    "secure",
    "secure value",
    "secret_redacted",
    "null",
    "none",
    "undefined",
    "object object",
    "n/a",
];
/// What templates have in place of a secret, in lower case, with hyphens between words. The word `secret` alone isn't
/// included, because test servers really use it.
const TEMPLATE: &[&str] = &[
    "changeme",
    "change-me",
    "replaceme",
    "replace-me",
    "todo",
    "fixme",
    "your-secret",
    "your-secret-here",
    "your-client-secret",
    "your-client-secret-here",
    "insert-secret-here",
    "secret-here",
];
/// Prefixes of a reference to a secret that is stored elsewhere, in lower case.
const REFERENCES: &[&str] = &[
    "op://",
    "vault://",
    "ref+",
    "secretref:",
    "file://",
    "/run/secrets/",
    "/var/run/secrets/",
    "arn:aws:secretsmanager:",
    "arn:aws:ssm:",
    "@microsoft.keyvault(",
    "{{resolve:",
    "vault:secret/",
    "bao:secret/",
];
/// Markers that settings put around an encrypted secret: SOPS, Jasypt, Spring Cloud, Ansible.
const ENCRYPTED: &[(&str, &str)] =
    &[("ENC[", "]"), ("ENC(", ")"), ("{cipher}", ""), ("$ANSIBLE_VAULT;", ""), ("!vault", "")];
/// How a stored hash begins: crypt's and PHC's notations, and the prefixes of Spring and LDAP.
const HASHES: &[&str] = &[
    "$2a$",
    "$2b$",
    "$2y$",
    "$5$",
    "$6$",
    "$argon2",
    "$scrypt$",
    "$pbkdf2",
    "{bcrypt}",
    "{pbkdf2}",
    "{argon2}",
    "{scrypt}",
    "{SSHA}",
    "{SSHA512}",
];
/// The longest text that is compared with the words and brackets, in bytes.
const MAX_WORD: usize = 64;
/// Terraform's words for values it hides.
const TERRAFORM: &[&str] = &["sensitive", "sensitive value", "known after apply", "write-only attribute"];
/// Characters that are drawn in place of each character.
const SIGNS: &[char] =
    &['*', '•', '●', '∙', '·', '⋅', '∗', '＊', '█', '▇', '■', '…', '.', '#', 'x', 'X', '-', '_', '?'];
/// Brackets around a placeholder that a person or a template is supposed to fill in.
const BRACKETS: &[(&str, &str)] = &[
    ("<", ">"),
    ("[", "]"),
    ("(", ")"),
    ("${", "}"),
    ("$(", ")"),
    ("${{", "}}"),
    ("{{", "}}"),
    ("((", "))"),
    ("%{", "}"),
    ("#{", "}#"),
];

/// Rejects a mask.
///
/// # Errors
/// [`KeyFileError::SecretMasked`].
pub(super) fn check(member: &str, text: &str) -> Result<(), KeyFileError> {
    match by(text) {
        Some(by) => Err(KeyFileError::SecretMasked { member: member.to_owned().into(), by }),
        None => Ok(()),
    }
}

/// As [`check`], for a private key: also checks the text between `BEGIN` and `END`.
pub(super) fn check_key(member: &str, text: &str) -> Result<(), KeyFileError> {
    let by = by(text).or_else(|| in_pem(text));
    by.map_or(Ok(()), |by| Err(KeyFileError::SecretMasked { member: member.to_owned().into(), by }))
}

/// What masked the text, if it is a mask.
pub(super) fn by(text: &str) -> Option<HiddenBy> {
    let text = text.trim();
    // Anything longer isn't a word; the copy may be of a secret.
    let lower = Zeroizing::new(if text.len() <= MAX_WORD { text.to_lowercase() } else { String::new() });
    let inner = within_brackets(&lower);
    if TERRAFORM.contains(&inner) && inner.len() < lower.len() {
        return Some(HiddenBy::Terraform);
    }
    if WORDS.contains(&inner.trim_matches(|c: char| SIGNS.contains(&c) || c == ' ')) {
        return Some(HiddenBy::Unknown);
    }
    if is_placeholder(&lower) {
        return Some(HiddenBy::Template);
    }
    if text == "***" {
        return Some(HiddenBy::Log);
    }
    if let Some(by) = instead(text) {
        return Some(by);
    }
    is_drawn(text).then_some(HiddenBy::Server)
}

/// What replaces a secret that is stored elsewhere or in another form.
fn instead(text: &str) -> Option<HiddenBy> {
    let bytes = text.as_bytes();
    let begins =
        |start: &&str| bytes.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start.as_bytes()));
    if ENCRYPTED.iter().any(|(start, end)| text.starts_with(start) && text.ends_with(end)) {
        Some(HiddenBy::Encryption)
    } else if HASHES.iter().any(|start| text.starts_with(start)) {
        Some(HiddenBy::Hash)
    } else if REFERENCES.iter().any(begins) || is_variable(text) {
        Some(HiddenBy::Reference)
    } else {
        None
    }
}

/// A variable of a shell, Windows or a workflow, whose name is in capitals: `$A_SECRET`, `%A_SECRET%`.
fn is_variable(text: &str) -> bool {
    let name = text.strip_prefix('$').or_else(|| text.strip_prefix('%')?.strip_suffix('%'));
    let name = name.or_else(|| text.strip_prefix("__")?.strip_suffix("__"));
    let name = name.or_else(|| text.strip_prefix("#{")?.strip_suffix("}#"));
    name.is_some_and(|name| {
        let plain = |c: char| c.is_ascii_uppercase() || c == '_';
        // One long word could be a password; names of settings have an underscore between words.
        name.contains('_') && name.len() <= MAX_WORD && name.chars().all(plain)
    })
}

/// What masked the body of a PEM; a body that is all base64 isn't masked, unless it is one repeated letter.
fn in_pem(text: &str) -> Option<HiddenBy> {
    let (_, after) = text.split_once("PRIVATE KEY-----")?;
    let (body, _) = after.split_once("-----END ")?;
    let body = body.trim_matches(|c: char| c.is_whitespace() || c == '\\' || c == 'n' || c == 'r');
    let stars = body.contains("***") || body.contains("••");
    by(body).or_else(|| stars.then_some(HiddenBy::Unknown))
}

/// Without one pair of brackets around it.
fn within_brackets(text: &str) -> &str {
    let inner = |(open, close): &(&str, &str)| text.strip_prefix(open)?.strip_suffix(close).map(str::trim);
    BRACKETS.iter().find_map(inner).unwrap_or(text)
}

/// A whole text in brackets that a template or a person is supposed to fill in. Round and square brackets alone don't
/// count: passwords contain them.
fn is_placeholder(text: &str) -> bool {
    let filled_in = BRACKETS.iter().filter(|(open, _)| !matches!(*open, "[" | "("));
    let whole = |(open, close): &(&str, &str)| {
        let inner = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).map(str::trim);
        inner.is_some_and(|inner| {
            let plain = |c: char| c.is_ascii_alphanumeric() || " _-.:/|\"'*…".contains(c);
            !inner.is_empty() && inner.chars().all(plain)
        })
    };
    let parted = Zeroizing::new(text.replace(['_', ' '], "-"));
    filled_in.into_iter().any(whole) || TEMPLATE.contains(&parted.as_str())
}

/// Only punctuation, or a run of one character so long that no generator produces it.
fn is_drawn(text: &str) -> bool {
    let only = |signs: &[char]| text.chars().all(|c| signs.contains(&c));
    let length = text.chars().count();
    // Both ends of a secret with the middle left out.
    if length <= MAX_WORD && text.contains('…') {
        return true;
    }
    if length >= 3 && only(SIGNS) || length >= 1 && only(&['•', '●', '█', '…', '＊']) {
        return true;
    }
    let run = |sign: char, least: usize| longest_run(text, sign) >= least;
    run('*', 4) || run('•', 2) || run('●', 2) || run('█', 2) || run('x', 8) || run('X', 8)
}

fn longest_run(text: &str, sign: char) -> usize {
    text.split(|c| c != sign).map(|run| run.chars().count()).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_secret_is_known_with_who_hid_it() {
        let check = |text: &str, expected: Option<HiddenBy>| assert_eq!(by(text), expected, "{text}");
        for text in ["**********", "•••••••••", "●●●●", "xxxxxxxx", "XXXX", "........", "…", "████████", " ****** "]
        {
            check(text, Some(HiddenBy::Server));
        }
        for text in
            ["abC8Q~****************", "****************4d1f", "nV9•••••••", "sk-xxxxxxxxxxxx", "xxxxxxxx-xxxx-xxxx"]
        {
            check(text, Some(HiddenBy::Server));
        }
        for text in ["<hidden>", "[REDACTED]", "REDACTED", "<redacted>", "(hidden)", "***REDACTED***", "[Filtered]"] {
            check(text, Some(HiddenBy::Unknown));
        }
        for text in ["(sensitive value)", "<sensitive>", "(known after apply)"] {
            check(text, Some(HiddenBy::Terraform));
        }
        for text in [
            "${CLIENT_SECRET}",
            "{{ .Values.secret }}",
            "((client-secret))",
            "<your-client-secret>",
            "YOUR_CLIENT_SECRET",
            "your-client-secret-here",
            "CHANGEME",
            "change-me",
            "REPLACE_ME",
            "TODO",
            "${{ secrets.CLIENT_SECRET }}",
            "#{client_secret}#",
        ] {
            check(text, Some(HiddenBy::Template));
        }
        for text in [
            "$CLIENT_SECRET",
            "%CLIENT_SECRET%",
            "__CLIENT_SECRET__",
            "op://team/bot/secret",
            "arn:aws:secretsmanager:eu-west-1:1:secret:bot",
            "@Microsoft.KeyVault(SecretUri=https://bot.vault.azure.net/secrets/bot/1)",
            "ref+vault://secret/bot#/secret",
            "/run/secrets/bot",
        ] {
            check(text, Some(HiddenBy::Reference));
        }
        for text in ["ENC[AES256_GCM,data:Zm9v,iv:x=,tag:y=,type:str]", "ENC(G6N718Uu=)", "{cipher}01ef", "!vault |"] {
            check(text, Some(HiddenBy::Encryption));
        }
        for text in ["$2a$10$abcdefghijklmnopqrstuv", "{bcrypt}$2a$10$abc", "$argon2id$v=19$m=16,t=2,p=1$c2FsdA$aGFzaA"]
        {
            check(text, Some(HiddenBy::Hash));
        }
        for text in ["null", "undefined", "[object Object]", "[secure value]", "N/A"] {
            check(text, Some(HiddenBy::Unknown));
        }
        check("nV9w…A1dG", Some(HiddenBy::Server));
        check("***", Some(HiddenBy::Log));
        for secret in [
            "nV9w3Z0pQxJ4cT7uLk2Rb8yE5sHfA1dG",
            "abC8Q~inventedSecretInventedSecret0123456",
            "p*ss**w*rd***1",
            "hunter2",
            "xxx-but-a-secret",
            "(parenthesised)",
            "[in-brackets]",
            "sensitive-but-mine",
            "$ECRETWORD",
            "$2much",
            "%percent%",
            "secret-of-mine",
            "vault:mine",
            "ENC[half",
            "file-of-mine",
            "a",
            "Hq7+Zr2/Vn8kTw3YpLx5Mb9CsFd1Jg6RaE4uQtNoKiW",
        ] {
            check(secret, None);
        }
    }

    #[test]
    fn a_pem_whose_body_is_hidden_is_no_damaged_key() {
        let masked = |body: &str| {
            let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
            check_key("key", &pem).is_err() && check_key("key", &pem.replace('\n', "\\n")).is_err()
        };
        for body in
            ["**********", "[REDACTED]", "<sensitive>", "MIIEvQ***\n***Vn8k=", "...", "xxxxxxxxxxxxxxxx", "••••"]
        {
            assert!(masked(body), "{body}");
        }
        assert!(!masked(&"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n".repeat(4)));
    }
}
