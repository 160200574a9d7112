//! Whether a reviewed file **fits** an environment: what of it belongs elsewhere, said before it is imported.

use crate::environment::EnvironmentId;
use crate::error::Error;
use crate::mint::review::Notice;
use crate::mint::token::host_of;
use crate::mint::wire::set_endpoint;
use crate::mint::{Mint, ReviewId, lock};

impl Mint {
    /// What in a reviewed file belongs to another server than this environment's; nothing where the file does not
    /// say, or where the environment's endpoint is not known without asking its server.
    ///
    /// # Errors
    /// [`Error::ReviewGone`], [`crate::error::ProviderError::Unknown`], what the catalogue reports.
    pub async fn misfits(&self, review: ReviewId, environment: EnvironmentId) -> Result<Vec<Notice>, Error> {
        let environment = self.catalog.environment(environment).await?;
        let provider = self.provider_of(&environment).await?;
        let told = {
            let reviews = lock(&self.reviews);
            let file = reviews.get(&review).and_then(|reviewed| reviewed.file.as_ref()).ok_or(Error::ReviewGone)?;
            file.token_endpoint.clone()
        };
        let asked = set_endpoint(&environment, &provider)?;
        let (Some(told), Some(asked)) = (told, asked) else { return Ok(Vec::new()) };
        let (told, asked) = (host_of(&told), host_of(&asked));
        if told == asked {
            return Ok(Vec::new());
        }
        let message = format!(
            "This file is for the token endpoint at `{told}`, but this environment asks `{asked}`: set its token endpoint to the file's, or choose another environment"
        );
        Ok(vec![Notice { code: "endpoint-of-another-server".to_owned(), message, dated: None }])
    }
}
