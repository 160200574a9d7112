//! **Assignments**: lines of `NAME=value` and `name: value`, as `.env` files, shells, Compose, CI, TOML, INI and
//! Kubernetes YAML write them, rewritten as JSON.
//!
//! Rule: this isn't a parser for any of these languages. It understands names, values and nesting, and skips every
//! other line. Callers trust the result only if it turns out to be a key file.

use self::line::{Assignment, assignment, end_of_double, push_unescaped, section};
use super::buffer::Buffer;
use super::relaxed;

mod line;

/// How deep assignments may be nested.
const MAX_DEPTH: usize = 24;

/// How many bytes are searched, over all lines, for the end of JSON that never ends.
const MAX_VAIN: usize = 4 * super::MAX_BYTES as usize;

/// An object or list that is still being written.
struct Open {
    indent: usize,
    is_list: bool,
    /// Whether its items begin with `- ` even though it is an object: `- NAME=value`.
    is_dashed: bool,
    is_empty: bool,
}

/// Writes JSON while going through the lines.
struct Writer<'t> {
    text: &'t str,
    out: Buffer,
    open: Vec<Open>,
    /// The indentation of a name that is waiting for its value.
    pending: Option<usize>,
    assigned: usize,
    /// How many unnamed documents the text contains.
    documents: usize,
    /// How many bytes were searched without success.
    vain: usize,
}

/// Rewrites the assignments in a text as one JSON object; `None` if there are none, or if the nesting is implausibly
/// deep.
pub(super) fn rewritten(text: &str) -> Option<Buffer> {
    let mut writer = Writer {
        text,
        out: Buffer::with_capacity(text.len() * 2 + 64),
        open: Vec::new(),
        pending: None,
        assigned: 0,
        documents: 0,
        vain: 0,
    };
    writer.begin(0, false, false);
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = writer.line(line.trim_end_matches('\r'), after)?;
    }
    writer.end_to(0);
    writer.settle();
    writer.end();
    (writer.assigned + writer.documents > 0).then_some(writer.out)
}

