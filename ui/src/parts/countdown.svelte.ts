/** Whole seconds left until something may be done again or is hidden again. */
export class Countdown {
  left = $state(0);
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly over: () => void = () => undefined) {}

  start(seconds: number): void {
    this.stop();
    this.left = Math.ceil(seconds);
    this.timer = setInterval(() => this.step(), 1_000);
  }

  stop(): void {
    clearInterval(this.timer);
    this.left = 0;
  }

  private step(): void {
    this.left -= 1;
    if (this.left > 0) return;
    this.stop();
    this.over();
  }
}
