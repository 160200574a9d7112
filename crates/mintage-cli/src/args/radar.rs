//! The arguments of `radar`.

use std::time::Duration;

use clap::{Args, ValueHint};

use super::parse_duration;

/// `mintage radar`.
#[derive(Clone, Debug, Args)]
#[command(
    before_help = "Example: mintage radar --within 14d || notify-send 'Keys expire soon'\n         mintage radar --snooze ci-bot --for 14d\n         mintage radar --foreign --refresh --yes\n         mintage radar --ics > expiry.ics",
    after_help = "Exits with 0 if no key expires within that time, and with 1 if one does. Snoozed keys don't count. With --foreign: 1 if there are any."
)]
pub struct RadarArgs {
    /// How far ahead to look
    #[arg(long, value_name = "TIME", value_parser = parse_duration, default_value = "30d")]
    pub within: Duration,
    /// Count snoozed keys too
    #[arg(long)]
    pub snoozed: bool,
    /// Ask the servers that list keys first
    #[arg(long)]
    pub refresh: bool,
    /// Ask production servers too
    #[arg(long, requires = "refresh")]
    pub yes: bool,
    /// List what the servers listed when they were last asked and Mintage doesn't hold
    #[arg(long, conflicts_with_all = ["snoozed", "ics"])]
    pub foreign: bool,
    /// Print all expiry dates as a calendar (iCalendar)
    #[arg(long, conflicts_with = "snoozed")]
    pub ics: bool,
    /// Leave a service user's keys out for a while
    #[arg(long, value_name = "USER", value_hint = ValueHint::Username, conflicts_with_all = ["snoozed", "refresh", "ics", "foreign"])]
    pub snooze: Option<String>,
    /// How long to snooze them
    #[arg(long = "for", value_name = "TIME", value_parser = parse_duration, default_value = "14d", requires = "snooze")]
    pub lasting: Duration,
    /// Stop snoozing a service user's keys
    #[arg(long, value_name = "USER", value_hint = ValueHint::Username, conflicts_with_all = ["snooze", "snoozed", "refresh", "ics", "foreign"])]
    pub wake: Option<String>,
}
