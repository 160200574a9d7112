//! The session's **bus**, on which Linux desktops offer trays, notifications and their file manager.
//!
//! Rule: nothing here may hang or be missed. Every call has a deadline, and a desktop without a bus or
//! without the service that is asked is an answer, not an error of ours. Other systems have no such bus.

#[cfg(target_os = "linux")]
pub(crate) use linux::{Bus, BusError, Caller};

/// The bus of a system that has none.
#[cfg(not(target_os = "linux"))]
#[derive(Debug, Default)]
pub(crate) struct Bus;

#[cfg(target_os = "linux")]
mod linux {
    use std::time::Duration;

    use tokio::sync::OnceCell;
    use tokio::time::timeout;
    use zbus::export::serde::Serialize;
    use zbus::zvariant::DynamicType;
    use zbus::{Connection, Message};

    /// A service may have to be started first; one that takes longer is not waited for.
    const PATIENCE: Duration = Duration::from_secs(5);

    /// What was asked of the bus did not happen.
    #[derive(Debug, thiserror::Error)]
    pub(crate) enum BusError {
        #[error("there is no session bus")]
        NoBus,
        #[error("no program of this desktop answers")]
        NoAnswer,
    }

    /// A connection to the bus, made when it is first needed.
    #[derive(Debug, Default)]
    pub(crate) struct Bus {
        connection: OnceCell<Connection>,
    }

    /// Who is called: a service's name, the path of its object, the object's interface.
    #[derive(Clone, Copy)]
    pub(crate) struct Caller {
        pub(crate) service: &'static str,
        pub(crate) path: &'static str,
        pub(crate) interface: &'static str,
    }

    impl Bus {
        /// The connection; a failed attempt is made again by the next who asks.
        pub(crate) async fn connection(&self) -> Result<&Connection, BusError> {
            let connect = || async { timeout(PATIENCE, Connection::session()).await.ok().and_then(Result::ok) };
            self.connection.get_or_try_init(|| async { connect().await.ok_or(BusError::NoBus) }).await
        }

        /// Calls a method of a service.
        pub(crate) async fn call(
            &self,
            whom: Caller,
            method: &str,
            arguments: &(impl Serialize + DynamicType + Sync),
        ) -> Result<Message, BusError> {
            let connection = self.connection().await?;
            let call = connection.call_method(Some(whom.service), whom.path, Some(whom.interface), method, arguments);
            timeout(PATIENCE, call).await.ok().and_then(Result::ok).ok_or(BusError::NoAnswer)
        }
    }
}
