/** The subprotocol of WebSockets with which a client asks for sessions that outlive them. */
export const SUBPROTOCOL = 'capnweb.resume.v1';

/** One connection of a session: texts in both directions, in their order. */
export interface Connection {
  /** Ignored unless the connection is open. */
  send(message: string): void;
  /** Ends it after what was sent. */
  end(): void;
  /** Ends it now: it is not believed to live any more. */
  drop(): void;
}

/** Told, never while the connection is being made, what becomes of it: `opened` first and `closed` last, each at most once. */
export interface ConnectionListener {
  opened(): void;
  received(message: unknown): void;
  closed(why: Error): void;
}

/** Begins a connection; throws if it cannot even be tried. */
export type Dialer = (listener: ConnectionListener) => Connection;

/** Why there may be no connection at all; runtimes do not tell pages. */
export const NO_CONNECTION = 'there is no connection, or the server does not resume sessions';

/** Over WebSockets that ask for resumption. */
export function webSockets(url: string, Socket: new (url: string, protocols: string) => WebSocket): Dialer {
  return listener => {
    const socket = new Socket(url, SUBPROTOCOL);
    let opened = false;
    let told = '';
    socket.addEventListener('open', () => {
      opened = true;
      listener.opened();
    });
    socket.addEventListener('message', event => listener.received(event.data));
    // Node tells what went wrong, browsers do not.
    socket.addEventListener('error', event => (told = (event as { message?: string }).message ?? ''));
    socket.addEventListener('close', event => listener.closed(new Error(opened ? `the connection was closed: ${event.code}` : `${NO_CONNECTION} (${url.replace(/[?#].*/, '')})${told && `: ${told}`}`)));
    const close = () => socket.close();
    return {
      send: message => {
        if (socket.readyState === 1) {
          socket.send(message);
        }
      },
      end: close,
      drop: close,
    };
  };
}
