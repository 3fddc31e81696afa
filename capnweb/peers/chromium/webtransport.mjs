// A transport for sessions of npm capnweb over WebTransport: a message is a line of one stream in both directions.
export class WebTransportTransport {
  #session;
  #writer;
  #reader;
  #decoder = new TextDecoder();
  #encoder = new TextEncoder();
  #lines = [];
  #begun = [];

  // options as for new WebTransport(), such as serverCertificateHashes.
  static async connect(url, options) {
    const session = new WebTransport(url, options);
    session.closed.catch(() => {});
    await session.ready;
    return new WebTransportTransport(session, await session.createBidirectionalStream());
  }

  constructor(session, stream) {
    this.#session = session;
    this.#writer = stream.writable.getWriter();
    this.#reader = stream.readable.getReader();
  }

  send(message) {
    return this.#writer.write(this.#encoder.encode(message + '\n'));
  }

  async receive() {
    while (this.#lines.length === 0) {
      const { value, done } = await this.#reader.read();
      if (done) {
        throw new Error('Peer closed WebTransport.');
      }
      const parts = this.#decoder.decode(value, { stream: true }).split('\n');
      // A long line comes in many pieces: they are joined once.
      for (const part of parts.slice(0, -1)) {
        this.#lines.push(this.#begun.join('') + part);
        this.#begun = [];
      }
      this.#begun.push(parts.at(-1));
    }
    return this.#lines.shift();
  }

  // What was sent before is delivered: the stream is ended, and the peer ends the session.
  abort() {
    this.#writer.close().catch(() => {});
  }

  // Closes without a session's doing.
  close(info) {
    this.#session.close(info);
  }
}
