//! Whether a reviewed file **fits** an environment: what in it belongs elsewhere, reported before importing.

use crate::environment::Environment;
use crate::jose::KeyFacts;
use crate::mint::endpoint::{host_of, set_endpoint};
use crate::mint::review::Notice;
use crate::provider::Provider;

/// What of a file doesn't fit: the token endpoint that it names where the environment is there already, and its key.
pub(super) fn misfits(
    named: Option<&str>,
    key: Option<&KeyFacts>,
    environment: Option<&Environment>,
    provider: &Provider,
) -> Vec<Notice> {
    let key = key.and_then(|key| of_key(key, provider));
    let elsewhere = environment.and_then(|environment| endpoint_elsewhere(named, environment, provider));
    elsewhere.into_iter().chain(key).collect()
}

/// A key that signs with none of the provider's algorithms: every token would be refused.
fn of_key(key: &KeyFacts, provider: &Provider) -> Option<Notice> {
    let error = provider.private_key.as_ref()?.algorithm_for(key).err()?;
    Some(Notice { code: error.code().to_owned(), message: format!("{error}. {}", error.help()), dated: None })
}

/// A file that belongs to another server than this environment's, by the token endpoint that it names; `None` also
/// where the environment's endpoint isn't known without asking its server.
fn endpoint_elsewhere(named: Option<&str>, environment: &Environment, provider: &Provider) -> Option<Notice> {
    let (named, asked) = (host_of(named?), host_of(&set_endpoint(environment, provider)?));
    if named == asked {
        return None;
    }
    let message = format!(
        "This file is for the token endpoint at `{named}`, but this environment uses `{asked}`: change its token endpoint to the one in the file, or choose another environment"
    );
    Some(Notice { code: "endpoint-of-another-server".to_owned(), message, dated: None })
}
