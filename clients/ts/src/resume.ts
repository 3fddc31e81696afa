import { RpcSession, type RpcCompatible, type RpcSessionOptions, type RpcStub, type RpcTransport } from 'capnweb';
import { Backoff, type BackoffOptions } from './backoff.js';
import { type Control, readControl } from './control.js';
import { Kept } from './kept.js';

/** The subprotocol of WebSockets with which a client asks for sessions that outlive them. */
export const SUBPROTOCOL = 'capnweb.resume.v1';

/** Why a server does not go on with a session: the protocol's words, of which later servers may have more. */
export type Refusal = 'expired' | 'forged' | 'foreign' | 'reused' | 'unknown' | 'lost' | 'protocol' | 'full' | (string & {});

/** The session has ended because one side does not go on with it. */
export class ResumeRefused extends Error {
  /** Why, for programs. */
  readonly refusal: Refusal;

  constructor(refusal: Refusal, reason: string) {
    super(`the server does not go on with the session (${refusal}): ${reason}`);
    this.name = 'ResumeRefused';
    this.refusal = refusal;
  }
}

/** Where a session stands: it has a connection, is looking for one, or is over. */
export type ResumeState = 'connecting' | 'connected' | 'closed';

/** How a session is held; everything may be left out. Times are milliseconds. */
export interface ResumeOptions extends BackoffOptions {
  /** What the server may call first. */
  localMain?: unknown;
  /** Options of npm's session. */
  session?: RpcSessionOptions;
  /** Makes sockets; the runtime's own unless given. */
  WebSocket?: new (url: string, protocols: string) => WebSocket;
  /** How long a connection is looked for before the session ends; 2 minutes. */
  awayMillis?: number;
  /** How long a server has to answer a new connection; 10 s. */
  handshakeMillis?: number;
  /** Silence after which the server is asked for a sign of life, and the time that it has to give one; 30 s, and no more than a quarter of the server's grace period. */
  silenceMillis?: number;
  /** UTF-16 code units of messages that are kept until the server has acknowledged them; 16 Mi. While there is no connection, more than that ends the session. */
  keptLength?: number;
  /** Told whenever the state changes; with the reason if there is one. */
  onState?: (state: ResumeState, why?: Error) => void;
}

/** A session that outlives its connections. */
export interface ResumableSession<T extends RpcCompatible<T>> extends Disposable {
  /** The server's main object; disposing it ends the session, as with npm's sessions. */
  readonly main: RpcStub<T>;
  /** Settles when the session is over: with nothing if it was closed, else with the reason. Never rejects. */
  readonly closed: Promise<Error | undefined>;
  /** Connections there were so far. */
  readonly connections: number;
  /** Sizes of the tables. */
  stats(): { imports: number; exports: number };
  /** Ends the session on both sides. */
  close(): void;
}

type Socket = WebSocket;

const ACK_AFTER_MESSAGES = 64;
const ACK_AFTER_LENGTH = 64 << 10;
const ACK_AFTER_MILLIS = 200;
const GRACE_BY_SILENCE = 4;
const LEAST_SILENCE_MILLIS = 1_000;

