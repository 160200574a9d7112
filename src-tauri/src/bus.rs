//! The session **bus**, on which Linux desktops offer trays, notifications and their file manager.
//!
//! Rule: nothing here may hang or be required. Every call has a deadline, and a desktop without a bus or without the
//! service is a valid outcome, not an error of ours. Other systems have no such bus.

#[cfg(target_os = "linux")]
pub(crate) use linux::{Bus, BusError, Caller};

/// The bus on a system that has none.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub(crate) struct Bus;

/// The bus of this session, not connected yet.
pub(crate) fn new() -> Bus {
    #[cfg(target_os = "linux")]
    return Bus::default();
    #[cfg(not(target_os = "linux"))]
    Bus
}

#[cfg(target_os = "linux")]
mod linux {
    use std::time::Duration;

    use tokio::sync::OnceCell;
    use tokio::time::timeout;
    use zbus::export::serde::Serialize;
    use zbus::zvariant::DynamicType;
    use zbus::{Connection, Message};

    /// A service may have to be started first; a slower one isn't waited for.
    const PATIENCE: Duration = Duration::from_secs(5);

    /// The bus call didn't succeed.
    #[derive(Debug, thiserror::Error)]
    pub(crate) enum BusError {
        #[error("there is no session bus")]
        NoBus,
        #[error("no program on this desktop responded")]
        NoAnswer,
    }

    /// A connection to the bus, created when it is first needed.
    #[derive(Debug, Default)]
    pub(crate) struct Bus {
        connection: OnceCell<Connection>,
    }

    /// The callee: a service's name, the path of its object, the object's interface.
    #[derive(Clone, Copy)]
    pub(crate) struct Caller {
        pub(crate) service: &'static str,
        pub(crate) path: &'static str,
        pub(crate) interface: &'static str,
    }

    impl Bus {
        /// The connection; after a failed attempt, the next caller tries again.
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
