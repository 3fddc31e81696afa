// il.mjs PORT: sends programs that were written with src/il.ts to the server at that port, and prints a line of JSON for each. Runs in clients/ts/target, where everything is installed.
import { WebSocket } from 'ws';
globalThis.WebSocket ??= WebSocket;
const { RpcSession, RpcStub, WebSocketTransport, newHttpBatchRpcSession } = await import('capnweb');
const { program } = await import('./dist/index.js');

const port = process.argv[2];
const tell = (name, value) => console.log(JSON.stringify([name, value]));
const told = async (name, work) => {
  try { tell(name, await work()); } catch (e) { tell(name, { failed: e?.name ?? typeof e, message: e?.message ?? String(e) }); }
};
const ran = async promise => { const got = await promise; promise[Symbol.dispose]?.(); return got; };

const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
await new Promise((resolve, reject) => { socket.once('open', resolve); socket.once('error', reject); });
let sent = 0;
const send = socket.send.bind(socket);
socket.send = (...args) => { sent++; return send(...args); };
const session = new RpcSession(new WebSocketTransport(socket));
const api = session.getRemoteMain();

const squares = on => program(p => {
  const remote = p.use(on);
  const id = remote.call('add', remote.call('square', 2), 8);
  return { id, odd: p.each(remote.call('list', 5), n => remote.call('square', n), n => n.remainder(2).is(1)) };
});
await told('dependent calls', async () => { sent = 0; return [await ran(squares(api).on(api)), sent]; });
tell('code', program(p => p.use(api).call('square', 3)).code);
await told('choice', () => ran(program(p => p.when(p.use(api).call('square', 3).moreThan(8).and(() => p.value(1).isNot('1')), () => 'more', () => p.fail('less'))).on(api)));
await told('state', () => ran(program(p => {
  const last = p.repeat({ i: 0, sum: 0 }, s => s.i.lessThan(10), s => ({ i: s.i.plus(1), sum: s.sum.plus(s.i) }));
  return [last.get('sum'), p.concat([1], [last.get('i')])];
}).on(api)));
await told('once', () => ran(program(p => { const counter = p.use(api).call('makeCounter', 1), two = counter.call('increment'); return [two, two, counter.call('increment')]; }).on(api)));
await told('stubs are captured', async () => {
  const counter = api.makeCounter(5), own = new RpcStub(x => x * 10);
  try { return await ran(program(p => [p.use(counter).call('increment', 1), p.use(own).apply(p.use(own).apply(4)), p.use(api).call('callMe', own, 6)]).on(api)); }
  finally { counter[Symbol.dispose](); own[Symbol.dispose](); }
});
await told('fails', () => ran(program(p => [1, p.value(1).plus('a')]).on(api)));
await told('pipelined', async () => {
  const result = program(p => ({ counter: p.use(api).call('makeCounter', 1) })).on(api);
  try { return await result.counter.increment(2); } finally { result[Symbol.dispose](); }
});
await told('out of place', async () => { let leaked; return program(p => { p.each([1], n => (leaked = n)); return leaked; }); });
await told('a function', async () => program(() => [x => x]));
for (let i = 0; i < 200 && JSON.stringify(session.getStats()) !== '{"imports":1,"exports":1}'; i++) { await new Promise(resolve => setTimeout(resolve, 10)); }
tell('tables', session.getStats());
socket.close();
await told('batch', () => { const batch = newHttpBatchRpcSession(`http://127.0.0.1:${port}/`); return squares(batch).on(batch); });
