//! What a command **answers**, whatever happens in it.

use std::pin::Pin;

use mintage_core::error::Problem;
use mintage_core::guard::guarded;

/// What every command gives the page.
pub(crate) type Reply<T> = Result<T, Problem>;

/// Runs a command's work. A panic in it is answered like every failure, so that the page isn't left waiting.
///
/// The work is boxed at once: every layer that Tauri puts around a command would hold it by value, several times over
/// where nothing is optimised, and a journey's steps are large enough to fill a thread's stack like that.
pub(crate) fn answered<'a, T: Send + 'a>(
    work: impl Future<Output = Reply<T>> + Send + 'a,
) -> Pin<Box<dyn Future<Output = Reply<T>> + Send + 'a>> {
    let work = guarded(Box::pin(work));
    Box::pin(async {
        match work.await {
            Ok(reply) => reply,
            Err(fault) => Err(fault.problem()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_in_a_command_is_answered_and_the_next_command_works() {
        let fault = answered::<()>(async { panic!("hunter2") }).await.unwrap_err();
        assert_eq!(fault.code, "internal-error");
        assert!(!format!("{fault:?}").contains("hunter2"));
        assert_eq!(answered(async { Ok(7) }).await.unwrap(), 7);
    }
}
