//! The **periods** that Mintage counts with and its screens name.

use serde::Serialize;
use time::Duration;

/// The periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Periods {
    /// How long a rotation keeps the old credential after the switch, in hours, unless somebody says otherwise.
    pub grace_hours: u32,
    /// This long before its expiry a key gets its second notice; it gets the third when it has expired.
    pub last_notice_days: i64,
    /// A key that expires within this time expires soon: it is counted, marked, and gets its first notice.
    pub soon_days: i64,
    /// A key that wasn't used for this long is on the radar.
    pub unused_days: i64,
}

impl Periods {
    /// The ones that are in force.
    pub const MINTAGE: Self = Self { grace_hours: 24, last_notice_days: 3, soon_days: 14, unused_days: 90 };

    /// How soon a key expires that expires soon.
    pub(super) const SOON: Duration = Duration::days(Self::MINTAGE.soon_days);
    /// After how long a key counts as unused.
    pub(super) const UNUSED: Duration = Duration::days(Self::MINTAGE.unused_days);
}
