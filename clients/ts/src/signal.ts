/** What has a result later and can be given up: a promise of npm's capnweb. */
type Disposable = { [Symbol.dispose](): void };

/**
 * The result of `promise`, unless `signal` aborts first. Then the result is given up, what is returned rejects with the signal's reason (an `AbortError` unless the caller of `abort` gave another), and
 * the peer is told to release the result.
 *
 * What that does to a call which runs is for its server to decide. At a Capstan server it stops if its method is marked `@Cancelable`: the promise that it has returned is cancelled, or what it waits
 * for fails. Every other method, and those of npm's own servers, run to their end, and nobody gets the result. So an `AbortError` never says that nothing has happened.
 *
 * Takes `promise` over. A result that arrives is the caller's to dispose, as without a signal.
 */
export async function withSignal<T>(signal: AbortSignal, promise: PromiseLike<T> & Partial<Disposable>): Promise<T> {
  const giveUp = () => promise[Symbol.dispose]?.();
  if (signal.aborted) {
    giveUp();
    throw signal.reason;
  }
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = () => {
      giveUp();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    stop = () => signal.removeEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stop();
  }
}
