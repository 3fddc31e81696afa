// streams.mjs PORT: passes streams to the server at that port that it passes on, which a server in TypeScript cannot, and prints a line of JSON for
// each; at last the sizes of its tables.
import { WebSocket } from 'ws';
globalThis.WebSocket ??= WebSocket;
const { RpcSession, RpcTarget, WebSocketTransport } = await import('capnweb');

const socket = new WebSocket(`ws://127.0.0.1:${process.argv[2]}/`, { perMessageDeflate: false });
await new Promise((resolve, reject) => { socket.once('open', resolve); socket.once('error', reject); });
const session = new RpcSession(new WebSocketTransport(socket));
const api = session.getRemoteMain();
const tell = (name, value) => console.log(JSON.stringify([name, value]));
const told = async (name, work) => {
  try { tell(name, await work()); } catch (e) { tell(name, { failed: e?.name ?? typeof e, message: e?.message ?? String(e) }); }
};
const giveBack = (...all) => all.forEach(each => each[Symbol.dispose]());

const all = async stream => { const out = []; for await (const chunk of stream) out.push(chunk); return out; };
const source = (chunks, more = {}) => { let i = 0; return new ReadableStream({ pull(c) { if (i < chunks.length) c.enqueue(chunks[i++]); else c.close(); }, ...more }); };
await told('stream both ways', async () => all(await api.echo(source([1, [2], { three: 3 }]))));
await told('large stream', async () => {
  const piece = new Uint8Array(64 * 1024).map((_, i) => i);
  let sum = 0;
  for await (const chunk of await api.echo(source(Array.from({ length: 100 }, () => piece)))) sum += chunk.length;
  return sum;
});
await told('writable of Java', async () => {
  const { to, from } = await api.pipe();
  const writer = to.getWriter();
  const reading = all(from);
  for (const chunk of ['a', { b: 1 }]) await writer.write(chunk);
  await writer.close();
  return reading;
});
await told('writable of Java, aborted', async () => {
  const { to, from } = await api.pipe();
  const writer = to.getWriter();
  const reading = all(from);
  await writer.write('a');
  await writer.abort(new RangeError('changed my mind'));
  return reading;
});
await told('response to Java and back', async () => { const r = await api.echo(new Response('body', { status: 202 })); return [r.status, await r.text()]; });
for (let i = 0; i < 200 && JSON.stringify(session.getStats()) !== '{"imports":1,"exports":1}'; i++) { await new Promise(resolve => setTimeout(resolve, 10)); }
tell('tables', session.getStats());
giveBack(api);
