// client.mjs: the Node client of the Cap'n Web benchmark: one JSON line a case, with the same cases, options and fields as WebBenchClient.
import fs from 'node:fs';
import { WebSocket } from 'ws';
globalThis.WebSocket ??= WebSocket;
const { newWebSocketRpcSession, newHttpBatchRpcSession } = await import('capnweb');

const options = { addr: '', 'server-pid': '0', ms: '1000', 'warm-ms': '300', label: 'node', cases: '' };
for (let i = 2; i + 1 < process.argv.length; i += 2) options[process.argv[i].slice(2)] = process.argv[i + 1];
const CHUNK = 65536;
const CHUNKS = 256;

const socket = new WebSocket(`ws://${options.addr}/`, { perMessageDeflate: false });
await new Promise((opened, failed) => { socket.once('open', opened); socket.once('error', failed); });
const api = newWebSocketRpcSession(socket);

function cpuSeconds(pid) {
  if (pid === '0') return 0;
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1).split(' ');
  return (+fields[11] + +fields[12]) / 100;
}
function peakKb(pid) {
  return pid === '0' ? 0 : +/VmHWM:\s*(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))[1];
}
function busySeconds() {
  const fields = fs.readFileSync('/proc/stat', 'latin1').split('\n')[0].split(/ +/);
  return [1, 2, 3, 6, 7, 8].reduce((sum, i) => sum + +fields[i], 0) / 100;
}
function check(holds) { if (!holds) throw new Error('the server gave a wrong result'); }

const operations = {
  async seq() { check(await api.square(7) === 49); },
  async chain10() {
    const steps = [api.echo(1)];
    for (let i = 1; i < 10; i++) steps.push(api.add(steps.at(-1), 1));
    check(await steps.at(-1) === 10);
    // What is not awaited stays in the tables of both sides until it is disposed of.
    for (const step of steps) step[Symbol.dispose]();
  },
  async batch100() {
    const batch = newHttpBatchRpcSession(`http://${options.addr}/`);
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => batch.square(i)));
    check(all[99] === 9801);
  },
  async upload_64k() {
    const chunk = new Uint8Array(CHUNK);
    let sent = 0;
    const stream = new ReadableStream({ pull(to) { if (sent++ < CHUNKS) to.enqueue(chunk); else to.close(); } });
    check(await api.readAll2(stream) === CHUNKS * CHUNK);
  },
  async download_64k() {
    let bytes = 0;
    for await (const chunk of await api.download(CHUNKS, CHUNK)) bytes += chunk.length;
    check(bytes === CHUNKS * CHUNK);
  },
};

/** One case; an operation counts as {@code units} of what is reported. */
async function measure(name, operation, lanes, units, bytes) {
  if (options.cases && !options.cases.split(',').includes(name)) return;
  let latencies, begin, before;
  const pids = [String(process.pid), options['server-pid']];
  for (const ms of [+options['warm-ms'], +options.ms]) {
    latencies = [];
    before = [...pids.map(cpuSeconds), busySeconds()];
    begin = performance.now();
    const until = begin + ms;
    await Promise.all(Array.from({ length: lanes }, async () => {
      while (performance.now() < until) {
        const from = performance.now();
        await operation();
        latencies.push(performance.now() - from);
      }
    }));
  }
  const sec = (performance.now() - begin) / 1000;
  const [client, server, busy] = [...pids.map(cpuSeconds), busySeconds()].map((now, i) => now - before[i]);
  latencies.sort((a, b) => a - b);
  const at = q => Math.round(latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))] * 1e5) / 100;
  const ops = latencies.length * units;
  console.log(JSON.stringify({ label: options.label, addr: 'tcp', case: name, sec, ops, per_s: ops / sec, mb_s: ops * bytes / sec / 1e6,
    p50_us: at(.5), p90_us: at(.9), p99_us: at(.99), p999_us: at(.999), client_cpu_s: client, server_cpu_s: server, other_cpu_s: busy - client - server,
    client_us_op: client * 1e6 / ops, server_us_op: server * 1e6 / ops, client_hwm_kb: peakKb(pids[0]), server_hwm_kb: peakKb(pids[1]) }));
}

await measure('seq', operations.seq, 1, 1, 0);
await measure('out100', operations.seq, 100, 1, 0);
await measure('chain10', operations.chain10, 1, 1, 0);
await measure('batch100', operations.batch100, 1, 100, 0);
await measure('upload_64k', operations.upload_64k, 1, CHUNKS, CHUNK);
await measure('download_64k', operations.download_64k, 1, CHUNKS, CHUNK);
process.exit(0);
