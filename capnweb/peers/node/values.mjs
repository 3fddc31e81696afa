// values.mjs PORT SEED COUNT: makes COUNT random values of all types, a hundred in a call, has the server at that port echo them, and compares. Prints how many came
// back as they were; at last the sizes of its tables.
import { WebSocket } from 'ws';
import { inspect, isDeepStrictEqual } from 'node:util';
globalThis.WebSocket ??= WebSocket;
const { RpcSession, WebSocketTransport } = await import('capnweb');

const [port, seed, count] = process.argv.slice(2).map(Number);
const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
await new Promise((resolve, reject) => { socket.once('open', resolve); socket.once('error', reject); });
const session = new RpcSession(new WebSocketTransport(socket));
const api = session.getRemoteMain();

// mulberry32
let state = seed >>> 0;
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const below = n => Math.floor(random() * n);
const many = (n, make) => Array.from({ length: below(n) }, make);
const tags = ['bytes', 'export', 'AQID', 'AA', '', 'date', 'undefined', 'remap', 'import', 'then'];
const text = () => (below(2) ? tags[below(tags.length)] : many(12, () => String.fromCharCode(below(below(2) ? 0x80 : 0x10000))).join(''));
// No halves of pairs, which our JSON parser refuses in names, and no names that every object has, which are dropped.
const name = () => { const n = text().replace(/[\ud800-\udfff]/g, ''); return n in Object.prototype || n === 'toJSON' ? 'other' : n; };
const bytes = n => Uint8Array.from({ length: n }, () => below(256));
const number = () => {
  const n = [() => below(1e9) - 5e8, () => random() * 1e6, () => (random() - 0.5) * 10 ** (below(600) - 300), () => below(2 ** 53) - 2 ** 52, () => NaN, () => Infinity, () => -Infinity][below(7)]();
  return n === 0 ? 1 : n; // JSON knows no -0.
};
const kinds = [Int8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array, Float32Array, Float64Array, DataView];
const classes = [Error, TypeError, RangeError, SyntaxError, EvalError, URIError, ReferenceError];
const props = () => Object.fromEntries(many(3, () => ['p' + below(100), text()]));
const leaves = [
  () => null, () => below(2) === 1, number, number, text, text, () => undefined,
  () => new Date(below(2) ? NaN : below(2 ** 50) - 2 ** 49), () => new Date(below(1e13)),
  () => BigInt(below(2 ** 48) - 2 ** 47) ** BigInt(1 + below(5)), () => bytes(below(20)), () => bytes(8 * below(4)).buffer,
  () => new kinds[below(kinds.length)](bytes(8 * below(4)).buffer), () => new URL(`https://h${below(100)}.test/${below(1e6)}?q=${below(9)}`),
  () => new Headers([['a' + below(9), 'v' + below(1e6)], ['b', '']]),
  () => Object.assign(new classes[below(classes.length)](text()), props()),
];
const value = depth => {
  const which = below(depth > 0 ? leaves.length + 8 : leaves.length);
  if (which < leaves.length) return leaves[which]();
  return which < leaves.length + 4 ? many(5, () => value(depth - 1)) : Object.fromEntries(many(5, () => [name(), value(depth - 1)]));
};

/** Where two values differ; undefined if nowhere. Stacks of errors are not sent. */
const differ = (a, b, path = 'value') => {
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return path;
    return a.map((each, i) => differ(each, b[i], `${path}[${i}]`)).find(found => found);
  }
  if (a instanceof Error) return b instanceof a.constructor && a.message === b.message && isDeepStrictEqual({ ...a }, { ...b }) ? undefined : `${path}: ${inspect({ name: a.name, message: a.message, ...a })} came back as ${inspect(b)}`;
  // The package reads bytes as Node's Buffer, which is a Uint8Array.
  if (a instanceof Uint8Array) return b instanceof Uint8Array && isDeepStrictEqual([...a], [...b]) ? undefined : path;
  if (a instanceof Date) return b instanceof Date && Object.is(a.getTime(), b.getTime()) ? undefined : path;
  if (a instanceof URL) return b instanceof URL && a.href === b.href ? undefined : path;
  if (a instanceof Headers) return b instanceof Headers && isDeepStrictEqual([...a], [...b]) ? undefined : path;
  if (a !== null && typeof a === 'object' && Object.getPrototypeOf(a) === Object.prototype) {
    if (b === null || typeof b !== 'object' || !isDeepStrictEqual(Object.keys(a).sort(), Object.keys(b).sort())) return path;
    return Object.keys(a).map(key => differ(a[key], b[key], `${path}.${key}`)).find(found => found);
  }
  return isDeepStrictEqual(a, b) ? undefined : `${path}: ${inspect(a)} came back as ${inspect(b)}`;
};

let same = 0;
for (let done = 0; done < count; done += 100) {
  const sent = Array.from({ length: Math.min(100, count - done) }, () => value(4));
  const back = await api.echo(sent);
  for (let i = 0; i < sent.length; i++) {
    const path = differ(sent[i], back[i]);
    if (path === undefined) same++;
    else console.log(JSON.stringify(['differs', done + i, path]));
  }
}
console.log(JSON.stringify(['same', same]));
for (let i = 0; i < 200 && JSON.stringify(session.getStats()) !== '{"imports":1,"exports":1}'; i++) { await new Promise(resolve => setTimeout(resolve, 10)); }
console.log(JSON.stringify(['tables', session.getStats()]));
api[Symbol.dispose]();
