// page.mjs HTTP_PORT WEBTRANSPORT_PORT: a page of the HTTP server, in headless Chromium, opens sessions with the WebTransport server and
// a WebSocket with the HTTP server. Prints what it sees, one line of JSON each.
import { execSync } from 'node:child_process';
import { chromium } from 'playwright-core';

const [http, port] = process.argv.slice(2).map(Number);
const executablePath = execSync('command -v chromium || command -v chromium-browser', { shell: '/bin/bash' }).toString().trim();
// As root there is no sandbox to be had; the only pages here are our own.
const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath, headless: true, args, timeout: 90_000 });

async function inPage(host, body) {
  const page = await browser.newPage();
  await page.goto(`http://${host}:${http}/`);
  for (const line of await page.evaluate(body, { http, port })) {
    console.log(JSON.stringify(line));
  }
  await page.close();
}

try {
  await inPage('127.0.0.1', async ({ http, port }) => {
    const said = [];
    const hashes = (await (await fetch('/hashes')).json()).map(each => ({
      algorithm: 'sha-256',
      value: Uint8Array.from(atob(each), c => c.charCodeAt(0)),
    }));
    said.push(['hashes', hashes.length, hashes[0].value.length]);
    const open = async (path, serverCertificateHashes = hashes) => {
      const session = new WebTransport(`https://127.0.0.1:${port}${path}`, { serverCertificateHashes });
      session.closed.catch(() => {});
      await session.ready;
      return session;
    };
    const encoder = new TextEncoder();
    const lines = stream => {
      const writer = stream.writable.getWriter();
      const reader = stream.readable.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      return {
        send: line => writer.write(encoder.encode(line + '\n')),
        end: () => writer.close(),
        async next() {
          while (!text.includes('\n')) {
            const { value, done } = await reader.read();
            if (done) {
              return text === '' ? null : 'unfinished: ' + text.length;
            }
            text += value;
          }
          const line = text.slice(0, text.indexOf('\n'));
          text = text.slice(line.length + 1);
          return line;
        },
      };
    };
    const attempt = async (name, work) => {
      try {
        said.push([name, await work()]);
      } catch (e) {
        said.push([name, e.constructor.name]);
      }
    };

    const session = await open('/echo?who=chromium');
    const stream = lines(await session.createBidirectionalStream());
    await stream.send('{"hello":"😀"}');
    said.push(['first', await stream.next()]);
    let right = 0;
    for (let i = 0; i < 500; i++) {
      stream.send(JSON.stringify({ i }));
    }
    for (let i = 0; i < 500; i++) {
      right += JSON.parse(await stream.next()).i === i ? 1 : 0;
    }
    said.push(['many', right]);
    const large = JSON.stringify('x'.repeat(1 << 20));
    stream.send(large);
    said.push(['large', (await stream.next()) === large]);
    await stream.end();
    said.push(['end', await stream.next()]);
    session.close();
    said.push(['closed', (await session.closed).closeCode]);

    // Many times: whether the page hears why has been a matter of luck.
    await attempt('server closes', async () => {
      const heard = [];
      for (let i = 0; i < 40; i++) {
        const told = await open('/abort');
        const ending = lines(await told.createBidirectionalStream());
        await ending.send('go');
        const { closeCode, reason } = await told.closed;
        heard.push(closeCode + ' ' + reason);
      }
      return [heard.length, ...new Set(heard)];
    });

    const telling = await open('/echo');
    const last = lines(await telling.createBidirectionalStream());
    await last.send('before');
    await last.next();
    telling.close({ closeCode: 7, reason: 'page says bye' });
    await attempt('page closes', async () => (await telling.closed).closeCode);

    const further = await open('/echo');
    const good = lines(await further.createBidirectionalStream());
    await good.send('good');
    await good.next();
    // Whether writing or reading fails first, and with which class, is a matter of timing.
    await attempt('second stream', async () => {
      try {
        const bad = lines(await further.createBidirectionalStream());
        await bad.send('bad');
        return await bad.next();
      } catch {
        return 'refused';
      }
    });
    const datagrams = further.datagrams.writable ?? further.datagrams.createWritable();
    await datagrams.getWriter().write(encoder.encode('dropped'));
    await good.send('still good');
    said.push(['first stream', await good.next()]);
    further.close();

    await attempt('nowhere', () => open('/nowhere'));
    await attempt('wrong hash', () => open('/echo', [{ algorithm: 'sha-256', value: new Uint8Array(32) }]));

    await attempt('websocket', () => new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${http}/socket`);
      socket.onopen = () => socket.send('over tcp');
      socket.onmessage = message => { socket.close(); resolve(message.data); };
      socket.onerror = reject;
    }));
    return said;
  });
  await inPage('localhost', async ({ port }) => {
    const hashes = (await (await fetch('/hashes')).json()).map(each => ({
      algorithm: 'sha-256',
      value: Uint8Array.from(atob(each), c => c.charCodeAt(0)),
    }));
    const session = new WebTransport(`https://127.0.0.1:${port}/echo`, { serverCertificateHashes: hashes });
    session.closed.catch(() => {});
    return [['another origin', await session.ready.then(() => 'let in', e => e.constructor.name)]];
  });
} finally {
  await browser.close();
}
