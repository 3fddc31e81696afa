// gateway.mjs CASE: pages in headless Chromium call the C++ StreamingPeer of streams.capnp through a gateway, with npm's capnweb. Prints where the pages are from, and reads
// a line: the gateway's URL (ws or wt) and, for wt, the SHA-256 of its certificate. Then it prints a line of JSON for each thing that they have tried. After "measure", and
// when the server was lost, it waits for a line.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { launch } from './browser.mjs';

const name = process.argv[2];
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const tell = (what, value) => console.log(JSON.stringify([what, value]));
const browser = await launch();

const file = path => readFileSync(new URL(path, import.meta.url), 'utf8');
const files = {
  '/': ['text/html', '<html><body>a page</body></html>'],
  '/capnweb.js': ['text/javascript', file('node_modules/capnweb/dist/index.js')],
  '/webtransport.js': ['text/javascript', file('webtransport.mjs')],
};
const pages = createServer((request, response) => {
  const [type, text] = files[request.url] ?? ['text/plain', ''];
  response.writeHead(200, { 'content-type': type }).end(text);
});
await new Promise(resolve => pages.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${pages.address().port}`;
tell('origin', origin);
const [url, hash] = (await input.next()).value.split(' ');

// A tab with a process of its own, in which `api` is the server's object.
async function visit() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${origin}/`);
  await page.evaluate(connect, { url, hash });
  return page;
}

async function connect({ url, hash }) {
  const { RpcSession, WebSocketTransport } = await import('/capnweb.js');
  const { WebTransportTransport } = await import('/webtransport.js');
  const transport = hash
    ? await WebTransportTransport.connect(url.replace('wt:', 'https:'), {
      serverCertificateHashes: [{ algorithm: 'sha-256', value: Uint8Array.from(hash.match(/../g), byte => parseInt(byte, 16)) }],
    })
    : new WebSocketTransport(new WebSocket(url));
  globalThis.frames_ = [];
  globalThis.api = new RpcSession({
    send(message) { frames_.push('>'); return transport.send(message); },
    async receive() { const message = await transport.receive(); frames_.push('<'); return message; },
    abort(reason) { return transport.abort?.(reason); },
  }).getRemoteMain();
  const pause = millis => new Promise(resolve => setTimeout(resolve, millis));
  globalThis.until = async work => {
    for (let i = 0; i < 2_000; i++) {
      const got = await work();
      if (got) return got;
      await pause(5);
    }
    throw new Error(`never: ${work}`);
  };
  // What `work` gives when it gives the same for half a second.
  globalThis.settled = async work => {
    let last = await work(), same = 0;
    await until(async () => {
      await pause(20);
      const now = await work();
      same = now === last ? same + 1 : 0;
      last = now;
      return same === 25;
    });
    return last;
  };
  globalThis.failure = e => ({ failed: e?.name ?? typeof e, message: e?.message ?? String(e), kind: e?.kind });
}

const told = async (page, what, work, argument) => {
  let got;
  try {
    got = await page.evaluate(work, argument);
  } catch (e) {
    got = { failed: e.message.split('\n')[0] };
  }
  tell(what, got);
};

// The test looks at the gateway meanwhile.
const measured = async what => {
  tell('measure', what);
  await input.next();
};

