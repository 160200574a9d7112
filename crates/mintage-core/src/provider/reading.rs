//! **Reading** refusals as profiles write them, including those of earlier versions of Mintage.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{RefusalRule, Refusals, built_in};

/// The members in today's form.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct Table {
    server_name: String,
    host_is_issuer: bool,
    issuer_in_audience: bool,
    version_help: String,
    rules: Vec<RefusalRule>,
    otherwise: Vec<RefusalRule>,
}

impl From<Table> for Refusals {
    fn from(table: Table) -> Self {
        let Table { server_name, host_is_issuer, issuer_in_audience, version_help, rules, otherwise } = table;
        Self { server_name, host_is_issuer, issuer_in_audience, version_help, rules, otherwise }
    }
}

impl<'de> Deserialize<'de> for Refusals {
    /// Reads the table, or the word of earlier profiles, which said whose refusals they were.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct TableOrWord;
        impl<'de> Visitor<'de> for TableOrWord {
            type Value = Refusals;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a table with `rules`")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Refusals, E> {
                built_in::refusals_once_called(word).ok_or_else(|| E::invalid_value(de::Unexpected::Str(word), &self))
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Refusals, A::Error> {
                Table::deserialize(MapAccessDeserializer::new(table)).map(Refusals::from)
            }
        }
        from.deserialize_any(TableOrWord)
    }
}
