//! Google's client library, which runs the helper for workload identity federation.

use crate::bench::{Bench, run, skipped};

/// Reads the subject token as the library does before it exchanges it.
const SCRIPT: &str = r#"
from google.auth import exceptions, pluggable
credentials = pluggable.Credentials.from_info({
    "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/mintage",
    "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    "token_url": "https://sts.googleapis.com/v1/token",
    "credential_source": {"executable": {"command": "mintage helper google ci-bot -e staging"}},
})
try:
    print(credentials.retrieve_subject_token(None))
except exceptions.GoogleAuthError as refused:
    print("refused", refused)
"#;

const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln";

fn subject_token(tokens: &[&str]) -> Option<String> {
    let bench = Bench::new(&[], tokens);
    let mut command = bench.command("python3");
    command.args(["-c", SCRIPT]).env("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1");
    let ran = run("python3", &mut command)?;
    if ran.err.contains("No module named 'google") {
        skipped("google-auth");
        return None;
    }
    assert_eq!(ran.code, Some(0), "{ran:?}");
    Some(ran.out)
}

#[test]
fn google_s_library_gets_a_jwt_or_the_reason() {
    let Some(given) = subject_token(&[JWT]) else { return };
    assert_eq!(given, format!("{JWT}\n"));
    let opaque = subject_token(&["opaque"]).unwrap();
    assert!(opaque.starts_with("refused ") && opaque.contains("token-type"), "{opaque}");
    assert!(!opaque.contains("opaque"), "{opaque}");
    let denied = subject_token(&[]).unwrap();
    assert!(denied.starts_with("refused ") && denied.contains("the request was denied"), "{denied}");
}
