//! A **list** of credentials. It never shows a public key, only ids and times. Expired ones stay listed.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use super::call::Call;
use super::error::ApiError;
use super::message::Message;
use super::route::Face;
use super::timestamp;
use crate::membership::USER_READ;
use crate::user::User;

/// The expiry date of a key that never expires.
pub(super) const NEVER: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);

/// A key or a token in a list.
pub(super) struct Item {
    id: String,
    user: User,
    created_at: OffsetDateTime,
    sequence: u64,
    expires_at: OffsetDateTime,
}

impl Item {
    pub(super) fn new(call: &Call, user: &User, id: &str, expires_at: Option<OffsetDateTime>) -> Self {
        let book = call.shared.book();
        let made = book.labels.get(id).map(|label| (label.created_at, label.sequence));
        let (created_at, sequence) = made.unwrap_or((OffsetDateTime::UNIX_EPOCH, 1));
        Self { id: id.to_owned(), user: user.clone(), created_at, sequence, expires_at: expires_at.unwrap_or(NEVER) }
    }

    pub(super) fn written(&self, face: Face) -> Value {
        let created_at = timestamp::written(self.created_at);
        let expires_at = timestamp::written(self.expires_at);
        match face {
            Face::V1 => json!({
                "id": self.id,
                "details": {
                    // Numbers of 64 bits are strings in protobuf's JSON.
                    "sequence": self.sequence.to_string(),
                    "creationDate": created_at,
                    "changeDate": created_at,
                    "resourceOwner": self.user.organisation_id(),
                },
                "type": "KEY_TYPE_JSON",
                "expirationDate": expires_at,
            }),
            Face::V2 | Face::Connect => json!({
                "creationDate": created_at,
                "changeDate": created_at,
                "id": self.id,
                "userId": self.user.user_id,
                "organizationId": self.user.organisation_id(),
                "expirationDate": expires_at,
            }),
        }
    }
}

/// The requested part of a list, and its order.
struct Page {
    offset: usize,
    limit: usize,
    ascending: bool,
}

impl Page {
    fn read(message: &Message) -> Result<Self, ApiError> {
        let limit = match message.number("limit")? {
            0 => 100,
            limit => limit.min(1000),
        };
        Ok(Self { offset: message.number("offset")?, limit, ascending: message.flag("asc")? })
    }

    fn cut(&self, mut items: Vec<Item>, newest_first: bool) -> Vec<Item> {
        items.sort_by_key(|item| item.created_at);
        if newest_first && !self.ascending {
            items.reverse();
        }
        items.into_iter().skip(self.offset).take(self.limit).collect()
    }
}

/// Responds to a version 1 search. If nothing is found, there is neither `result` nor `totalResult`.
pub(super) fn answer_v1(call: &Call, items: Vec<Item>) -> Result<Value, ApiError> {
    let page = Page::read(&call.message.within("query")?)?;
    let mut answer = json!({ "details": { "viewTimestamp": timestamp::written(call.shared.now()) } });
    if !items.is_empty() {
        answer["details"]["totalResult"] = json!(items.len().to_string());
    }
    add_result(&mut answer, page.cut(items, call.shared.era().newest_first), call.face);
    Ok(answer)
}

/// Responds to a version 2 search. `totalResult` also counts what the caller isn't allowed to see. That is dropped only
/// after the page was cut, so a page may be short (source: ZITADEL's code).
pub(super) fn answer_v2(call: &Call, items: Vec<Item>) -> Result<Value, ApiError> {
    let page = Page::read(&call.message.within("pagination")?)?;
    let mut answer = json!({ "pagination": { "appliedLimit": page.limit.to_string() } });
    if !items.is_empty() {
        answer["pagination"]["totalResult"] = json!(items.len().to_string());
    }
    let mut items = page.cut(items, call.shared.era().newest_first);
    items.retain(|item| call.check_over(&item.user, USER_READ).is_ok());
    add_result(&mut answer, items, call.face);
    Ok(answer)
}

fn add_result(answer: &mut Value, items: Vec<Item>, face: Face) {
    if !items.is_empty() {
        answer["result"] = items.iter().map(|item| item.written(face)).collect();
    }
}

/// The filters of version 2, all of which an item must pass.
pub(super) struct Filters(Vec<(Of, String)>);

#[derive(Clone, Copy)]
enum Of {
    User,
    Item,
}

impl Filters {
    /// Reads `userIdFilter` and the filter with this name for an item's own id. Others aren't supported here.
    pub(super) fn read(message: &Message, own: &str) -> Result<Self, ApiError> {
        let mut read = Vec::new();
        for filter in message.each("filters")? {
            for (name, of) in [("userIdFilter", Of::User), (own, Of::Item)] {
                if filter.has(name) {
                    read.push((of, filter.within(name)?.text("id")?.to_owned()));
                }
            }
        }
        Ok(Self(read))
    }

    pub(super) fn pass(&self, item: &Item) -> bool {
        self.0.iter().all(|(of, id)| match of {
            Of::User => *id == item.user.user_id,
            Of::Item => *id == item.id,
        })
    }
}
