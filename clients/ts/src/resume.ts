import { RpcSession, type RpcCompatible, type RpcStub, type RpcTransport } from 'capnweb';
import { Backoff } from './backoff.js';
import { type Connection, type Dialer, webSockets } from './connection.js';
import { type Control, readControl } from './control.js';
import { Kept } from './kept.js';
import { Mistake } from './lines.js';
import { type ResumableSession, type ResumeOptions, ResumeRefused } from './options.js';
import { webTransports } from './webtransport.js';

type Alarm = 'ack' | 'pause' | 'away' | 'silence' | 'greeting' | 'leave';

const ACK_AFTER_MESSAGES = 64;
const ACK_AFTER_LENGTH = 64 << 10;
const ACK_AFTER_MILLIS = 200;
const HANDSHAKE_MILLIS = 10_000;
const GRACE_BY_SILENCE = 4;
const LEAST_SILENCE_MILLIS = 1_000;

/**
 * A session with the server at `url` (`ws:` or `wss:`, or `https:` for WebTransport) that goes on over another connection when one is cut: each message arrives once and in order, so each call has its effect once, and
 * all objects stay usable. Calls can be made at once, and while there is no connection.
 *
 * The first connection is made once: if there is none, or the server does not resume sessions, the session fails at once.
 */
export function resumable<T extends RpcCompatible<T> = any>(url: string | URL, options: ResumeOptions = {}): ResumableSession<T> {
  const transport = new ResumableTransport(String(url), options);
  const session = new RpcSession<T>(transport, options.localMain, options.session);
  const main = session.getRemoteMain() as RpcStub<T>;
  const close = () => {
    transport.closing = true;
    (main as unknown as Disposable)[Symbol.dispose]();
  };
  return {
    main,
    closed: transport.closed,
    get connections() {
      return transport.connections;
    },
    stats: () => session.getStats(),
    close,
    [Symbol.dispose]: close,
  };
}

/** The transport alone, for a session of one's own making. */
export class ResumableTransport implements RpcTransport {
  /** As {@link ResumableSession.closed}. */
  readonly closed: Promise<Error | undefined>;
  /** Connections there were. */
  connections = 0;
  /** The session's end is its owner's wish, and no failure. */
  closing = false;

  readonly #dialer: Dialer;
  readonly #options: ResumeOptions;
  readonly #backoff: Backoff;
  readonly #kept: Kept;
  #settleClosed: (why: Error | undefined) => void = () => {};

  #connection: Connection | undefined;
  /** The first word was said over the newest connection. */
  #asked = false;
  #attached = false;
  #token: string | undefined;
  #over: Error | undefined;
  /** The session is over, and the server is still to be told. */
  #leaving = false;

  #received = 0;
  #acknowledged = 0;
  #lengthNotAcknowledged = 0;
  readonly #queue: string[] = [];
  #waiting: { resolve: (message: string) => void; reject: (why: Error) => void } | undefined;

