//! How a token is handed out: resolve → permission → refusal → source → record.

use std::sync::Arc;
use std::time::Duration;

use mintage_agent_protocol::form::{Facts, Form};
use mintage_agent_protocol::text::rfc3339;
use mintage_agent_protocol::{Answer, Copied, CopyRequest, Event, Host, Problem, TokenAnswer, TokenRequest};

use super::{Agent, Replies, State};
use crate::grants::{Ask, Pass, Ticket, Verdict, ancestry};
use crate::peer::Peer;
use crate::problems;
use crate::refusal::Caller;
use crate::source::{Freshness, Minted, Source, Target};

impl<S: Source> Agent<S> {
    /// Hands out a token. The outer error means that the asker doesn't listen anymore.
    pub(super) async fn token(
        &self,
        request: TokenRequest,
        peer: Arc<Peer>,
        replies: &mut Replies,
    ) -> std::io::Result<Result<TokenAnswer, Problem>> {
        let target = match self.source.resolve(&request).await {
            Ok(target) => target,
            Err(problem) => return Ok(Err(problem)),
        };
        let caller = ancestry::caller(&peer.chain).map(Caller::from).filter(|_| request.repeat_is_refusal);
        let ask = Ask { target: target.clone(), peer, reason: request.reason.clone(), no_input: request.no_input };
        let pass = match self.permission(ask, replies).await? {
            Ok(pass) => pass,
            Err(problem) => return Ok(Err(problem)),
        };
        Ok(self.hand_out(&request, &target, caller, &pass).await)
    }

    /// Copies a token to the clipboard, with the permission that handing it out needs.
    pub(super) async fn copy(
        &self,
        CopyRequest { token: request, form }: CopyRequest,
        peer: Arc<Peer>,
        replies: &mut Replies,
    ) -> std::io::Result<Result<Copied, Problem>> {
        if self.config.host == Host::Headless {
            return Ok(Err(problems::no_clipboard()));
        }
        let Some(form) = Form::find(&form) else { return Ok(Err(problems::no_such_form(&form))) };
        let target = match self.source.resolve(&request).await {
            Ok(target) => target,
            Err(problem) => return Ok(Err(problem)),
        };
        let ask = Ask { target: target.clone(), peer, reason: request.reason.clone(), no_input: request.no_input };
        let pass = match self.permission(ask, replies).await? {
            Ok(pass) => pass,
            Err(problem) => return Ok(Err(problem)),
        };
        Ok(self.copy_out(&request, &target, form, &pass).await)
    }

    async fn copy_out(
        &self,
        request: &TokenRequest,
        target: &Target,
        form: Form,
        pass: &Pass,
    ) -> Result<Copied, Problem> {
        let minted = self.source.token(target, freshness(request, request.fresh)).await?;
        let answer = answer(minted, target);
        self.with(|state, _| still(state, pass))?;
        let copied = self.source.copy(target, &form.write(&Facts::from(&answer)), form).await?;
        let record = self.with(|state, now| {
            state.grants.used(pass, now);
            state.record.note(pass, target, false, now.wall)
        });
        self.publish(Event::HandedOut { record });
        Ok(copied)
    }

    async fn hand_out(
        &self,
        request: &TokenRequest,
        target: &Target,
        caller: Option<Caller>,
        pass: &Pass,
    ) -> Result<TokenAnswer, Problem> {
        let asked = caller.as_ref().filter(|_| !request.fresh);
        let refused = asked.and_then(|caller| self.with(|state, now| state.refusals.asked_again(caller, target, now)));
        if let Some(handle) = &refused {
            self.source.refused(handle).await;
        }
        let freshness = freshness(request, request.fresh || refused.is_some());
        let minted = self.source.token(target, freshness).await?;
        let record = self.with(|state, now| {
            still(state, pass)?;
            state.grants.used(pass, now);
            state.refusals.handed_out(caller, target, &minted.handle, minted.expires_at);
            Ok(state.record.note(pass, target, refused.is_some(), now.wall))
        })?;
        self.publish(Event::HandedOut { record });
        Ok(answer(minted, target))
    }

    /// Gets permission from a grant, or tells the asker to wait and gets it from a person.
    async fn permission(&self, ask: Ask, replies: &mut Replies) -> std::io::Result<Result<Pass, Problem>> {
        if ask.peer.is_attended() {
            self.seen_person();
        }
        if self.is_locked() {
            return Ok(Err(problems::locked()));
        }
        let mut changed = self.changed.subscribe();
        let (ticket, question) = match self.with(|state, now| state.grants.ask(ask, now)) {
            Verdict::Pass(pass) => return Ok(Ok(pass)),
            Verdict::Refuse(problem) => return Ok(Err(problem)),
            Verdict::Wait { ticket, question } => (ticket, question),
        };
        let waiting = Waiting { agent: self, ticket };
        replies.say(&Answer::Waiting { request: question }).await?;
        loop {
            let (settled, next) =
                self.with(|state, now| (state.grants.poll(waiting.ticket, now), state.grants.next_deadline(now)));
            if let Some(settled) = settled {
                return Ok(settled);
            }
            tokio::select! {
                _ = changed.changed() => {}
                () = tokio::time::sleep(next.unwrap_or(self.config.question_life)) => {}
            }
        }
    }
}

/// An asker that is waiting. Dropping it withdraws its question.
struct Waiting<'a, S: Source> {
    agent: &'a Agent<S>,
    ticket: Ticket,
}

impl<S: Source> Drop for Waiting<'_, S> {
    fn drop(&mut self) {
        self.agent.with(|state, _| state.grants.withdraw(self.ticket));
    }
}

/// Mintage may have been locked or the grant revoked while the token was being minted.
fn still(state: &State, pass: &Pass) -> Result<(), Problem> {
    if state.grants.still(pass) { Ok(()) } else { Err(problems::locked()) }
}

fn freshness(request: &TokenRequest, fresh: bool) -> Freshness {
    Freshness { min_valid: request.min_valid.map(|seconds| Duration::from_secs(seconds.into())), fresh }
}

fn answer(minted: Minted, target: &Target) -> TokenAnswer {
    TokenAnswer {
        value: minted.value,
        handle: minted.handle,
        token_type: minted.token_type,
        token_id: minted.token_id,
        expires_at: minted.expires_at.map(rfc3339),
        expires_at_epoch: minted.expires_at.map(|time| time.unix_timestamp()),
        scopes: minted.scopes,
        issuer: minted.issuer,
        service_user: target.service_user.clone(),
        environment: target.environment.clone(),
        reused: minted.reused,
    }
}
