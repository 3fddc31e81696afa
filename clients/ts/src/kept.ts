/** Messages that were sent and that the server has not acknowledged, numbered from 0 on. */
export class Kept {
  readonly #most: number;
  #messages: string[] = [];
  #first = 0;
  #acknowledged = 0;
  #length = 0;

  /** `most` is in UTF-16 code units. */
  constructor(most: number) {
    this.#most = most;
  }

  add(message: string): void {
    this.#messages.push(message);
    this.#length += message.length;
  }

  isTooMuch(): boolean {
    return this.#length > this.#most && this.#messages.length > 0;
  }

  /** It cannot be sent again. */
  forgetOldest(): void {
    this.#forget(1);
  }

  #forget(count: number): void {
    for (const message of this.#messages.splice(0, count)) {
      this.#length -= message.length;
      this.#first++;
    }
  }

  /** Whether the server can have `count` messages and all after them are here. */
  reaches(count: number): boolean {
    return count >= this.#first && this.#mayHave(count);
  }

  #mayHave(count: number): boolean {
    return count >= this.#acknowledged && count <= this.#first + this.#messages.length;
  }

  /** The server has `count` messages. */
  acknowledge(count: number): void {
    if (!this.#mayHave(count)) {
      throw new Error(`'ack' cannot be ${count}`);
    }
    this.#acknowledged = count;
    this.#forget(Math.max(0, count - this.#first));
  }

  messages(): readonly string[] {
    return this.#messages;
  }

  clear(): void {
    this.#messages = [];
    this.#length = 0;
  }
}