  #heard = false;
  #pings = 0;
  #attachedAt = 0;
  #silenceMillis: number;
  #why: Error | undefined;
  readonly #timers = new Map<Alarm, ReturnType<typeof setTimeout>>();
  readonly #dialNow = () => {
    if (this.#timers.has('pause')) {
      this.#dial(false);
    }
  };

  constructor(url: string, options: ResumeOptions = {}) {
    this.#options = options;
    this.#dialer = /^https:/i.test(url) ? webTransports(url, options) : webSockets(url, options.WebSocket ?? globalThis.WebSocket);
    this.#backoff = new Backoff(options);
    this.#kept = new Kept(options.keptLength ?? 16 << 20);
    this.#silenceMillis = options.silenceMillis ?? 30_000;
    this.closed = new Promise(resolve => {
      this.#settleClosed = resolve;
    });
    // In a browser: the network is back, so there is no use in waiting longer.
    globalThis.addEventListener?.('online', this.#dialNow);
    this.#mayBeAway();
    this.#dial(true);
  }

  // ---- for the session

  send(message: string): void {
    if (this.#over) {
      return;
    }
    if (this.#attached) {
      this.#connection?.send(message);
    }
    this.#kept.add(message);
    while (this.#kept.isTooMuch()) {
      if (!this.#attached) {
        this.#kept.clear();
        this.#finish(new Error('the server is away, and more waits for it than can be kept'), false, true);
        return;
      }
      this.#kept.forgetOldest();
    }
  }

  receive(): Promise<string> {
    const next = this.#queue.shift();
    if (next !== undefined) {
      return Promise.resolve(next);
    }
    return this.#over
      ? Promise.reject(this.#over)
      : new Promise((resolve, reject) => {
          this.#waiting = { resolve, reject };
        });
  }

  abort(reason: unknown): void {
    const untold = !this.#attached;
    if (!untold) {
      this.#say({ close: '' });
    } else if (!this.closing) {
      this.#kept.clear();
    }
    this.#finish(reason instanceof Error ? reason : new Error(String(reason)), this.closing, untold);
  }

  // ---- connections

  #dial(first: boolean): void {
    this.#stop('pause');
    if (!this.#leaving) {
      this.#options.onState?.('connecting', this.#why);
    }
    this.#asked = false;
    // What an old connection still has to tell concerns nobody.
    const current = () => this.#connection === connection && (!this.#over || this.#leaving);
    const cut = (why: Error) => {
      this.#drop();
      if (why instanceof Mistake && !this.#over) {
        this.#kept.clear();
        this.#finish(why, false, true);
      } else if (first && !this.#asked) {
        this.#finish(why);
      } else {
        this.#retry(why);
      }
    };
    let connection: Connection;
    try {
      connection = this.#dialer({
        opened: () => {
          if (current()) {
            this.#asked = true;
            this.connections++;
            this.#say(this.#token === undefined ? { new: true } : { resume: this.#token, received: this.#received });
          }
        },
        received: message => {
          if (current()) {
            this.#heardOf(message);
          }
        },
        closed: why => {
          if (current()) {
            cut(why);
          }
        },
      });
    } catch (e) {
      this.#finish(e as Error);
      this.#left();
      return;
    }
    this.#connection = connection;
    this.#start('greeting', this.#options.handshakeMillis ?? HANDSHAKE_MILLIS, () => cut(new Error('the server has not answered in time')));
  }

  /** Forgets the connection, which may be gone or not. */
  #drop(): void {
    const connection = this.#connection;
    if (this.#attached) {
      this.#backoff.lasted(Date.now() - this.#attachedAt);
      this.#mayBeAway();
    }
    this.#connection = undefined;
    this.#attached = false;
    this.#stop('greeting');
    this.#stop('ack');
    this.#stop('silence');
    connection?.drop();
  }

  #retry(why: Error): void {
    if (this.#leaving) {
      this.#left();
      return;
    }
    this.#why = why;
    const delay = this.#backoff.failed();
    this.#start('pause', delay, () => this.#dial(false));
    this.#options.onState?.('connecting', why);
  }

  #mayBeAway(): void {
    const away = this.#options.awayMillis ?? 120_000;
    this.#start('away', away, () => {
      this.#finish(new Error(`the server could not be reached again within ${away} ms: ${this.#why?.message ?? 'it does not answer'}`));
    });
  }

  // ---- what comes

  #heardOf(data: unknown): void {
    this.#heard = true;
    try {
      this.#hear(data);
    } catch (e) {
      this.#say({ refused: 'protocol', reason: (e as Error).message });
      this.#finish(new ResumeRefused('protocol', `the server makes no sense: ${(e as Error).message}`));
      this.#left();
    }
  }

  #hear(data: unknown): void {
    if (typeof data !== 'string') {
      throw new Error('a message is text');
    }
    if (data[0] === '{') {
      this.#control(readControl(data));
    } else if (!this.#attached && this.#token === undefined) {
      // Over WebTransport a server does not say before whether it will.
      this.#finish(new Error('the server does not resume sessions'));
    } else if (!this.#attached) {
      throw new Error("a server's first word is a token, or why there is none");
    } else {
      this.#message(data);
    }
  }

  #message(message: string): void {
    this.#received++;
    this.#lengthNotAcknowledged += message.length;
    if (this.#received - this.#acknowledged >= ACK_AFTER_MESSAGES || this.#lengthNotAcknowledged >= ACK_AFTER_LENGTH) {
      this.#ack();
    } else if (!this.#timers.has('ack')) {
      this.#start('ack', ACK_AFTER_MILLIS, () => this.#ack());
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) {
      waiting.resolve(message);
    } else {
      this.#queue.push(message);
    }
  }

  #ack(): void {
    this.#stop('ack');
    this.#acknowledged = this.#received;
    this.#lengthNotAcknowledged = 0;
    this.#say({ ack: this.#received });
  }

  #control(said: Control): void {
    switch (said.kind) {
      case 'token':
        if (said.received === undefined) {
          this.#mustBe(this.#attached);
          this.#token = said.token;
        } else {
          this.#mustBe(!this.#attached);
          if (this.#leaving) {
            this.#sayGoodbye(said.received);
            break;
          }
          this.#welcome(said.token, said.received, said.grace);
        }
        this.#say({ confirm: said.generation });
        if (said.received !== undefined) {
          this.#replay();
        }
        break;
      case 'refused':
        this.#finish(new ResumeRefused(said.refused, said.reason));
        this.#left();
        break;
      case 'ack':
        this.#mustBe(this.#attached);
        this.#kept.acknowledge(said.received);
        break;
      case 'ping':
        this.#say({ pong: said.id });
        break;
      case 'pong':
        break;
      case 'close':
        this.#mustBe(this.#attached);
        this.#finish(said.reason === '' ? new Error('Peer disconnected.') : new Error(said.reason), said.reason === '');
        break;
    }
  }

  #mustBe(possible: boolean): void {
    if (!possible) {
      throw new Error('this cannot be said now');
    }
  }

  #welcome(token: string, received: number, grace: number): void {
    if (!this.#kept.reaches(received)) {
      throw new Error(`of what was sent ${received} messages cannot have come, or what came after them is not kept`);
    }
    this.#kept.acknowledge(received);
    this.#token = token;
    this.#stop('away');
    this.#stop('greeting');
    this.#attachedAt = Date.now();
    this.#acknowledged = this.#received;
    this.#lengthNotAcknowledged = 0;
    // A cut that only the server has noticed is to be found before the grace period is over.
    this.#silenceMillis = Math.min(this.#silenceMillis, Math.max(LEAST_SILENCE_MILLIS, grace / GRACE_BY_SILENCE));
    this.#watch();
  }

  #replay(): void {
    this.#attached = true;
    this.#why = undefined;
    for (const message of this.#kept.messages()) {
      this.#connection?.send(message);
    }
    this.#options.onState?.('connected');
  }

  #watch(): void {
    this.#heard = false;
    this.#start('silence', this.#silenceMillis, () => {
      if (this.#heard) {
        this.#watch();
        return;
      }
      this.#say({ ping: ++this.#pings });
      this.#start('silence', this.#silenceMillis, () => {
        if (this.#heard) {
          this.#watch();
        } else {
          this.#drop();
          this.#retry(new Error('the server has not answered a ping: it is gone, or the network to it is'));
        }
      });
    });
  }

  // ---- the end

  #say(control: object): void {
    this.#connection?.send(JSON.stringify(control));
  }

  /** The session is over here at once. If the server is `untold`, since there is no connection, one attempt is made to tell it. */
  #finish(why: Error, clean = false, untold = false): void {
    if (this.#over) {
      return;
    }
    this.#over = why;
    globalThis.removeEventListener?.('online', this.#dialNow);
    for (const name of [...this.#timers.keys()]) {
      if (name !== 'greeting') {
        this.#stop(name);
      }
    }
    this.#attached = false;
    this.#leaving = untold && (this.#token !== undefined || (this.#connection !== undefined && this.#asked));
    if (!this.#leaving) {
      this.#left();
    } else {
      this.#start('leave', this.#options.handshakeMillis ?? HANDSHAKE_MILLIS, () => this.#left());
      if (!this.#connection) {
        this.#dial(false);
      }
    }
    this.#waiting?.reject(why);
    this.#waiting = undefined;
    this.#settleClosed(clean ? undefined : why);
    this.#options.onState?.('closed', clean ? undefined : why);
  }

  /** What was sent before the end, as far as the server does not have it, and the end. */
  #sayGoodbye(received: number): void {
    if (this.#kept.reaches(received)) {
      this.#kept.acknowledge(received);
      for (const message of this.#kept.messages()) {
        this.#connection?.send(message);
      }
    }
    this.#say({ close: '' });
    this.#left();
  }

  /** Nothing is waited for any more. */
  #left(): void {
    this.#leaving = false;
    this.#stop('greeting');
    this.#stop('leave');
    this.#kept.clear();
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.end();
  }

  #start(name: Alarm, millis: number, action: () => void): void {
    this.#stop(name);
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      action();
    }, millis);
    this.#timers.set(name, timer);
  }

  #stop(name: Alarm): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}
