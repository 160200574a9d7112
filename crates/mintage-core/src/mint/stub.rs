use crate::catalog::Catalog;
use crate::credential::Credential;
use crate::environment::EnvironmentId;
use crate::error::CatalogError;
#[allow(missing_docs)]
pub struct EnvironmentCount {
    pub environment: EnvironmentId,
    pub service_users: u32,
    pub expiring: u32,
    pub troubled: bool,
}
#[allow(missing_docs)]
impl Catalog {
    pub async fn environment_counts(&self, _b: time::OffsetDateTime) -> Result<Vec<EnvironmentCount>, CatalogError> {
        todo!()
    }
    pub async fn set_trouble(&self, _b: EnvironmentId, _t: bool) -> Result<(), CatalogError> {
        todo!()
    }
    pub async fn credentials_of_environment(&self, _b: Option<EnvironmentId>) -> Result<Vec<Credential>, CatalogError> {
        todo!()
    }
}
