// page.mjs PORT FIRST: a page of the server at that port, in headless Chromium, makes calls over a session whose sockets are killed by the server, and by the page. Prints what it sees,
// a line of JSON for each; numbers of effects begin with FIRST.
import { sayFrom } from './browser.mjs';

const [port, first] = process.argv.slice(2).map(Number);
await sayFrom(
  `http://127.0.0.1:${port}/page`,
  async first => {
    const { resumable } = await import('capstan-web');
    const { calls } = await import('/calls.mjs');
    const lines = [];
    const sockets = [];
    const Noted = class extends WebSocket {
      constructor(url, protocols) {
        super(url, protocols);
        sockets.push(this);
      }
    };
    const states = [];
    const session = resumable(`ws://${location.host}/rpc`, { WebSocket: Noted, initialMillis: 1, maxMillis: 20, onState: state => states.push(state) });
    let id = await calls(session.main, first, 10);
    lines.push(['killed by the server', session.connections > 2]);
    const before = session.connections;
    const later = calls(session.main, id, 5);
    sockets.at(-1).close(4000, 'the page kills it, and the session hears of it as of any cut');
    id = await later;
    lines.push(['killed by the page', session.connections > before]);
    lines.push(['states', states[0], states[1], states.at(-1)]);
    while (session.stats().imports > 1 || session.stats().exports > 1) {
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    session.close();
    lines.push(['closed', (await session.closed) === undefined]);
    lines.push(['effects', id]);
    return lines;
  },
  first,
);
