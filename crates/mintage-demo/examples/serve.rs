//! Serves a demo issuer with one service user, for manual experiments: `cargo run -p mintage-demo --example
//! serve -- PUBLIC_KEY.pem USER_ID KEY_ID [PORT]`

use std::sync::Arc;

use mintage_demo::{Config, DemoIssuer, RegisteredKey, TokenForm, User};
use time::OffsetDateTime;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the address is what this program is run for")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (file, user_id, key_id, port) = match &arguments[..] {
        [file, user_id, key_id] => (file, user_id, key_id, None),
        [file, user_id, key_id, port] => (file, user_id, key_id, Some(port.parse()?)),
        _ => return Err("give a public key file (SPKI PEM), a user id, a key id, and perhaps a port".into()),
    };
    let mut user = User::new(user_id, "Demo service user", "service-user@demo.localhost");
    user.token_form = TokenForm::Jwt;
    user.keys.push(RegisteredKey {
        key_id: key_id.clone(),
        public_pem: std::fs::read_to_string(file)?,
        expires_at: None,
    });
    let mut config = Config::new(Arc::new(now));
    config.port = port;
    config.users.push(user);
    let issuer = DemoIssuer::start(config).await?;
    println!("{}", issuer.issuer());
    std::future::pending().await
}

#[expect(clippy::disallowed_methods, reason = "a shell: this is where the clock is read")]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
