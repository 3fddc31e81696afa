import { RpcSession, type RpcCompatible, type RpcSessionOptions, type RpcStub, type RpcTransport } from 'capnweb';
import { type Dialer } from './connection.js';
import { type LineOptions, Lines } from './lines.js';

/** The parameter in the query of an address with which a client of WebTransport asks for sessions that outlive their connections. */
export const QUERY = 'capnweb=resume.v1';

/**
 * Carries a session of npm's capnweb over WebTransport, to a server that speaks Cap'n Web as lines of one stream in both directions, as Capstan's does. The connection is begun at once; messages wait for it.
 *
 * What was sent before the session's end is delivered: the stream is ended, and the server ends the connection.
 */
export class WebTransportTransport implements RpcTransport {
  readonly #lines: Lines;

  /** `url` begins with `https:`. */
  constructor(url: string | URL, options: LineOptions = {}) {
    this.#lines = new Lines(String(url), options);
  }

  /** Settles when there is a connection; rejects if there will be none. */
  get opened(): Promise<void> {
    return this.#lines.opened;
  }

  send(message: string): Promise<void> {
    return this.#lines.send(message);
  }

  receive(): Promise<string> {
    return this.#lines.receive();
  }

  abort(): void {
    this.#lines.end();
  }

  /** Closes the connection now, as if it were cut. */
  close(): void {
    this.#lines.drop();
  }
}

/**
 * A session with the server at `url` (`https:`) over WebTransport; what the server offers, which can be called at once. As `newWebSocketRpcSession` of npm's capnweb: disposing it ends the session, and
 * with the connection the session is lost. For sessions that outlive their connections see `resumable`.
 */
export function newWebTransportRpcSession<T extends RpcCompatible<T> = any>(
  url: string | URL,
  localMain?: unknown,
  options: LineOptions & RpcSessionOptions = {},
): RpcStub<T> {
  return new RpcSession<T>(new WebTransportTransport(url, options), localMain, options).getRemoteMain() as RpcStub<T>;
}

/** Over WebTransport, asking for resumption. */
export function webTransports(url: string, options: LineOptions): Dialer {
  const asking = new URL(url);
  asking.search = asking.search === '' ? QUERY : `${asking.search}&${QUERY}`;
  return listener => {
    const lines = new Lines(String(asking), options);
    const pump = async () => {
      let next: Promise<unknown> = lines.opened;
      let opened = false;
      for (;;) {
        let message: unknown;
        try {
          message = await next;
        } catch (e) {
          listener.closed(e instanceof Error ? e : new Error(String(e)));
          return;
        }
        if (opened) {
          listener.received(message);
        } else {
          opened = true;
          listener.opened();
        }
        next = lines.receive();
      }
    };
    void pump();
    return {
      // A message that cannot be sent is one that does not arrive, and what comes tells why.
      send: message => void lines.send(message).catch(() => {}),
      end: () => lines.end(),
      drop: () => lines.drop(),
    };
  };
}
