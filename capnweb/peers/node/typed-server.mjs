// typed-server.mjs: the shop of typed-client.mjs, served from JavaScript over WebSockets. Prints "READY port". For each line on standard input it prints the sizes of the tables of all
// sessions; it ends when standard input does.
import http from 'node:http';
import readline from 'node:readline';
import { WebSocketServer, WebSocket } from 'ws';
globalThis.WebSocket ??= WebSocket;
const { RpcSession, RpcTarget, WebSocketTransport } = await import('capnweb');

class SoldOut extends Error { constructor(message) { super(message); this.name = 'SoldOut'; } }

class Cart extends RpcTarget {
  #cents = 0; #owner;
  constructor(owner) { super(); this.#owner = owner; }
  add(name, count) { return this.#cents += Shop.item(name).cents * count; }
  get owner() { return this.#owner; }
}

class Shop extends RpcTarget {
  #listener;
  static item(name) {
    if (name === 'gold') throw new SoldOut('no gold left');
    if (name === 'later') throw new Error('come back later');
    if (name === '') throw new TypeError('a name is not empty');
    if (name === 'odd') return { name, cents: 1.5, kind: 'FOOD', since: new Date(0), tags: [], sold: 0n };
    return { name, cents: name.length * 50, kind: 'FOOD', since: new Date(1000), tags: ['fresh'], sold: 12345678901234567890n };
  }
  item(name) { return Shop.item(name); }
  total(items) { return items.reduce((sum, each) => sum + each.cents, 0); }
  names() { return ['bread', 'salt']; }
  open(owner) { return new Cart(owner); }
  token() { return 'abc'; }
  length(text) { return text.length; }
  async pay(cart) { return `${await cart.owner} pays ${await cart.add('salt', 0)}`; }
  async priced(price, name) { return await price(Shop.item(name)); }
  priceOf(item) { return item.cents; }
  rebate(percent) { return cents => cents * (100 - percent) / 100; }
  watch(listener) { this.#listener = listener.dup(); }
  async say(text) { await this.#listener(text); }
  unwatch() { this.#listener[Symbol.dispose](); }
  items(n) { let i = 0; return new ReadableStream({ pull(c) { if (i < n) c.enqueue(Shop.item('n' + i++)); else c.close(); } }); }
  async sum(numbers) { let sum = 0; for await (const n of numbers) sum += n; return sum; }
  async count(bytes) { let n = 0; for await (const chunk of bytes) n += chunk.length; return n; }
  zeros(n) { return new ReadableStream({ start(c) { c.enqueue(new Uint8Array(n)); c.close(); } }); }
  news(texts) {
    const reader = texts.getReader();
    return new ReadableStream({ async pull(c) { const { value, done } = await reader.read(); if (done) c.close(); else c.enqueue('news: ' + value); } });
  }
}

const sessions = new Set();
const server = http.createServer();
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', socket => {
  const session = new RpcSession(new WebSocketTransport(socket), new Shop());
  sessions.add(session);
  session.getRemoteMain().onRpcBroken(() => sessions.delete(session));
});
server.listen(0, '127.0.0.1', () => console.log(`READY ${server.address().port}`));
const lines = readline.createInterface({ input: process.stdin });
lines.on('line', () => console.log(JSON.stringify([...sessions].map(session => session.getStats()))));
lines.on('close', () => process.exit(0));
