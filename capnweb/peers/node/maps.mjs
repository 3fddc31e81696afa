// maps.mjs PORT: maps over what the server at that port has, over a WebSocket, and prints a line of JSON for each map; at last the sizes of its tables, when all that it got was given back.
import { WebSocket } from 'ws';
globalThis.WebSocket ??= WebSocket;
const { RpcSession, RpcStub, RpcTarget, WebSocketTransport } = await import('capnweb');

const socket = new WebSocket(`ws://127.0.0.1:${process.argv[2]}/`, { perMessageDeflate: false });
await new Promise((resolve, reject) => { socket.once('open', resolve); socket.once('error', reject); });
const session = new RpcSession(new WebSocketTransport(socket));
const api = session.getRemoteMain();
const tell = (name, value) => console.log(JSON.stringify([name, value]));
const told = async (name, work) => {
  try { tell(name, await work()); } catch (e) { tell(name, { failed: e?.name ?? typeof e, message: e?.message ?? String(e) }); }
};
const giveBack = (...all) => all.forEach(each => each[Symbol.dispose]());
const mapped = (name, subject, each) => told(name, async () => { const it = subject(); try { return await it.map(each); } finally { giveBack(it); } });

await mapped('list', () => api.list(3), x => api.square(x));
await mapped('objects', () => api.users(), u => ({ id: u.id, sq: api.square(u.id) }));
await mapped('nested', () => api.list(3), x => api.list(x).map(y => api.add(x, y)));
await mapped('null', () => api.nul(), x => api.square(x));
await told('undefined', async () => { const it = api.nothing(); const got = await it.map(x => api.square(x)); giveBack(it); return got === undefined; });
await mapped('scalar', () => api.square(2), x => api.square(x));
await mapped('literal', () => api.list(2), x => [x, 'lit', [1]]);
await told('property', () => api.prop.deep.map(x => x.er));
await told('captured function', async () => {
  const seen = [], list = api.list(3), own = new RpcStub(x => { seen.push(x); return x * 10; });
  const got = await list.map(x => own(x));
  giveBack(list, own);
  return [got, seen];
});
await told('captured object', async () => {
  const list = api.list(2), own = new RpcStub(new (class extends RpcTarget { n = 7; increment(by) { return this.n += by; } })());
  const got = await list.map(x => own.increment(x));
  giveBack(list, own);
  return got;
});
await told('captured promise', async () => {
  const list = api.list(2), nine = api.square(3);
  const got = await list.map(x => api.add(x, nine));
  giveBack(list, nine);
  return got;
});
await told('objects in results', async () => {
  const list = api.list(2), got = await list.map(x => api.makeCounter(x));
  const numbers = [await got[0].increment(10), await got[1].increment(10)];
  giveBack(list, got);
  return numbers;
});
await mapped('one fails', () => api.list(3), x => api.fail('plain'));
await mapped('later', () => api.list(2), x => api.slow(x));
await told('many', async () => {
  const list = api.list(1000), got = await list.map(x => api.square(x));
  giveBack(list);
  return got.length === 1000 && got.every((x, i) => x === (i + 1) ** 2);
});
await mapped('product', () => api.list(300), x => api.list(300).map(y => api.add(x, y)));
for (let i = 0; i < 200 && JSON.stringify(session.getStats()) !== '{"imports":1,"exports":1}'; i++) { await new Promise(resolve => setTimeout(resolve, 10)); }
tell('tables', session.getStats());
giveBack(api);
