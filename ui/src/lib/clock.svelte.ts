/** The time as screens see it: one tick a second for all countdowns, none while the window is hidden. */
export class Clock {
  now = $state(Date.now());

  /** Starts ticking; the reply stops it. */
  start(): () => void {
    const tick = () => {
      if (!document.hidden) this.now = Date.now();
    };
    const timer = setInterval(tick, 1000);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }
}
