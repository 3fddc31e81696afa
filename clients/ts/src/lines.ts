/** What `new WebTransport` is told, such as `serverCertificateHashes`; asked for anew for each connection if it is a function, since hashes change when certificates do. */
export type TransportOptions = WebTransportOptions | (() => WebTransportOptions | Promise<WebTransportOptions>);

/** How connections over WebTransport are made; everything may be left out. */
export interface LineOptions {
  /** For the runtime's `WebTransport`. */
  transport?: TransportOptions;
  /** Makes the connections; the runtime's own unless given. */
  WebTransport?: new (url: string, options?: WebTransportOptions) => WebTransport;
  /** UTF-16 code units that a message of the server may have; 32 Mi. A longer one ends the session. */
  messageLength?: number;
}

/** What came from the server cannot be read. It would say the same again over another connection. */
export class Mistake extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'Mistake';
  }
}

/** How long a server has to end a connection that we have ended. */
const END_MILLIS = 5_000;

/** Messages over WebTransport: each is a line of one stream in both directions. The connection is begun at once. */
export class Lines {
  /** Settles when there is a connection; rejects if there will be none. */
  readonly opened: Promise<void>;

  readonly #messageLength: number;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #lines: string[] = [];
  #session: WebTransport | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #begun: string[] = [];
  #begunLength = 0;
  #dropped = false;
  #ended = false;

  constructor(url: string, options: LineOptions) {
    this.#messageLength = options.messageLength ?? 32 << 20;
    this.opened = this.#open(url, options);
    this.opened.catch(() => {});
  }

  async #open(url: string, options: LineOptions): Promise<void> {
    const Transport = options.WebTransport ?? globalThis.WebTransport;
    if (!Transport) {
      throw new Error('this runtime has no WebTransport: use a WebSocket (ws: or wss:)');
    }
    const asked = typeof options.transport === 'function' ? await options.transport() : options.transport;
    this.#mustBeWanted();
    const session = new Transport(url, asked);
    this.#session = session;
    session.closed.catch(() => {});
    try {
      await session.ready;
      const stream = await session.createBidirectionalStream();
      this.#writer = stream.writable.getWriter();
      this.#reader = stream.readable.getReader();
    } catch (e) {
      session.close();
      throw e;
    }
    this.#mustBeWanted();
  }

  #mustBeWanted(): void {
    if (this.#dropped) {
      throw new Error('the connection was given up');
    }
  }

  /** Settles when the runtime has taken the message; waits for the connection. */
  async send(message: string): Promise<void> {
    // Always behind the same promise, so that messages keep their order.
    await this.opened;
    await this.#writer!.write(this.#encoder.encode(`${message}\n`));
  }

  /** The next message; one at a time. Rejects when there will be none, with a {@link Mistake} if what came cannot be read. */
  async receive(): Promise<string> {
    await this.opened;
    while (this.#lines.length === 0) {
      const { value, done } = await this.#reader!.read();
      if (done) {
        throw new Error(this.#begunLength > 0 ? 'the connection was ended within a message' : 'the connection was ended by the server');
      }
      try {
        this.#take(this.#decode(value));
      } catch (e) {
        this.drop();
        throw e;
      }
    }
    return this.#lines.shift()!;
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes, { stream: true });
    } catch (e) {
      throw new Mistake(`a message of the server cannot be read: ${(e as Error).message}`, { cause: e });
    }
  }

  #take(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.#begin(text.slice(from, end));
      // A long line comes in many pieces: they are joined once.
      this.#lines.push(this.#begun.join(''));
      this.#begun = [];
      this.#begunLength = 0;
      from = end + 1;
    }
    this.#begin(text.slice(from));
  }

  #begin(piece: string): void {
    this.#begunLength += piece.length;
    if (this.#begunLength > this.#messageLength) {
      throw new Mistake(`a message of the server has more than ${this.#messageLength} characters, which is the limit 'messageLength'`);
    }
    if (piece !== '') {
      this.#begun.push(piece);
    }
  }

  /** Ends our half of the stream behind what was sent; a server that does not end the connection for that loses it. */
  end(): void {
    if (this.#ended || this.#dropped) {
      return;
    }
    this.#ended = true;
    this.opened.then(
      () => {
        const late = setTimeout(() => this.drop(), END_MILLIS);
        this.#session!.closed.catch(() => {}).then(() => clearTimeout(late));
        this.#writer!.close().catch(() => this.drop());
      },
      () => {},
    );
  }

  /** Ends the connection now, also before it is there. */
  drop(): void {
    this.#dropped = true;
    this.#session?.close();
  }
}
