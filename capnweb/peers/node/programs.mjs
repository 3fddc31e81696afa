// programs.mjs PORT: sends programs (docs/il.md) to the server at that port and prints a line of JSON for each; at last the sizes of the tables.
import { WebSocket } from 'ws';
globalThis.WebSocket ??= WebSocket;
const { RpcSession, RpcStub, WebSocketTransport, newHttpBatchRpcSession } = await import('capnweb');

const port = process.argv[2];
const tell = (name, value) => console.log(JSON.stringify([name, value], (key, v) => (typeof v === 'bigint' || Number.isNaN(v) ? String(v) : v)));
const told = async (name, work) => {
  try { tell(name, await work()); } catch (e) { tell(name, { failed: e?.name ?? typeof e, message: e?.message ?? String(e) }); }
};

const call = (target, name, ...args) => ['call', ['capture', target], name, ...args];
const dependent = ['let', [['four', call(0, 'square', 2)], ['id', call(0, 'add', ['var', 'four'], ['*', ['var', 'four'], 2])]],
  { id: ['var', 'id'], squares: ['for', 'x', call(0, 'list', 3), call(0, 'square', ['var', 'x'])] }];
const ran = async promise => { const got = await promise; promise[Symbol.dispose]?.(); return got; };

const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
await new Promise((resolve, reject) => { socket.once('open', resolve); socket.once('error', reject); });
const session = new RpcSession(new WebSocketTransport(socket));
const api = session.getRemoteMain();

await told('socket: dependent calls', () => ran(api.$run(dependent, [api])));
await told('socket: numbers', () => ran(api.$run(['list', ['/', 7, 2], ['-', Infinity, Infinity], ['+', 12345678901234567889n, 1n], ['==', ['get', {}, 'x'], undefined]], [])));
await told('socket: callback', async () => {
  const own = new RpcStub(x => x * 10);
  try { return await ran(api.$run(['for', 'x', call(0, 'list', 3), ['call', ['capture', 1], [], ['var', 'x']]], [api, own])); } finally { own[Symbol.dispose](); }
});
await told('socket: a stub of its own comes home', async () => {
  const counter = api.makeCounter(3);
  try { return await ran(api.$run(['do', call(0, 'increment', 1), call(0, 'increment', 3)], [await counter])); } finally { counter[Symbol.dispose](); }
});
await told('socket: wrong', () => ran(api.$run(['list', ['nope']], [])));
await told('socket: too much', () => ran(api.$run(['while', [], true, ['list'], 1], [])));
await told('socket: pipelined', async () => {
  const result = api.$run({ counter: call(0, 'makeCounter', 4) }, [api]);
  try { return await result.counter.increment(5); } finally { result[Symbol.dispose](); }
});
for (let i = 0; i < 200 && JSON.stringify(session.getStats()) !== '{"imports":1,"exports":1}'; i++) { await new Promise(resolve => setTimeout(resolve, 10)); }
tell('socket: tables', session.getStats());
socket.close();
await told('batch: dependent calls', () => { const batch = newHttpBatchRpcSession(`http://127.0.0.1:${port}/`); return batch.$run(dependent, [batch]); });
