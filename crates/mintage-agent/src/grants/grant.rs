//! One grant and its deadlines.

use std::time::Duration;

use mintage_agent_protocol::text::rfc3339;
use mintage_agent_protocol::{GrantRow, Lease};

use crate::clock::Now;
use crate::peer::Peer;
use crate::process::Process;
use crate::source::Target;

/// No grant outlives a working day, whatever lease was chosen.
const MAX_LIFE: Duration = Duration::from_secs(12 * 3600);

/// Permission for one process and its descendants to have one token.
#[derive(Debug, Clone)]
pub struct Grant {
    pub(super) id: String,
    pub(super) holder: Process,
    target: Target,
    approved: bool,
    lease: Lease,
    granted: Now,
    pub(super) used: Now,
    pub(super) count: u64,
}

/// Why a grant ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Mintage was locked.
    Lock,
    /// The computer slept.
    Sleep,
    /// Its process ended.
    Process,
    /// It wasn't used for too long.
    Idle,
    /// Its time was up.
    Time,
    /// A person revoked it.
    Revoked,
    /// The agent shut down.
    Agent,
}

impl End {
    /// The word that subscribers get.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Sleep => "sleep",
            Self::Process => "process",
            Self::Idle => "idle",
            Self::Time => "time",
            Self::Revoked => "revoked",
            Self::Agent => "agent",
        }
    }
}

impl Grant {
    pub(super) fn new(id: String, holder: Process, target: Target, approved: Option<Lease>, now: Now) -> Self {
        let lease = approved.unwrap_or_default();
        Self { id, holder, target, approved: approved.is_some(), lease, granted: now, used: now, count: 0 }
    }

    /// Whether the holder or one of its descendants asks for this grant's token.
    pub(super) fn covers(&self, target: &Target, peer: &Peer) -> bool {
        self.target.is_same_token(target) && peer.chain.iter().any(|process| process.id == self.holder.id)
    }

    pub(super) fn past(&self, now: Now) -> Option<End> {
        if now.is_past(self.granted, self.absolute()) {
            return Some(End::Time);
        }
        now.is_past(self.used, self.idle()).then_some(End::Idle)
    }

    pub(super) fn left(&self, now: Now) -> Duration {
        now.left_of(self.granted, self.absolute()).min(now.left_of(self.used, self.idle()))
    }

    fn idle(&self) -> Duration {
        Duration::from_secs(self.lease.idle.into())
    }

    fn absolute(&self) -> Duration {
        Duration::from_secs(self.lease.absolute.into()).min(MAX_LIFE)
    }

    pub(super) fn row(&self) -> GrantRow {
        GrantRow {
            grant: self.id.clone(),
            holder: self.holder.row(),
            user: self.target.user.clone(),
            service_user: self.target.service_user.clone(),
            environment: self.target.environment.clone(),
            scopes: self.target.scopes.iter().cloned().collect(),
            audience: self.target.audience.iter().cloned().collect(),
            approved: self.approved,
            granted_at: rfc3339(self.granted.wall),
            last_used: rfc3339(self.used.wall),
            ends_at: rfc3339(self.granted.wall + self.absolute()),
            count: self.count,
        }
    }
}