impl<'t> Writer<'t> {
    /// Consumes one line and as much of the following text as its value needs; returns the rest.
    fn line(&mut self, line: &'t str, after: &'t str) -> Option<&'t str> {
        let content = line.trim_start_matches([' ', '\t']);
        let indent = line.len() - content.len();
        if content.is_empty() || content.starts_with(['#', ';']) || content.trim_end() == "..." {
            return Some(after);
        }
        if content.trim_end() == "---" {
            self.next_document();
            return Some(after);
        }
        if let Some(section) = section(content) {
            self.section(section);
            return Some(after);
        }
        if content.starts_with('{') && self.pending.is_none() && !self.open.last()?.is_list {
            return self.document(content, after);
        }
        match content.strip_prefix("- ").or((content == "-").then_some("")) {
            Some(item) => self.item(indent, item, line, after),
            None => match assignment(content) {
                Some(assignment) => self.assign(indent, &assignment, after),
                None => Some(after),
            },
        }
    }

    /// Consumes JSON that isn't assigned to anything, so that none of its lines is mistaken for an assignment.
    fn document(&mut self, content: &'t str, after: &'t str) -> Option<&'t str> {
        self.documents += 1;
        self.comma();
        self.out.push_quoted(&format!("JSON {}", self.documents));
        self.out.push(':');
        self.scalar(content, after)
    }

    /// Ends everything that is open; what follows is a new document.
    fn next_document(&mut self) {
        if self.open.first().is_some_and(|root| !root.is_empty) {
            self.end_to(1);
            self.end();
            self.out.push('\n');
            self.begin(0, false, false);
        }
    }

    fn section(&mut self, name: &str) {
        self.settle();
        self.end_to(1);
        self.comma();
        self.out.push_quoted(name);
        self.out.push(':');
        self.begin(0, false, false);
    }

    fn item(&mut self, indent: usize, item: &'t str, line: &'t str, after: &'t str) -> Option<&'t str> {
        let assignment = assignment(item.trim_start());
        let is_dashed = assignment.as_ref().is_some_and(|assignment| !assignment.is_yaml);
        match self.pending.take() {
            Some(_) => self.begin(indent, !is_dashed, is_dashed),
            None => self.close_above(indent, true),
        }
        if self.open.len() > MAX_DEPTH {
            return None;
        }
        let top = self.open.last()?;
        if top.is_dashed || !top.is_list || top.indent != indent {
            // `- NAME=value` assigns to the object that the list belongs to; any other line here is prose.
            return match assignment {
                Some(assignment) => self.value(indent, &assignment, after),
                None => Some(after),
            };
        }
        self.comma();
        let inner = line.len() - item.trim_start().len();
        match assignment {
            Some(assignment) => {
                self.begin(inner, false, false);
                self.value(inner, &assignment, after)
            }
            None => self.scalar(item.trim(), after),
        }
    }

    fn assign(&mut self, indent: usize, assignment: &Assignment<'t>, after: &'t str) -> Option<&'t str> {
        if !assignment.is_yaml {
            self.settle();
            return self.value(indent, assignment, after);
        }
        match self.pending.take() {
            Some(of) if indent > of => self.begin(indent, false, false),
            Some(_) => {
                self.out.push_str("null");
                self.close_above(indent, false);
            }
            None => self.close_above(indent, false),
        }
        if self.open.len() > MAX_DEPTH {
            return None;
        }
        self.value(indent, assignment, after)
    }

    /// Writes a name and its value into the open object.
    fn value(&mut self, indent: usize, assignment: &Assignment<'t>, after: &'t str) -> Option<&'t str> {
        if self.open.last()?.is_list {
            return Some(after);
        }
        self.assigned += 1;
        self.comma();
        self.out.push_quoted(assignment.name);
        self.out.push(':');
        let value = assignment.value.trim();
        if value.is_empty() && assignment.is_yaml {
            self.pending = Some(indent);
            return Some(after);
        }
        if let Some(end) = value.strip_prefix("<<") {
            let end = end.trim_matches(['-', '~', '\'', '"', ' ']);
            return Some(self.here_document(end, after));
        }
        if assignment.is_yaml && (value.starts_with('|') || value.starts_with('>')) {
            return Some(self.block(indent, after));
        }
        self.scalar(assignment.value.trim_start(), after)
    }

    /// Writes a value that may continue on the following lines: quoted, or JSON.
    fn scalar(&mut self, value: &'t str, after: &'t str) -> Option<&'t str> {
        for quotes in ["\"\"\"", "'''"] {
            if let Some(inner) = value.strip_prefix(quotes) {
                return Some(self.up_to(inner, after, |text| text.find(quotes).map(|at| (at, at + 3)), true));
            }
        }
        let value = value.strip_prefix('$').filter(|rest| rest.starts_with('\'')).unwrap_or(value);
        if let Some(inner) = value.strip_prefix('"') {
            return Some(self.up_to(inner, after, end_of_double, true));
        }
        if let Some(inner) = value.strip_prefix('\'') {
            return Some(self.up_to(inner, after, |text| text.find('\'').map(|at| (at, at + 1)), false));
        }
        if value.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(value.trim()).is_err() {
            return self.document_over_lines(value, after);
        }
        let plain = value.split(" #").next().unwrap_or(value).trim();
        self.out.push_quoted(plain);
        Some(after)
    }

    /// Writes JSON that spans several lines; `None` once too much text was searched for missing ends, since each line
    /// of a text may look like JSON that runs to the end of it.
    fn document_over_lines(&mut self, value: &'t str, after: &'t str) -> Option<&'t str> {
        let whole = self.from(value);
        let mut values = serde_json::Deserializer::from_str(whole).into_iter::<serde::de::IgnoredAny>();
        let end = match values.next()? {
            Ok(_) => Some(values.byte_offset()),
            Err(fault) => {
                self.vain += whole.split_inclusive('\n').take(fault.line()).map(str::len).sum::<usize>();
                None
            }
        };
        let is_affordable = self.vain <= MAX_VAIN;
        is_affordable.then(|| self.up_to(value, after, |_| end.map(|end| (end, end)), false))
    }

    /// The text from this point on, in which a value may end on a later line.
    fn from(&self, part: &str) -> &'t str {
        &self.text[part.as_ptr().addr() - self.text.as_ptr().addr()..]
    }

    /// Writes the text up to its end, which may be on a later line.
    fn up_to(
        &mut self,
        inner: &'t str,
        after: &'t str,
        end: impl Fn(&str) -> Option<(usize, usize)>,
        has_escapes: bool,
    ) -> &'t str {
        let write = |out: &mut Buffer, text: &str| match has_escapes && !relaxed::is_escaped(text) {
            true => push_unescaped(out, text),
            false => out.push_quoted(text),
        };
        let whole = self.from(inner);
        match end(whole) {
            Some((at, next)) => {
                write(&mut self.out, &whole[..at]);
                let line_end = whole[next..].find('\n').map_or(whole.len(), |end| next + end + 1);
                if at <= inner.len() { after } else { &whole[line_end..] }
            }
            // The quote is never closed: only this line belongs to it.
            None => {
                self.out.push_quoted(inner.trim());
                after
            }
        }
    }

    /// Writes the lines up to the one that consists of this word, which `<<-` allows to be indented.
    fn here_document(&mut self, end: &str, after: &'t str) -> &'t str {
        let mut inside = 0;
        for line in after.split_inclusive('\n') {
            if line.trim() == end {
                self.out.push_quoted(after[..inside].trim_end_matches(['\r', '\n']));
                return &after[inside + line.len()..];
            }
            inside += line.len();
        }
        self.out.push_quoted(after);
        ""
    }

    /// Writes a block scalar: the lines indented further than its name, without their common indentation.
    fn block(&mut self, indent: usize, after: &'t str) -> &'t str {
        let mut rest = after;
        let mut common = None;
        self.out.push('"');
        while !rest.is_empty() {
            let (line, next) = rest.split_once('\n').unwrap_or((rest, ""));
            let line = line.trim_end_matches('\r');
            let content = line.trim_start_matches(' ');
            let at = line.len() - content.len();
            if !content.is_empty() && at <= indent {
                break;
            }
            let strip = *common.get_or_insert(at);
            line.get(strip.min(at)..).unwrap_or_default().chars().for_each(|c| self.out.push_escaped(c));
            self.out.push_escaped('\n');
            rest = next;
        }
        self.out.push('"');
        rest
    }

    /// Ends whatever is indented further than a line starting at this indentation.
    fn close_above(&mut self, indent: usize, for_item: bool) {
        while self.open.len() > 1 {
            let top = self.open.last().expect("there are several");
            let ends = top.indent > indent || (top.indent == indent && (top.is_list || top.is_dashed) != for_item);
            if !ends {
                return;
            }
            self.end();
        }
    }

    fn begin(&mut self, indent: usize, is_list: bool, is_dashed: bool) {
        self.out.push(if is_list { '[' } else { '{' });
        self.open.push(Open { indent, is_list, is_dashed, is_empty: true });
    }

    fn end(&mut self) {
        self.settle();
        if let Some(open) = self.open.pop() {
            self.out.push(if open.is_list { ']' } else { '}' });
        }
    }

    fn end_to(&mut self, depth: usize) {
        while self.open.len() > depth.max(1) {
            self.end();
        }
    }

    /// Writes an empty value for a name that has none.
    fn settle(&mut self) {
        if self.pending.take().is_some() {
            self.out.push_str("null");
        }
    }

    fn comma(&mut self) {
        if let Some(top) = self.open.last_mut()
            && !std::mem::take(&mut top.is_empty)
        {
            self.out.push(',');
        }
    }
}

#[cfg(test)]
mod tests;
