// client.mjs PORT [CA]: calls the server at that port of this machine (with a file of an authority that it trusts: over TLS) in every way that the test beside it expects, over a WebSocket, and prints a line of JSON for
// each; at last the sizes of its tables, when all that it got was given back.
import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
globalThis.WebSocket ??= WebSocket;
const { RpcSession, RpcTarget, WebSocketTransport } = await import('capnweb');

const [port, ca] = process.argv.slice(2);
const socket = ca
  ? new WebSocket(`wss://localhost:${port}/`, { perMessageDeflate: false, ca: readFileSync(ca) })
  : new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
await new Promise((resolve, reject) => { socket.once('open', resolve); socket.once('error', reject); });
const session = new RpcSession(new WebSocketTransport(socket));
const api = session.getRemoteMain();
const tell = (name, value) => console.log(JSON.stringify([name, value]));
const told = async (name, work) => {
  try { tell(name, await work()); } catch (e) { tell(name, { failed: e?.name ?? typeof e, message: e?.message ?? String(e) }); }
};
const giveBack = (...all) => all.forEach(each => each[Symbol.dispose]());

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
  giveBack(counter);
  return [a, b, c];
});
await told('promise as argument', async () => {
  const square = api.square(3), counter = api.makeCounter(1), incremented = counter.increment(4);
  const sum = await api.add(square, incremented);
  giveBack(square, counter, incremented);
  return sum;
});
await told('property', () => api.prop.deep.er);
await told('missing', async () => (await api.nope) === undefined);
await told('no method', () => api.nope());
await told('callback', () => api.callMe(x => x * 10, 5));
await told('object', () => api.incrementCounter(new (class extends RpcTarget { increment(by) { return 70 + by; } })(), 3));
await told('handed back', async () => {
  const counter = await api.makeCounter(1);
  const got = await api.incrementCounter(counter, 3);
  giveBack(counter);
  return got;
});
await told('bundle', async () => {
  const bundle = await api.getBundle();
  const got = [bundle.name, await bundle.counter.increment(5), await bundle.list[0].increment(), bundle.list[1], await bundle.fn(1)];
  giveBack(bundle);
  return got;
});
await told('error', () => api.fail('plain'));
await told('cause', async () => { try { await api.fail('cause'); } catch (e) { return [e.message, e.cause.name, e.cause.message]; } });
await told('kept', async () => { await api.keep(x => x + 1); const got = await api.callKept(1); await api.dropKept(); return got; });
await told('self', async () => { const self = await api.self(); const got = await self.square(4); giveBack(self); return got; });
await told('later', async () => { const counter = await api.laterCounter(); const got = await counter.increment(); giveBack(counter); return got; });
await told('many', async () => {
  const all = await Promise.all(Array.from({ length: 1000 }, (_, i) => api.square(i)));
  return all.every((x, i) => x === i * i);
});
const all = async stream => { const out = []; for await (const chunk of stream) out.push(chunk); return out; };
const source = (chunks, more = {}) => { let i = 0; return new ReadableStream({ pull(c) { if (i < chunks.length) c.enqueue(chunks[i++]); else c.close(); }, ...more }); };
await told('stream', async () => all(await api.stream(3)));
await told('byte stream', async () => (await all(await api.byteStream())).map(bytes => [...bytes]));
await told('broken stream', async () => {
  // The chunk before the failure may come too late to be read.
  try { await all(await api.badStream()); } catch (e) { return [e.name, e.message]; }
});
await told('cancelled stream', async () => {
  const reader = (await api.stream(100000)).getReader();
  const { value } = await reader.read();
  await reader.cancel('enough');
  return [value, await api.square(5)];
});
await told('stream to Java', () => api.readAll(source(['x', { y: [1] }, null, new Uint8Array([1]).length])));
await told('broken stream to Java', () => api.readAll(source([], { pull(c) { c.error(new RangeError('source broke')); } })));
await told('stream that Java cancels', async () => {
  let told; const canceled = new Promise(resolve => { told = resolve; }); let i = 0;
  const stream = new ReadableStream({ pull(c) { c.enqueue(i++); return new Promise(resolve => setTimeout(resolve, 1)); }, cancel(reason) { told(reason.message); } });
  return [await api.readOne(stream), await canceled];
});
await told('large stream to Java', () => api.readAll2(source(Array.from({ length: 100 }, () => new Uint8Array(64 * 1024)))));
const sink = (out, more = {}) => new WritableStream({ write(chunk) { out.push(chunk); }, close() { out.push('CLOSE'); }, abort(e) { out.push(`ABORT ${e.message}`); }, ...more });
await told('writable', async () => { const out = []; const got = await api.writeTo(sink(out)); return [got, ...out]; });
await told('writable that fails', () => api.writeTo(sink([], { write() { throw new RangeError('disk full'); } })));
await told('writable that is aborted', async () => { const out = []; await api.spoil(sink(out)); return out; });
await told('writable that is dropped', async () => {
  let told; const aborted = new Promise(resolve => { told = resolve; });
  await api.echo(1, sink([], { abort(e) { told(e.message); } }));
  return aborted;
});
await told('chunks that can be called', async () => {
  const out = [];
  for await (const counter of await api.counters(2)) { out.push(await counter.increment(10)); giveBack(counter); }
  return out;
});
await told('blob to Java', () => api.blobLen(new Blob(['a\u00e9b'], { type: 'text/x' })));
await told('blob of Java', async () => { const blob = await api.makeBlob(); return [blob.type, await blob.text()]; });
await told('large blob', async () => {
  const blob = await api.echo(new Blob([new Uint8Array(3000000).fill(7)]));
  return [blob.size, new Uint8Array(await blob.arrayBuffer()).every(x => x === 7)];
});
await told('request', async () => { const r = await api.request(); return [r.method, r.url, r.headers.get('x-h'), await r.text()]; });
await told('response', async () => { const r = await api.response(); return [r.status, r.headers.get('x-r'), await r.text()]; });
await told('empty response', async () => { const r = await api.respNull(); return [r.status, r.body]; });
await told('after all that', () => api.square(6));
for (let i = 0; i < 200 && JSON.stringify(session.getStats()) !== '{"imports":1,"exports":1}'; i++) { await new Promise(resolve => setTimeout(resolve, 10)); }
tell('tables', session.getStats());
giveBack(api);
