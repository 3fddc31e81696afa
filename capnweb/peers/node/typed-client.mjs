// typed-client.mjs PORT: calls the shop at that port, an interface and records of Java, over a WebSocket, and prints a line of JSON for each thing it tries; at last the sizes of
// its tables, when all that it got was given back.
import { WebSocket } from 'ws';
globalThis.WebSocket ??= WebSocket;
const { RpcSession, RpcTarget, WebSocketTransport } = await import('capnweb');

const socket = new WebSocket(`ws://127.0.0.1:${process.argv[2]}/`, { perMessageDeflate: false });
await new Promise((resolve, reject) => { socket.once('open', resolve); socket.once('error', reject); });
const session = new RpcSession(new WebSocketTransport(socket));
const shop = session.getRemoteMain();
const tell = (name, value) => console.log(JSON.stringify([name, value]));
const told = async (name, work) => {
  try { tell(name, await work()); } catch (e) { tell(name, { failed: e?.name ?? typeof e, message: e?.message ?? String(e) }); }
};
const giveBack = (...all) => all.forEach(each => each[Symbol.dispose]());
const stream = (...chunks) => new ReadableStream({ start(c) { chunks.forEach(each => c.enqueue(each)); c.close(); } });

const bread = { name: 'bread', cents: 250, kind: 'FOOD', since: new Date(1000), tags: ['fresh'], sold: 12345678901234567890n };
await told('record', async () => { const got = await shop.item('bread'); return [got.name, got.cents, got.kind, got.since.getTime(), got.tags, String(got.sold), 'note' in got]; });
await told('records back', () => shop.total([bread, { ...bread, cents: 1, note: 'old' }]));
await told('wrong record', () => shop.total([bread, { ...bread, cents: 'much' }]));
await told('too few arguments', () => shop.item());
await told('not in the interface', () => shop.secret());
await told('declared', () => shop.item('gold'));
await told('failure', () => shop.item('later'));
await told('bug', () => shop.item(''));
await told('object', async () => {
  const cart = await shop.open('Ann');
  const got = [await cart.add('bread', 2), await cart.add('salt', 1), await cart.owner];
  giveBack(cart);
  return got;
});
await told('pipelined', async () => {
  const cart = shop.open('Bob'), token = shop.token(), item = shop.item('bread');
  const got = await Promise.all([cart.add('bread', 1), cart.owner, shop.length(token), item.tags]);
  giveBack(cart, token, item);
  return got;
});
await told('object back', async () => {
  const cart = shop.open('Cy');
  await cart.add('bread', 3);
  const got = [await shop.pay(cart), await shop.pay(new (class extends RpcTarget { add() { return 5; } get owner() { return 'Node'; } })())];
  giveBack(cart);
  return got;
});
await told('callback with a result', () => shop.priced(item => item.cents * 2, 'bread'));
await told('callback that fails', () => shop.priced(() => { throw new RangeError('no price'); }, 'bread'));
await told('callback that is kept', async () => {
  const heard = [];
  await shop.watch(text => { heard.push(text); });
  await shop.say('one');
  await shop.say('two');
  await shop.unwatch();
  return heard;
});
await told('method as callback', () => shop.priced(shop.priceOf, 'bread'));
await told('method read', async () => { const priceOf = await shop.priceOf; const got = await priceOf(bread); giveBack(priceOf); return got; });
await told('function as result', async () => { const rebate = await shop.rebate(10); const got = [await rebate(100), await rebate(50)]; giveBack(rebate); return got; });
await told('items', async () => { const out = []; for await (const item of await shop.items(3)) { out.push(item.name); } return out; });
await told('sum', () => shop.sum(stream(1, 2, 39)));
await told('wrong chunk', () => shop.sum(stream(1, 'x')));
await told('bytes', () => shop.count(stream(new Uint8Array(100000), new Uint8Array([1]))));
await told('bytes back', async () => { let n = 0; for await (const chunk of await shop.zeros(200000)) { n += chunk.length; } return n; });
await told('published', async () => { const out = []; for await (const text of await shop.news(stream('a', 'b'))) { out.push(text); } return out; });
await told('map', async () => { const names = shop.names(); const got = await names.map(name => shop.item(name)); giveBack(names); return got.map(each => each.name); });
for (let i = 0; i < 200 && JSON.stringify(session.getStats()) !== '{"imports":1,"exports":1}'; i++) { await new Promise(resolve => setTimeout(resolve, 10)); }
tell('tables', session.getStats());
giveBack(shop);
