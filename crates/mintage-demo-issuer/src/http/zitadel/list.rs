//! A **list** of credentials. Nothing in it shows a public key: a key is known by its id, its times and its
//! end. What has expired stays listed.

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

/// What stands for an end that never comes.
pub(super) const NEVER: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);

/// A key or a token, as it is listed.
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
                    // Numbers of 64 bits are texts in the JSON of protobuf.
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

/// Which part of a list is asked for, and in which order.
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

/// Answers a search of version 1. Where nothing is found there is neither `result` nor `totalResult`.
pub(super) fn answer_v1(call: &Call, items: Vec<Item>) -> Result<Value, ApiError> {
    let page = Page::read(&call.message.within("query")?)?;
    let mut answer = json!({ "details": { "viewTimestamp": timestamp::written(call.shared.now()) } });
    if !items.is_empty() {
        answer["details"]["totalResult"] = json!(items.len().to_string());
    }
    add_result(&mut answer, page.cut(items, call.shared.era().newest_first), call.face);
    Ok(answer)
}

/// Answers a search of version 2. `totalResult` counts also what the caller may not see, and a page has no
/// more of them in exchange.
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

/// Whether an item passes the filters of version 2: `userIdFilter`, and the one of this name for its own id.
pub(super) fn passes(call: &Call, own_filter: &str, item: &Item) -> Result<bool, ApiError> {
    for filter in call.message.each("filters")? {
        for (name, value) in [("userIdFilter", &item.user.user_id), (own_filter, &item.id)] {
            if filter.has(name) && filter.within(name)?.text("id")? != value {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
