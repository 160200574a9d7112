//! The **signals** by which the Secret Service tells that a keyring was locked or unlocked.

use zbus::{Connection, MatchRule, MessageStream};

/// A message each time something about a keyring has changed (Secret Service specification, signal
/// `Service.CollectionChanged`), by whomever.
pub(in crate::keychain) async fn changes() -> zbus::Result<MessageStream> {
    let bus = Connection::session().await?;
    let rule = MatchRule::builder()
        .msg_type(zbus::message::Type::Signal)
        .path("/org/freedesktop/secrets")?
        .interface("org.freedesktop.Secret.Service")?
        .member("CollectionChanged")?
        .build();
    MessageStream::for_match_rule(rule, &bus, None).await
}
