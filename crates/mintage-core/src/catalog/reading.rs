//! The **reading connection** of what programs wait for: mints, and the names that they ask by.

use std::sync::Arc;

use sqlx::query::Map;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Connection as _, Sqlite, SqliteConnection, SqlitePool};
use tokio::sync::Mutex;

/// A connection of its own, else opened by the first read. Connections of the pool go back to it after each query, and are
/// tested then, which costs as much as such a query.
#[derive(Clone, Debug, Default)]
pub(super) struct ReadingConnection(Arc<Mutex<Option<SqliteConnection>>>);

impl ReadingConnection {
    /// One that is open already.
    pub(super) fn of(connection: SqliteConnection) -> Self {
        Self(Arc::new(Mutex::new(Some(connection))))
    }

    /// Closes it; the next read opens another one, if the pool is still open.
    pub(super) async fn close(&self) {
        if let Some(connection) = self.0.lock().await.take() {
            // It has written nothing.
            let _: Result<(), sqlx::Error> = connection.close().await;
        }
    }

    /// Runs a query. A connection that failed isn't used again.
    pub(super) async fn rows<F, T>(
        &self,
        pool: &SqlitePool,
        query: Map<'_, Sqlite, F, SqliteArguments>,
    ) -> Result<Vec<T>, sqlx::Error>
    where
        F: FnMut(SqliteRow) -> Result<T, sqlx::Error> + Send,
        T: Send + Unpin,
    {
        let mut own = self.0.lock().await;
        let connection = match &mut *own {
            Some(connection) => connection,
            none => none.insert(pool.acquire().await?.detach()),
        };
        let rows = query.fetch_all(connection).await;
        if rows.is_err() {
            *own = None;
        }
        rows
    }
}
