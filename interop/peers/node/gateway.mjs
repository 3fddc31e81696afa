// gateway.mjs URL: calls the C++ Peer of probe.capnp through a gateway at that WebSocket address, and prints a line of JSON for each thing that it has tried. Ends when it has given everything back.
import { WebSocket } from 'ws';
const frames = [];
globalThis.WebSocket = class extends WebSocket {
  constructor(to) {
    super(to, { perMessageDeflate: false });
    this.on('message', () => frames.push('<'));
  }
  send(...all) { frames.push('>'); return super.send(...all); }
};
const { newWebSocketRpcSession, newHttpBatchRpcSession, RpcTarget } = await import('capnweb');

const url = process.argv[2];
const api = newWebSocketRpcSession(url);
const plain = value => JSON.parse(JSON.stringify(value, (key, each) =>
  typeof each === 'bigint' ? each + 'n' : typeof each === 'function' ? 'stub' : each));
const tell = (name, value) => console.log(JSON.stringify([name, plain(value)]));
const open = [];
const held = each => { open.push(each); return each; };
const told = async (name, work) => {
  try {
    tell(name, await work());
  } catch (e) { tell(name, { failed: e?.name ?? typeof e, message: e?.message ?? String(e), kind: e?.kind });
  } finally {
    open.splice(0).forEach(each => each[Symbol.dispose]?.());
  }
};
const until = async work => { for (let i = 0; i < 1000; i++) { const got = await work(); if (got) return got; await new Promise(go => setTimeout(go, 5)); } return 'never'; };

await told('ready', () => api.liveTokens());
await told('page', async () => {
  // snippet page
  const { token } = await api.newToken({ id: 7 });            // token.id() is {id: 7}, until token[Symbol.dispose]()
  const depth = await api.getNode().node.next().node.depth(); // {depth: 1}: one round trip on each side of the gateway
  const sum = await api.callBack(({ n }) => n * 2, 10);       // {sum: 90}: the C++ server calls the page
  // end snippet
  token[Symbol.dispose]();
  return { depth, sum };
});
await told('chain', async () => {
  frames.length = 0;
  const node = api.getNode(), next = node.node.next(), depth = next.node.depth();
  const got = await depth;
  // What was sent last gives the result back.
  const roundTrips = frames.join('').replace(/>+/g, '>').replace(/<+/g, '<').replace(/>$/, '');
  [node, next, depth].forEach(each => each[Symbol.dispose]());
  return { got, roundTrips };
});
await told('function as callback', () => api.callBack(({ n }) => 2n * BigInt(n), 10));
class Doubling extends RpcTarget { call({ n }) { return { m: 2 * n }; } }
await told('object as callback', () => api.callBack({ callback: new Doubling(), times: 10 }));
await told('object of functions as callback', () => api.callBack({ callback: { call: ({ n }) => ({ m: 3 * n }) }, times: 10 }));
await told('callback that throws', () => api.callBack({ callback: { call() { throw new RangeError('too far'); } }, times: 1 }));
for (const kind of ['failed', 'overloaded', 'disconnected', 'unimplemented']) {
  await told(kind, () => api.fail({ kind, reason: 'on purpose' }));
}
await told('unknown enumerant', () => api.fail({ kind: 'tired', reason: '' }));
await told('unions, groups and promises as arguments', async () => {
  const sum = held(api.getOperator({ op: 'add' }));
  const four = held(api.evaluate({ expression: { literal: 4 } }));
  const apply = { function: sum.func, arguments: [{ literal: 3 }, { previous: four.value }] };
  const value = held(api.evaluate({ expression: { apply } }));
  return value.value.read();
});
await told('a function in a union', async () => {
  const apply = { function: ({ arguments: [base, power] }) => base ** power, arguments: [{ literal: 2 }, { literal: 10 }] };
  const value = held(api.evaluate({ expression: { apply } }));
  return value.value.read();
});
await told('a bigint', async () => {
  const token = held(await api.newToken({ id: 2n ** 63n + 1n }));
  return token.token.id();
});
await told('what comes home', async () => {
  let calls = 0;
  const back = held(await api.echo(() => { calls++; return 5; }));
  const m = await back.callback();
  return { m, calls };
});
await told('disposing', async () => {
  const before = (await api.liveTokens()).count;
  const tokens = await Promise.all([1, 2, 3].map(id => api.newToken({ id })));
  const held = (await api.liveTokens()).count - before;
  tokens.forEach(each => each.token[Symbol.dispose]());
  return { held, released: await until(async () => (await api.liveTokens()).count === before) };
});
await told('cancelling', async () => {
  const before = (await api.holdCounts()).cancelled;
  const call = api.hold({ cancellable: true });
  call.then(() => {}, () => {});
  await until(async () => (await api.holdCounts()).pending > 0);
  call[Symbol.dispose]();
  return until(async () => (await api.holdCounts()).cancelled === before + 1);
});
await told('map', async () => {
  for (const id of [7, 8]) {
    const made = held(await api.newToken({ id }));
    await api.keep({ token: made.token });
  }
  const ids = held(api.readKept());
  const got = await ids.ids.map(id => api.newToken({ id }).token.id());
  await api.dropKept();
  return got;
});
await told('batch', async () => {
  const batch = newHttpBatchRpcSession(url.replace('ws:', 'http:'));
  return batch.getNode().node.next().node.next().node.depth();
});
await told('tables', async () => {
  await until(async () => (await api.liveTokens()).count === 0);
  return (await api.liveTokens()).count;
});
api[Symbol.dispose]();
