//! **Forget**: a credential is removed here.

use super::Done;
use crate::error::Error;
use crate::mint::Mint;
use crate::rotation::{Rotation, Stage};

impl Mint {
    pub(super) async fn forget_old(&self, rotation: &Rotation) -> Result<Done, Error> {
        let alone = self.catalog.changing().await?;
        if let Some(id) = rotation.old
            && self.row(id).await?.is_some()
        {
            self.forget_one(&alone, id).await?;
        }
        Ok((Stage::Retired, String::new()))
    }

    pub(super) async fn forget_new(&self, rotation: &mut Rotation) -> Result<Done, Error> {
        let alone = self.catalog.changing().await?;
        if let Some(id) = rotation.new
            && self.row(id).await?.is_some()
        {
            self.erase(&alone, id).await?;
            self.cache.drop_got_with(id);
        }
        (rotation.new, rotation.new_key_id) = (None, None);
        Ok((Stage::Planned, String::new()))
    }
}
