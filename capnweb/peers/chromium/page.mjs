// page.mjs HTTP_PORT WEBTRANSPORT_PORT: a page of the HTTP server, in headless Chromium, calls what the servers offer with npm's capnweb, over a WebSocket and then
// over WebTransport. Prints a line of JSON for each thing that it did.
import { execSync } from 'node:child_process';
import { chromium } from 'playwright-core';

const [http, port] = process.argv.slice(2).map(Number);
const executablePath = execSync('command -v chromium || command -v chromium-browser', { shell: '/bin/bash' }).toString().trim();
// As root there is no sandbox to be had; the only page here is our own.
const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath, headless: true, args, timeout: 90_000 });

async function inPage({ http, port }) {
  const { RpcSession, RpcTarget, WebSocketTransport } = await import('/capnweb.js');
  const { WebTransportTransport } = await import('/webtransport.js');
  const said = [];

  async function use(name, transport) {
    const session = new RpcSession(transport);
    const api = session.getRemoteMain();
    const told = async (what, work) => {
      let got;
      try { got = await work(); } catch (e) { got = { failed: e?.name ?? typeof e, message: e?.message ?? String(e) }; }
      said.push([name, what, got]);
    };
    const giveBack = (...all) => all.forEach(each => each[Symbol.dispose]());
    const all = async stream => { const out = []; for await (const chunk of stream) out.push(chunk); return out; };
    const source = chunks => { let i = 0; return new ReadableStream({ pull(c) { if (i < chunks.length) c.enqueue(chunks[i++]); else c.close(); } }); };

    await told('call', () => api.square(12));
    await told('text', () => api.echo('é\u2028😀"\\\n'));
    await told('pipelined', async () => {
      const counter = api.makeCounter(4);
      const got = await Promise.all([counter.increment(2), counter.increment(), counter.value]);
      giveBack(counter);
      return got;
    });
    await told('callback', () => api.callMe(x => x * 10, 5));
    await told('object', () => api.incrementCounter(new (class extends RpcTarget { increment(by) { return 70 + by; } })(), 3));
    await told('error', () => api.fail('plain'));
    await told('map', async () => {
      const list = api.list(3);
      try { return await list.map(x => api.square(x)); } finally { giveBack(list); }
    });
    await told('many', async () => {
      const results = await Promise.all(Array.from({ length: 1000 }, (_, i) => api.square(i)));
      return results.every((x, i) => x === i * i);
    });
    await told('large', async () => { const large = 'x'.repeat(1 << 20); return (await api.echo(large)) === large; });
    await told('stream to the page', async () => all(await api.stream(3)));
    await told('bytes to the page', async () => (await all(await api.byteStream())).map(bytes => [...bytes]));
    await told('stream from the page', () => api.readAll(source(['x', { y: [1] }, null])));
    await told('large stream from the page', () => api.readAll2(source(Array.from({ length: 100 }, () => new Uint8Array(64 * 1024)))));
    await told('written to the page', async () => {
      const out = [];
      const got = await api.writeTo(new WritableStream({ write(chunk) { out.push(chunk); }, close() { out.push('CLOSE'); } }));
      return [got, ...out];
    });
    await told('blob', () => api.blobLen(new Blob(['aéb'], { type: 'text/x' })));
    for (let i = 0; i < 500 && JSON.stringify(session.getStats()) !== '{"imports":1,"exports":1}'; i++) { await new Promise(resolve => setTimeout(resolve, 10)); }
    said.push([name, 'tables', session.getStats()]);
    return api;
  }

  const socket = new WebSocket(`ws://${location.host}/rpc`);
  const overSocket = await use('WebSocket', new WebSocketTransport(socket));
  overSocket[Symbol.dispose]();

  // snippet open
  async function open(url) {
    const hashes = await (await fetch('/hashes')).json();
    const serverCertificateHashes = hashes.map(hash => ({
      algorithm: 'sha-256',
      value: Uint8Array.from(atob(hash), c => c.charCodeAt(0)),
    }));
    return WebTransportTransport.connect(url, { serverCertificateHashes });
  }
  // end snippet

  const url = `https://127.0.0.1:${port}/rpc`;
  const overTransport = await use('WebTransport', await open(url));
  const gone = new Promise(resolve => overTransport.onRpcBroken(e => resolve(e.message)));
  overTransport[Symbol.dispose]();
  said.push(['WebTransport', 'afterwards', await gone]);
  const refused = await open(`${url}?who`);
  const stranger = new RpcSession(refused).getRemoteMain();
  said.push(['WebTransport', 'refused', await stranger.square(1).then(() => 'let in', e => e.message)]);
  return said;
}

try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${http}/`);
  for (const line of await page.evaluate(inPage, { http, port })) {
    console.log(JSON.stringify(line));
  }
} finally {
  await browser.close();
}
