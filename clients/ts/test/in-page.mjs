// What a page does with clients/ts: each function is given the address of a server, and gives what it has seen, for chromium.mjs to print. The HTTP server of the page stops and starts that server.
import { RpcSession, RpcTarget, WebSocketTransport } from 'capnweb';
import { newWebTransportRpcSession, resumable, WebTransportTransport } from 'capstan-web';
import { programs } from './programs.mjs';

const ask = async path => (await fetch(path)).text();
const until = async condition => { while (!(await condition())) { await new Promise(resolve => setTimeout(resolve, 5)); } };
const left = session => { const { imports, exports } = session.stats?.() ?? session.getStats(); return [imports, exports]; };

/** Asked for at each connection. */
const transport = async () => ({
  serverCertificateHashes: JSON.parse(await ask('/hashes')).map(each => ({ algorithm: 'sha-256', value: Uint8Array.from(atob(each), c => c.charCodeAt(0)) })),
});

/** Programs over a WebSocket. */
export async function il(address) {
  const said = [];
  const socket = new WebSocket(address);
  let sent = 0;
  const send = socket.send.bind(socket);
  socket.send = message => { sent++; send(message); };
  await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = reject; });
  await programs(new RpcSession(new WebSocketTransport(socket)), (...what) => said.push(what), () => sent);
  socket.close();
  return said;
}

/** Sessions over WebTransport that end with their connection. */
export async function webTransport(address) {
  const said = [];
  const session = new RpcSession(new WebTransportTransport(address, { transport }));
  const api = session.getRemoteMain();
  said.push(['called before there is a connection', await api.square(12)]);
  const text = 'é\u2028😀"\\\n'.repeat(100_000);
  said.push(['large', (await api.echo(text)) === text]);
  said.push(['many', (await Promise.all(Array.from({ length: 1000 }, (_, i) => api.square(i)))).every((x, i) => x === i * i)]);
  said.push(['callback', await api.callMe(x => x * 10, 5)]);
  said.push(['object', await api.incrementCounter(new (class extends RpcTarget { increment(by) { return 70 + by; } })(), 3)]);
  const counter = api.makeCounter(4);
  said.push(['pipelined', await Promise.all([counter.increment(2), counter.increment()])]);
  counter[Symbol.dispose]();
  await programs(session, (name, value) => name === 'dependent calls' && said.push([name, value[0]]), () => 0);
  said.push(['tables', ...left(session)]);
  const gone = new Promise(resolve => api.onRpcBroken(e => resolve(e.message)));
  api[Symbol.dispose]();
  said.push(['disposed', await gone]);

  const failure = promise => promise.then(() => 'done', e => e.message);
  const short = newWebTransportRpcSession(address, undefined, { transport, messageLength: 1000 });
  said.push(['as long as may be', (await short.echo('x'.repeat(1000 - '["resolve",1,""]'.length))).length]);
  said.push(['too long', await failure(short.echo('x'.repeat(1001 - '["resolve",2,""]'.length)))]);
  said.push(['other certificate', /^(?!done)/.test(await failure(newWebTransportRpcSession(address).square(1)))]);
  const nothing = newWebTransportRpcSession(address, undefined, { transport: () => { throw new Error('no hashes'); } });
  said.push(['no options', await failure(nothing.square(1))]);
  const resuming = resumable(address, { transport });
  said.push(['not resumable', await failure(resuming.main.square(1))]);
  return said;
}

const PAUSES = [3, 6, 12, 21];

/** A session whose server is gone for a while: it is looked for, again and again, and everything goes on when it is back. */
export async function away(address) {
  const said = [];
  const states = [];
  const pauses = [];
  const timeout = globalThis.setTimeout;
  globalThis.setTimeout = (action, millis, ...more) => { if (PAUSES.includes(millis)) { pauses.push(millis); } return timeout(action, millis, ...more); };
  // Where nobody tells that a connection is gone, as over UDP, silence does.
  const quick = { transport, silenceMillis: 300, handshakeMillis: 1000 };
  const session = resumable(address, { ...quick, initialMillis: PAUSES[0], maxMillis: PAUSES.at(-1), random: () => 0, onState: (...state) => states.push(state) });
  const counter = await session.main.makeCounter(1);
  said.push(['before', await counter.increment()]);
  await ask('/stop');
  const waiting = counter.increment();
  const failures = () => states.filter(([state, why]) => state === 'connecting' && why).length;
  await until(() => failures() >= 12);
  said.push(['pauses grow', pauses.every((each, i) => i === 0 || each >= pauses[i - 1]), pauses[0], pauses.at(-1)]);
  said.push(['away', states.at(-1)[0], left(session).join() !== '1,1']);
  const connections = session.connections;
  await ask('/start');
  said.push(['back', await waiting, await counter.increment(), session.connections > connections]);
  globalThis.setTimeout = timeout;
  counter[Symbol.dispose]();
  await until(() => left(session).join() === '1,1');
  said.push(['tables', ...left(session)]);
  session.close();
  said.push(['closed', (await session.closed) === undefined, states.at(-1)[0]]);

  // Who leaves while it is away says so; by itself it would not come back for a minute.
  const gone = [];
  const leaving = resumable(address, { ...quick, initialMillis: 60_000, maxMillis: 60_000, onState: (state, why) => gone.push(why && state) });
  said.push(['another', await leaving.main.square(3)]);
  await ask('/stop');
  await until(() => gone.includes('connecting'));
  await ask('/start');
  leaving.close();
  await until(async () => (await ask('/sessions')) === '0');
  said.push(['told', leaving.connections]);
  return said;
}
