/** How long to wait between attempts: longer each time, and not everybody at the same moment. Times are milliseconds. */
export interface BackoffOptions {
  /** Base of the first delay; 200. */
  initialMillis?: number;
  /** The longest base; 30,000. */
  maxMillis?: number;
  /** By how much the base grows; 2. */
  factor?: number;
  /** The largest part of a delay that chance takes away, 0 to 1; 0.5. */
  jitter?: number;
  /** How long a connection has to last for the delays to begin anew; 10,000. */
  steadyMillis?: number;
  /** From 0 to 1; `Math.random` unless given. */
  random?: () => number;
}

/** Where one client stands in its delays; as `dev.capstan.async.Backoff`. */
export class Backoff {
  readonly #options: Required<BackoffOptions>;
  #failures = 0;
  #base = 0;

  constructor(options: BackoffOptions) {
    const { initialMillis = 200, maxMillis = 30_000, factor = 2, jitter = 0.5, steadyMillis = 10_000, random = Math.random } = options;
    this.#options = { initialMillis, maxMillis, factor, jitter, steadyMillis, random };
    if (!(initialMillis >= 0 && maxMillis >= initialMillis && factor >= 1 && jitter >= 0 && jitter <= 1 && steadyMillis >= 0)) {
      throw new RangeError('delays begin with 0 or more, max is no shorter than initial, factor is 1 or more, jitter 0 to 1, steady 0 or more');
    }
  }

  /** An attempt has failed: how long to wait until the next one. */
  failed(): number {
    const { initialMillis, maxMillis, factor, jitter, random } = this.#options;
    this.#base = this.#failures++ === 0 ? initialMillis : Math.min(maxMillis, this.#base * factor);
    return this.#base * (1 - (jitter === 0 ? 0 : jitter * random()));
  }

  /** A connection was lost that had lasted for so long. */
  lasted(millis: number): void {
    if (millis >= this.#options.steadyMillis) {
      this.#failures = 0;
    }
  }
}