/**
 * A session with the server at `url` (`ws:` or `wss:`) that goes on over another connection when one is cut: each message arrives once and in order, so each call has its effect once, and
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

  readonly #url: string;
  readonly #options: ResumeOptions;
  readonly #backoff: Backoff;
  readonly #kept: Kept;
  #settleClosed: (why: Error | undefined) => void = () => {};

  #socket: Socket | undefined;
  #attached = false;
  #token: string | undefined;
  #over: Error | undefined;

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
  readonly #timers = new Map<'ack' | 'pause' | 'away' | 'silence', ReturnType<typeof setTimeout>>();
  readonly #dialNow = () => {
    if (this.#timers.has('pause')) {
      this.#dial(false);
    }
  };

  constructor(url: string, options: ResumeOptions = {}) {
    this.#url = url;
    this.#options = options;
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
      this.#socket?.send(message);
    }
    this.#kept.add(message);
    while (this.#kept.isTooMuch()) {
      if (!this.#attached) {
        this.#finish(new Error('the server is away, and more waits for it than can be kept'));
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
    this.#say({ close: '' });
    this.#finish(reason instanceof Error ? reason : new Error(String(reason)), this.closing);
  }

  // ---- connections

  #dial(first: boolean): void {
    this.#stop('pause');
    this.#options.onState?.('connecting', this.#why);
    const Socket = this.#options.WebSocket ?? globalThis.WebSocket;
    let socket: Socket;
    try {
      socket = new Socket(this.#url, SUBPROTOCOL);
    } catch (e) {
      this.#finish(e as Error);
      return;
    }
    this.#socket = socket;
    let opened = false;
    let silent: ReturnType<typeof setTimeout> | undefined;
    // What an old socket still has to tell concerns nobody.
    const current = (work: (event: any) => void) => (event: unknown) => {
      if (this.#socket === socket && !this.#over) {
        work(event);
      }
    };
    const cut = (why: Error) => {
      clearTimeout(silent);
      this.#drop();
      if (!opened && first) {
        this.#finish(why);
      } else {
        this.#retry(why);
      }
    };
    silent = setTimeout(
      current(() => cut(new Error('the server has not answered in time'))),
      this.#options.handshakeMillis ?? 10_000,
    );
    socket.addEventListener(
      'open',
      current(() => {
        opened = true;
        this.connections++;
        this.#say(this.#token === undefined ? { new: true } : { resume: this.#token, received: this.#received });
      }),
    );
    socket.addEventListener(
      'message',
      current(event => {
        this.#heard = true;
        try {
          if (this.#hear(event.data)) {
            clearTimeout(silent);
          }
        } catch (e) {
          this.#say({ refused: 'protocol', reason: (e as Error).message });
          this.#finish(new ResumeRefused('protocol', `the server makes no sense: ${(e as Error).message}`));
        }
      }),
    );
    socket.addEventListener('error', () => {});
    socket.addEventListener(
      'close',
      current(event => cut(new Error(opened ? `the connection was closed: ${event.code}` : 'there is no connection, or the server does not resume sessions'))),
    );
  }

  /** Forgets the socket, whose connection may be gone or not. */
  #drop(): void {
    const socket = this.#socket;
    if (this.#attached) {
      this.#backoff.lasted(Date.now() - this.#attachedAt);
      this.#mayBeAway();
    }
    this.#socket = undefined;
    this.#attached = false;
    this.#stop('ack');
    this.#stop('silence');
    socket?.close();
  }

  #retry(why: Error): void {
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

  /** Whether the session goes on over this connection. */
  #hear(data: unknown): boolean {
    if (typeof data !== 'string') {
      throw new Error('a message is text');
    }
    if (data[0] === '{') {
      this.#control(readControl(data));
    } else if (!this.#attached) {
      throw new Error("a server's first word is a token, or why there is none");
    } else {
      this.#message(data);
    }
    return this.#attached || this.#over !== undefined;
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
          this.#welcome(said.token, said.received, said.grace);
        }
        this.#say({ confirm: said.generation });
        if (said.received !== undefined) {
          this.#replay();
        }
        break;
      case 'refused':
        this.#finish(new ResumeRefused(said.refused, said.reason));
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
      this.#socket?.send(message);
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
    if (this.#socket?.readyState === 1) {
      this.#socket.send(JSON.stringify(control));
    }
  }

  #finish(why: Error, clean = false): void {
    if (this.#over) {
      return;
    }
    this.#over = why;
    globalThis.removeEventListener?.('online', this.#dialNow);
    for (const name of [...this.#timers.keys()]) {
      this.#stop(name);
    }
    this.#kept.clear();
    const socket = this.#socket;
    this.#socket = undefined;
    this.#attached = false;
    socket?.close();
    this.#waiting?.reject(why);
    this.#waiting = undefined;
    this.#settleClosed(clean ? undefined : why);
    this.#options.onState?.('closed', clean ? undefined : why);
  }

  #start(name: 'ack' | 'pause' | 'away' | 'silence', millis: number, action: () => void): void {
    this.#stop(name);
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      action();
    }, millis);
    this.#timers.set(name, timer);
  }

  #stop(name: 'ack' | 'pause' | 'away' | 'silence'): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}
