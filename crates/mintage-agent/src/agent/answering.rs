//! One request and its answer.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use mintage_agent_protocol::{Answer, Approve, Event, Hello, Host, Problem, Request};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::{Agent, Replies, wait_for};
use crate::grants::ancestry;
use crate::peer::Peer;
use crate::problems;
use crate::refusal::Refused;
use crate::source::Source;

/// How long whoever asks for the record waits until it is stored.
const STORING: Duration = Duration::from_secs(2);

impl<S: Source> Agent<S> {
    /// Answers one request.
    ///
    /// # Errors
    /// The asker doesn't listen anymore.
    pub(crate) async fn answer(&self, request: Request, peer: Arc<Peer>, replies: &mut Replies) -> io::Result<()> {
        self.lock_if_slept().await;
        let answered = match request {
            Request::Token(request) => self.token(request, peer, replies).await?.map(Answer::Token),
            Request::Copy(request) => self.copy(request, peer, replies).await?.map(Answer::Copied),
            Request::Subscribe => return self.tell(replies).await,
            Request::Hello { .. } => Ok(Answer::Hello(self.hello().await)),
            Request::Refused { handle } => self.refused(&handle).await.map(|()| Answer::Done),
            Request::RefusedToken { fingerprint } => match self.source.handle_of(fingerprint).await {
                Some(handle) => self.refused(&handle).await.map(|()| Answer::Done),
                None => Ok(Answer::Done),
            },
            Request::InMemory => self.source.in_memory().await.map(Answer::InMemory),
            Request::Grants => Ok(Answer::Grants(self.grants())),
            Request::Questions => Ok(Answer::Questions(self.questions())),
            Request::Log => {
                // Whoever reads the activity as well finds it there, unless the disk hangs; then the next sweep stores it.
                let _: Result<(), Elapsed> = timeout(STORING, self.sweep()).await;
                Ok(Answer::Log(self.record()))
            }
            Request::Revoke { grant } => self.revoke(&grant).map(|()| Answer::Done),
            Request::Approve(approve) => self.approve_from(&peer, &approve).map(|()| Answer::Done),
            Request::Deny { request } => self.deny(&request).map(|()| Answer::Done),
            Request::Lock => {
                self.lock().await;
                Ok(Answer::Done)
            }
            Request::Unlock => self.unlock_from(&peer).await.map(|()| Answer::Done),
            Request::TakeOver => self.take_over().map(|()| Answer::Done),
        };
        replies.say(&answered.unwrap_or_else(Answer::Error)).await
    }

    async fn hello(&self) -> Hello {
        let about = self.source.about().await;
        Hello { program: about.program, schema: about.schema, locked: self.is_locked(), host: self.config.host }
    }

    async fn refused(&self, handle: &str) -> Result<(), Problem> {
        match self.with(|state, now| state.refusals.named(handle, now)) {
            Refused::Replace => {
                self.source.refused(handle).await;
                Ok(())
            }
            Refused::Old => Ok(()),
            Refused::TooSoon => Err(problems::refused_lately()),
        }
    }

    /// An approval over the socket counts only from a terminal other than the asker's.
    fn approve_from(&self, approver: &Peer, approve: &Approve) -> Result<(), Problem> {
        self.with(|state, now| {
            let asker = state.grants.asker(&approve.request);
            let asker = asker.ok_or_else(|| problems::no_such_question(&approve.request))?;
            ancestry::check_approver(approver, &asker)?;
            state.grants.approve(&approve.request, approve.choice, approve.lease, now)
        })
    }

    /// Unlocking counts only from a terminal.
    async fn unlock_from(&self, peer: &Peer) -> Result<(), Problem> {
        if !peer.is_attended() || !peer.certain {
            return Err(problems::unlocker_unknown(peer.certain));
        }
        self.unlock().await
    }

    fn take_over(&self) -> Result<(), Problem> {
        if self.config.host == Host::Desktop {
            return Err(problems::stays());
        }
        self.taken_over.send_replace(true);
        Ok(())
    }

    /// Sends events until the subscriber closes or the agent shuts down.
    async fn tell(&self, replies: &mut Replies) -> io::Result<()> {
        let mut events = self.subscribe();
        replies.say(&Answer::Done).await?;
        let mut ending = std::pin::pin!(wait_for(&self.ending));
        loop {
            let event = tokio::select! {
                event = events.recv() => event,
                () = &mut ending => return Ok(()),
            };
            match event {
                Ok(event) => replies.say(&Answer::Event(event)).await?,
                Err(RecvError::Lagged(count)) => replies.say(&Answer::Event(Event::Missed { count })).await?,
                Err(RecvError::Closed) => return Ok(()),
            }
        }
    }
}
