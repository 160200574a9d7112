//! The **exchange**: the request is prepared and sent, and the server's answer comes back.

use time::Duration;
use uuid::Uuid;

use super::Plan;
use crate::diagnosis;
use crate::error::Error;
use crate::issuer::{Answer, IssuerError, Post, TokenResponse};
use crate::mint::Mint;
use crate::mint::trace::Trace;
use crate::request::{self, Prepared};

/// How often a request is sent when the server asks for a pause.
const TRIES: u32 = 3;

/// The longest pause that is waited for; a longer one is reported instead.
const LONGEST_PAUSE: Duration = Duration::seconds(8);

impl Mint {
    /// Prepares and sends; if the server asks for a pause, waits and prepares again.
    pub(super) async fn exchange(&self, plan: &Plan<'_>, trace: &mut Trace) -> Result<Answer<TokenResponse>, Error> {
        let mut tried = 1;
        loop {
            match self.send(plan, trace).await {
                Err(Error::Issuer(IssuerError::Busy { retry_after, said }))
                    if tried < TRIES
                        && retry_after.is_none_or(|pause| pause <= LONGEST_PAUSE)
                        && diagnosis::waiting_helps(plan.provider, &said) =>
                {
                    tokio::time::sleep(pause(retry_after, tried)).await;
                    tried += 1;
                }
                sent => return sent,
            }
        }
    }

    /// Prepares a request and sends it. RFC 7523 §3: backdated and corrected times, and a new jti for each attempt.
    async fn send(&self, plan: &Plan<'_>, trace: &mut Trace) -> Result<Answer<TokenResponse>, Error> {
        let server_now = self.now() - self.server_clock(plan.environment()).correction();
        let jwt_id = Uuid::new_v4().simple().to_string();
        let (context, authentication) = (plan.context(), plan.authentication());
        let prepare = async { request::prepare(&context, &authentication, server_now, &jwt_id) };
        let prepared = trace.time(prepare).await?;
        trace.prepared(&prepared, &plan.endpoint, server_now);
        let post = post(&prepared, &plan.endpoint);
        let answer = plan.client.exchange(&post, prepared.proof, &plan.provider.response).await?;
        trace.answered(&plan.endpoint, answer.status, answer.elapsed);
        Ok(answer)
    }
}

/// A prepared request in the form it is sent.
pub(in crate::mint) fn post<'a>(prepared: &'a Prepared, url: &'a str) -> Post<'a> {
    Post {
        url,
        authorization: prepared.authorization.as_ref(),
        body: prepared.body,
        fields: prepared.fields.iter().map(|field| (field.name.as_str(), &field.value)).collect(),
        secrets: prepared.secrets().chain(&prepared.authorization).collect(),
    }
}

/// As long as the server asks for, otherwise one and two seconds; with up to a quarter more so that clients spread out.
fn pause(asked: Option<Duration>, tried: u32) -> std::time::Duration {
    let pause = asked.unwrap_or_else(|| Duration::seconds(i64::from(tried)));
    let jitter = f64::from(Uuid::new_v4().as_bytes()[0]) / 255.0 / 4.0;
    std::time::Duration::try_from(pause).unwrap_or_default().mul_f64(1.0 + jitter)
}
