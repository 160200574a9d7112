//! Every **log** of every library, at the finest level, kept in memory.

use std::fmt::{Debug, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

static LINES: Mutex<String> = Mutex::new(String::new());

/// Captures all logs of this process from now on, of both facades.
pub(crate) fn capture() {
    tracing::subscriber::set_global_default(Spans(AtomicU64::new(1))).expect("nobody else takes the spans");
    log::set_logger(&Lines).expect("nobody else takes the logs");
    log::set_max_level(log::LevelFilter::Trace);
}

/// What was logged so far.
pub(crate) fn captured() -> String {
    LINES.lock().expect("no logger panics").clone()
}

fn keep(target: &str, write: impl FnOnce(&mut String)) {
    let mut lines = LINES.lock().expect("no logger panics");
    let _ = write!(lines, "{target}: ");
    write(&mut lines);
    lines.push('\n');
}

struct Lines;

impl log::Log for Lines {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let text = record.args().to_string();
        keep(record.target(), |lines| lines.push_str(&text));
    }

    fn flush(&self) {}
}

struct Spans(AtomicU64);

/// Writes each field as its name and its value.
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }
}

impl Subscriber for Spans {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields(span.metadata().name().to_owned() + " ");
        span.record(&mut fields);
        keep(span.metadata().target(), |lines| lines.push_str(&fields.0));
        Id::from_u64(self.0.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut fields = Fields(String::new());
        values.record(&mut fields);
        keep("", |lines| lines.push_str(&fields.0));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        keep(event.metadata().target(), |lines| lines.push_str(&fields.0));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
