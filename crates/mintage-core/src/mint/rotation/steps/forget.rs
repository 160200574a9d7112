//! **Forget**: a credential is removed here.

use super::Done;
use crate::catalog::Changing;
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
        self.drop_new(&alone, rotation).await?;
        Ok((Stage::Planned, String::new()))
    }

    /// Removes what there is of the new credential here.
    pub(in crate::mint::rotation) async fn drop_new(
        &self,
        alone: &Changing,
        rotation: &mut Rotation,
    ) -> Result<(), Error> {
        if let Some(id) = rotation.new
            && self.row(id).await?.is_some()
        {
            self.erase(alone, id).await?;
            self.cache.drop_got_with(id);
        }
        (rotation.new, rotation.new_key_id) = (None, None);
        Ok(())
    }
}
