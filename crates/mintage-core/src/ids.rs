//! The **ids** that the catalogue and the keychain use to identify what belongs together.

use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

/// Identifies an environment; a random UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct EnvironmentId(#[specta(type = String)] pub Uuid);

/// Identifies a service user; a random UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct ServiceUserId(#[specta(type = String)] pub Uuid);

/// Identifies a credential in the catalogue and in the keychain; a random UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct CredentialId(#[specta(type = String)] pub Uuid);

/// Identifies a rotation; a random UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct RotationId(#[specta(type = String)] pub Uuid);