const cases = {
  async calls() {
    const page = await visit();
    await page.evaluate(async () => api.liveTokens());
    await measured('before the chain');
    await told(page, 'chain', async () => {
      frames_.length = 0;
      const node = api.getNode(), next = node.node.next(), depth = next.node.depth();
      const got = await depth;
      // What was sent last gives the result back.
      const roundTrips = frames_.join('').replace(/>+/g, '>').replace(/<+/g, '<').replace(/>$/, '');
      [node, next, depth].forEach(each => each[Symbol.dispose]());
      return { got, roundTrips };
    });
    await told(page, 'callback', async () => api.callBack(({ n }) => n * 2, 10));
    await told(page, 'callback that throws', async () => api.callBack(() => { throw new RangeError('too far'); }, 1).catch(failure));
    for (const kind of ['failed', 'overloaded', 'disconnected', 'unimplemented']) {
      await told(page, kind, async kind => api.fail({ kind, reason: 'on purpose' }).catch(failure), kind);
    }
    await told(page, 'disposing', async () => {
      const tokens = await Promise.all([1, 2, 3].map(id => api.newToken({ id })));
      const live = (await api.liveTokens()).count;
      tokens.forEach(each => each.token[Symbol.dispose]());
      await until(async () => (await api.liveTokens()).count === 0);
      return { live, left: (await api.liveTokens()).count };
    });
  },

  async streams() {
    const page = await visit();
    await page.evaluate(async () => api.liveTokens());
    await measured('before');
    await told(page, 'sent to a page that does not read', async () => {
      globalThis.reader = (await api.source({ chunks: 1024, chunkBytes: 64 << 10 })).content.getReader();
      globalThis.first = await reader.read();
      return settled(async () => (await api.streamed()).sent);
    });
    await measured('to a page that does not read');
    await told(page, 'read', async () => {
      let bytes = 0, chunks = 0, wrong = 0;
      for (let next = first; !next.done; next = await reader.read()) {
        const chunk = next.value;
        bytes += chunk.length;
        wrong += chunk[0] !== chunks % 256 || chunk.at(-1) !== chunks % 256;
        chunks++;
      }
      return { bytes, chunks, wrong, sent: (await api.streamed()).sent };
    });
    await measured('after reading');
    await told(page, 'written to a server that does not read', async () => {
      const writer = (await api.sink({ pause: true })).content.getWriter();
      const chunk = new Uint8Array(64 << 10);
      globalThis.taken = 0;
      globalThis.writing = (async () => {
        for (let i = 0; i < 1024; i++) {
          await writer.ready;
          writer.write(chunk).catch(() => {});
          taken += chunk.length;
        }
        await writer.close();
      })();
      return settled(async () => taken);
    });
    await measured('to a server that does not read');
    await told(page, 'written', async () => {
      await api.resume();
      await writing;
      const { received, ended } = await api.streamed();
      return { taken, received, ended };
    });
    await measured('after writing');
    await told(page, 'live', async () => { await until(async () => (await api.streamed()).live === 0); return 0; });
  },

  async tab() {
    const page = await visit();
    const other = await visit();
    await told(page, 'holds', async () => {
      globalThis.token = await api.newToken({ id: 1 });
      globalThis.reader = (await api.source({ chunks: 1024, chunkBytes: 64 << 10 })).content.getReader();
      await reader.read();
      globalThis.call = api.hold({ cancellable: true });
      call.catch(() => {});
      await until(async () => (await api.holdCounts()).pending === 1);
      return { tokens: (await api.liveTokens()).count, streams: (await api.streamed()).live };
    });
    const crashed = new Promise(resolve => page.once('crash', resolve));
    const devtools = await page.context().newCDPSession(page);
    // Nobody is left to answer.
    devtools.send('Page.crash').catch(() => {});
    await crashed;
    await told(other, 'after the tab was killed', async () => {
      await until(async () => (await api.holdCounts()).pending === 0 && (await api.liveTokens()).count === 0 && (await api.streamed()).live === 0);
      return { ...await api.holdCounts(), tokens: (await api.liveTokens()).count };
    });
  },

  async server() {
    const page = await visit();
    await told(page, 'holds', async () => {
      globalThis.token = await api.newToken({ id: 1 });
      globalThis.call = api.hold({ cancellable: true }).then(() => 'answered', failure);
      return until(async () => (await api.holdCounts()).pending);
    });
    tell('kill', 'server');
    await told(page, 'lost', async () => call);
    await told(page, 'afterwards', async () => token.token.id().catch(failure));
    await input.next();
    const next = await visit();
    await told(next, 'next visitor', async () => api.getNode().node.next().node.depth());
  },
};

try {
  await cases[name]();
} finally {
  await browser.close();
  pages.close();
  pages.closeAllConnections();
  process.stdin.destroy();
}
