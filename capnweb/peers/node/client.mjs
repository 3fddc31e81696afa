// client.mjs PORT: calls the server at that port in every way that the test beside it expects, and prints a line of JSON for each.
import { WebSocket } from 'ws';
globalThis.WebSocket ??= WebSocket;
const { newWebSocketRpcSession, RpcStub, RpcTarget } = await import('capnweb');

const socket = new WebSocket(`ws://127.0.0.1:${process.argv[2]}/`, { perMessageDeflate: false });
await new Promise((resolve, reject) => { socket.once('open', resolve); socket.once('error', reject); });
const api = newWebSocketRpcSession(socket);
const tell = (name, value) => console.log(JSON.stringify([name, value]));
const told = async (name, work) => {
  try { tell(name, await work()); } catch (e) { tell(name, { failed: e?.name ?? typeof e, message: e?.message ?? String(e) }); }
};

await told('square', () => api.square(12));
await told('nothing', async () => (await api.nothing()) === undefined);
await told('text', () => api.echo('é\u2028😀"\\\n\ud800'));
await told('nested', () => api.echo({ list: [1, [2, []], {}], nul: null, no: false, small: 0.1, large: 1e21 }));
await told('values', async () => {
  const sent = { date: new Date(1749342170815), big: 12345678901234567890n, bytes: new Uint8Array([1, 2, 250]), u16: new Uint16Array([1, 258]), inf: -Infinity, undef: undefined };
  const got = await api.echo(sent);
  return [got.date.getTime(), String(got.big), [...got.bytes], got.u16.constructor.name, [...got.u16], got.inf === -Infinity, 'undef' in got && got.undef === undefined];
});
await told('pipelined', async () => {
  const counter = api.makeCounter(4);
  const [a, b, c] = await Promise.all([counter.increment(2), counter.increment(), counter.value]);
  return [a, b, c];
});
await told('promise as argument', () => api.add(api.square(3), api.makeCounter(1).increment(4)));
await told('property', () => api.prop.deep.er);
await told('missing', async () => (await api.nope) === undefined);
await told('no method', () => api.nope());
await told('callback', () => api.callMe(x => x * 10, 5));
await told('object', () => api.incrementCounter(new (class extends RpcTarget { increment(by) { return 70 + by; } })(), 3));
await told('bundle', async () => {
  const bundle = await api.getBundle();
  return [bundle.name, await bundle.counter.increment(5), await bundle.list[0].increment(), bundle.list[1], await bundle.fn(1)];
});
await told('error', () => api.fail('plain'));
await told('cause', async () => { try { await api.fail('cause'); } catch (e) { return [e.message, e.cause.name, e.cause.message]; } });
await told('kept', async () => { await api.keep(x => x + 1); const got = await api.callKept(1); await api.dropKept(); return got; });
await told('self', async () => { const self = await api.self(); return await self.square(4); });
await told('many', async () => {
  const all = await Promise.all(Array.from({ length: 1000 }, (_, i) => api.square(i)));
  return all.every((x, i) => x === i * i);
});
// ---- maps
await told('maps: list', () => api.list(3).map(x => api.square(x)));
await told('maps: objects', () => api.users().map(u => ({ id: u.id, sq: api.square(u.id) })));
await told('maps: nested', () => api.list(3).map(x => api.list(x).map(y => api.add(x, y))));
await told('maps: null', () => api.nul().map(x => api.square(x)));
await told('maps: undefined', async () => (await api.nothing().map(x => api.square(x))) === undefined);
await told('maps: scalar', () => api.square(2).map(x => api.square(x)));
await told('maps: literal', () => api.list(2).map(x => [x, 'lit', [1]]));
await told('maps: property', () => api.prop.deep.map(x => x.er));
await told('maps: captured function', async () => {
  const seen = [];
  using own = new RpcStub(x => { seen.push(x); return x * 10; });
  const got = await api.list(3).map(x => own(x));
  return [got, seen];
});
await told('maps: captured object', async () => {
  using own = new RpcStub(new (class extends RpcTarget { n = 7; increment(by) { return this.n += by; } })());
  return await api.list(2).map(x => own.increment(x));
});
await told('maps: captured promise', async () => { const nine = api.square(3); return await api.list(2).map(x => api.add(x, nine)); });
await told('maps: captured value', async () => { const nine = api.square(3); await nine; return await api.list(2).map(x => api.add(x, nine)); });
await told('maps: objects in results', async () => {
  const got = await api.list(2).map(x => api.makeCounter(x));
  return [await got[0].increment(10), await got[1].increment(10)];
});
await told('maps: one fails', () => api.list(3).map(x => api.fail('plain')));
await told('maps: later', () => api.list(2).map(x => api.slow(x)));
await told('maps: many', async () => {
  const got = await api.list(1000).map(x => api.square(x));
  return got.length === 1000 && got.every((x, i) => x === (i + 1) ** 2);
});
await told('maps: product', () => api.list(300).map(x => api.list(300).map(y => api.add(x, y))));
socket.close();
