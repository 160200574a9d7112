/** The time as screens see it: one tick a second for all countdowns, none while the window is hidden. */
export class Clock {
  now = $state(Date.now());

  /** Starts ticking; the reply stops it. */
  start(): () => void {
    let timer: ReturnType<typeof setInterval> | undefined;
    const tick = () => (this.now = Date.now());
    // A timer that runs in a hidden window wakes the processor for nobody.
    const follow = () => {
      clearInterval(timer);
      timer = undefined;
      if (document.hidden) return;
      tick();
      timer = setInterval(tick, 1000);
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', follow);
    };
  }
}
