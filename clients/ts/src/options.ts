import type { RpcCompatible, RpcSessionOptions, RpcStub } from 'capnweb';
import type { BackoffOptions } from './backoff.js';
import type { LineOptions } from './lines.js';

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
export interface ResumeOptions extends BackoffOptions, LineOptions {
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
  /**
   * Ends the session on both sides, behind what was called before. While there is no connection, one attempt is made to tell the server, which otherwise finds out by its grace period; it takes
   * `handshakeMillis` at most, and `closed` does not wait for it.
   */
  close(): void;
}
