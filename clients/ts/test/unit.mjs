// unit.mjs: the parts that need no server; ends with code 0 if all is as it should be.
import assert from 'node:assert/strict';
import { Backoff } from '../dist/backoff.js';
import { readControl } from '../dist/control.js';
import { Kept } from '../dist/kept.js';
import { Lines } from '../dist/lines.js';
import { Mistake, newWebTransportRpcSession, program, ResumableTransport, ResumeRefused, WebTransportTransport, withSignal } from '../dist/index.js';

{
  const exact = new Backoff({ initialMillis: 100, maxMillis: 1000, factor: 2, jitter: 0, steadyMillis: 50 });
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(() => exact.failed()), [100, 200, 400, 800, 1000, 1000]);
  exact.lasted(49);
  assert.equal(exact.failed(), 1000);
  exact.lasted(50);
  assert.equal(exact.failed(), 100);
  const halved = new Backoff({ initialMillis: 100, jitter: 0.5, random: () => 0.999 });
  assert.ok(halved.failed() > 50 && halved.failed() < 101);
  for (const wrong of [{ initialMillis: -1 }, { maxMillis: 1 }, { factor: 0.5 }, { jitter: 2 }, { steadyMillis: NaN }]) {
    assert.throws(() => new Backoff(wrong), RangeError);
  }
}
{
  for (const computed of [l => l.size() + 1, l => `${l}`, l => l.size() < 3, l => l.get('a') == 1]) {
    assert.throws(() => program(p => computed(p.use({}))), /known when the program runs/);
  }
  assert.throws(() => program(async p => p.value(1)), /no async function/);
}
{
  const kept = new Kept(5);
  ['ab', 'cd'].forEach(each => kept.add(each));
  assert.equal(kept.isTooMuch(), false);
  kept.add('ef');
  assert.equal(kept.isTooMuch(), true);
  kept.forgetOldest();
  assert.equal(kept.isTooMuch(), false);
  assert.deepEqual([0, 1, 3, 4].map(count => kept.reaches(count)), [false, true, true, false]);
  kept.acknowledge(2);
  assert.deepEqual(kept.messages(), ['ef']);
  assert.throws(() => kept.acknowledge(1));
  assert.throws(() => kept.acknowledge(4));
}
{
  assert.deepEqual(readControl('{"ack":3}'), { kind: 'ack', received: 3 });
  assert.deepEqual(readControl('{"refused":"tired","reason":"later","more":1}'), { kind: 'refused', refused: 'tired', reason: 'later' });
  const wrong = ['{', '{}', '{"ack":-1}', '{"ack":1.5}', '{"ack":"1"}', '{"ack":9007199254740992}', '{"new":true}', '{"token":1}', '{"token":"a"}', '{"close":0}', `{"close":"${'x'.repeat(4096)}"}`];
  for (const each of wrong) {
    assert.throws(() => readControl(each), each);
  }
}
{
  let disposed = 0;
  const pending = () => Object.assign(new Promise(() => {}), { [Symbol.dispose]: () => disposed++ });
  assert.equal(await withSignal(new AbortController().signal, Promise.resolve(5)), 5);
  await assert.rejects(withSignal(new AbortController().signal, Promise.reject(new Error('mine'))), /mine/);
  await assert.rejects(withSignal(AbortSignal.abort(), pending()), { name: 'AbortError' });
  const controller = new AbortController();
  const waiting = withSignal(controller.signal, pending());
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  assert.equal(disposed, 2);
}
// ---- WebTransport, as far as it is ours

/** A connection whose server says `chunks`; notes what is sent and how it ends. */
const transporting = chunks => {
  const noted = { made: [], sent: '', ended: false, closed: 0 };
  noted.WebTransport = class {
    constructor(url, options) {
      noted.made.push([url, options]);
      this.ready = Promise.resolve();
      this.closed = new Promise(resolve => { this.closing = resolve; });
    }
    async createBidirectionalStream() {
      const from = [...chunks];
      return {
        readable: new ReadableStream({ pull: c => (from.length > 0 ? c.enqueue(from.shift()) : c.close()) }),
        writable: new WritableStream({
          write: bytes => { noted.sent += new TextDecoder().decode(bytes); },
          close: () => { noted.ended = true; this.closing(); },
        }),
      };
    }
    close() {
      noted.closed++;
      this.closing();
    }
  };
  return noted;
};
const bytes = text => new TextEncoder().encode(text);
const heard = async lines => {
  const all = [];
  try { for (;;) all.push(await lines.receive()); } catch (e) { all.push(e.message); }
  return all;
};
{
  // However the lines are cut into chunks, within a character, too.
  const whole = bytes('["é😀"]\n\n["b"]\n');
  for (let size = 1; size <= whole.length; size++) {
    const chunks = [];
    for (let at = 0; at < whole.length; at += size) chunks.push(whole.slice(at, at + size));
    const noted = transporting(chunks);
    assert.deepEqual(await heard(new Lines('https://a/', noted)), ['["é😀"]', '', '["b"]', 'the connection was ended by the server'], size);
  }
}
{
  const of = (text, options) => heard(new Lines('https://a/', { ...transporting([bytes(text)]), ...options }));
  assert.deepEqual(await of('ab'), ['the connection was ended within a message']);
  assert.deepEqual(await of('abc\nabcd\n', { messageLength: 3 }), ["a message of the server has more than 3 characters, which is the limit 'messageLength'"]);
  assert.deepEqual(await of('abc\nabc\n', { messageLength: 3 }), ['abc', 'abc', 'the connection was ended by the server']);
  const endless = transporting([bytes('ab'), bytes('ab')]);
  assert.equal((await heard(new Lines('https://a/', { ...endless, messageLength: 3 })))[0].split(' ')[0], 'a');
  assert.equal(endless.closed, 1);
  const wrong = transporting([Uint8Array.of(0x61, 0xff, 0x0a)]);
  assert.match((await heard(new Lines('https://a/', wrong)))[0], /utf-8/i);
  assert.equal(wrong.closed, 1);
}
{
  // Sent before there is a connection, in order, and ended behind it.
  const noted = transporting([]);
  const transport = new WebTransportTransport('https://a/b', { WebTransport: noted.WebTransport, transport: { requireUnreliable: false } });
  const sent = [transport.send('1'), transport.send('2')];
  transport.abort();
  await Promise.all(sent);
  await transport.opened;
  assert.deepEqual([noted.made, noted.sent], [[['https://a/b', { requireUnreliable: false }]], '1\n2\n']);
  while (!noted.ended) await new Promise(resolve => setTimeout(resolve, 1));
  assert.equal(noted.closed, 0);
}
{
  // Given up before the options are there: no connection is made.
  const noted = transporting([]);
  let give;
  const transport = new WebTransportTransport('https://a/', { WebTransport: noted.WebTransport, transport: () => new Promise(resolve => { give = resolve; }) });
  transport.close();
  give({});
  await assert.rejects(transport.opened, /given up/);
  assert.deepEqual(noted.made, []);
  await assert.rejects(transport.receive(), /given up/);
}
{
  await assert.rejects(Promise.resolve(newWebTransportRpcSession('https://a/', undefined, { WebTransport: undefined }).go()), /no WebTransport/);
  // What asks for resumption is behind what the program asks for.
  for (const [url, asked] of [['https://a/b', 'https://a/b?capnweb=resume.v1'], ['https://a/?c=d', 'https://a/?c=d&capnweb=resume.v1']]) {
    const noted = transporting([bytes('["abort",1]\n')]);
    const over = new ResumableTransport(url, { WebTransport: noted.WebTransport });
    assert.equal((await over.closed).message, 'the server does not resume sessions');
    assert.equal(noted.made[0][0], asked);
    assert.equal(noted.sent, '{"new":true}\n');
  }
}

// ---- what cannot be read ends a session that would otherwise go on, as the server would say it again over each connection

const welcome = (generation, received) => JSON.stringify({ token: `t${generation}`, generation, received, grace: 600_000 });
const soon = { initialMillis: 1, maxMillis: 1 };
/** What `over` ended with; fails if it makes connection after connection instead. */
const endOf = async (over, made) => {
  const why = over.closed;
  let ended = false;
  why.then(() => { ended = true; });
  while (!ended && made.length < 10) await new Promise(resolve => setTimeout(resolve, 1));
  assert.ok(ended, `it was connected ${made.length} times`);
  return why;
};
for (const [wrong, options, told] of [
  [[Uint8Array.of(0x5b, 0xff, 0x5d, 0x0a)], {}, /cannot be read: .*utf-8/i],
  [[bytes(`["${'x'.repeat(200)}"]\n`)], { messageLength: 199 }, /more than 199 characters/],
  [[bytes(`["${'x'.repeat(100)}`), bytes('y'.repeat(100))], { messageLength: 199 }, /more than 199 characters/],
]) {
  const noted = transporting([bytes(`${welcome(1, 0)}\n["pull",1]\n`), ...wrong]);
  const states = [];
  const over = new ResumableTransport('https://a/', { WebTransport: noted.WebTransport, ...soon, ...options, onState: (state, why) => states.push([state, why]) });
  over.send('["push",1]');
  const why = await endOf(over, noted.made);
  assert.ok(why instanceof Mistake, `${why}`);
  assert.match(why.message, told);
  assert.equal(await over.receive(), '["pull",1]');
  await assert.rejects(over.receive(), Mistake);
  // Once more, to tell the server; what was sent is not said again.
  while (!noted.ended) await new Promise(resolve => setTimeout(resolve, 1));
  assert.deepEqual(
    noted.sent.split('\n').filter(line => !line.startsWith('{"confirm"')),
    ['{"new":true}', '["push",1]', '{"resume":"t1","received":1}', '{"close":""}', ''],
  );
  assert.equal(noted.made.length, 2);
  assert.deepEqual(states.map(([state]) => state), ['connecting', 'connected', 'closed']);
  assert.equal(states[2][1], why);
}
{
  // Before there is a session, too, and without telling anybody.
  const noted = transporting([Uint8Array.of(0xff, 0x0a)]);
  assert.ok((await endOf(new ResumableTransport('https://a/', { WebTransport: noted.WebTransport, ...soon }), noted.made)) instanceof Mistake);
  await new Promise(resolve => setTimeout(resolve, 5));
  assert.equal(noted.made.length, 1);
}
{
  // A cut is no mistake, also within a message.
  const noted = transporting([bytes(`${welcome(1, 0)}\n["pull`)]);
  const over = new ResumableTransport('https://a/', { WebTransport: noted.WebTransport, ...soon });
  while (noted.made.length < 3) await new Promise(resolve => setTimeout(resolve, 1));
  over.abort(new Error('enough'));
  assert.equal((await over.closed).message, 'enough');
}

// ---- leaving while away

/** Sockets that are driven by the test. */
const sockets = () => {
  const made = [];
  made.WebSocket = class extends EventTarget {
    readyState = 0;
    sent = [];
    constructor() {
      super();
      made.push(this);
    }
    send(message) {
      this.sent.push(message);
    }
    close() {
      this.readyState = 3;
    }
    opens() {
      this.readyState = 1;
      this.dispatchEvent(new Event('open'));
    }
    says(data) {
      this.dispatchEvent(Object.assign(new Event('message'), { data }));
    }
    cut() {
      this.readyState = 3;
      this.dispatchEvent(Object.assign(new Event('close'), { code: 1006 }));
    }
  };
  return made;
};
/** A session that has sent two messages, and lost its connection; the server has heard the first. */
const lost = options => {
  const made = sockets();
  const over = new ResumableTransport('ws://a/', { WebSocket: made.WebSocket, initialMillis: 60_000, maxMillis: 60_000, ...options });
  made[0].opens();
  made[0].says(welcome(1, 0));
  over.send('["1"]');
  over.send('["2"]');
  made[0].cut();
  return { made, over };
};
{
  const { made, over } = lost();
  over.send('["3"]');
  over.closing = true;
  over.abort(new Error('closed'));
  assert.equal(await over.closed, undefined);
  made[1].opens();
  made[1].says(welcome(2, 1));
  assert.deepEqual(made[1].sent, ['{"resume":"t1","received":0}', '["2"]', '["3"]', '{"close":""}']);
  assert.equal(made[1].readyState, 3);
  assert.equal(made.length, 2);
}
{
  // A failure of ours: what it broke off is not sent.
  const { made, over } = lost();
  over.abort(new Error('broken'));
  assert.equal((await over.closed).message, 'broken');
  made[1].opens();
  made[1].says(welcome(2, 1));
  assert.deepEqual(made[1].sent, ['{"resume":"t1","received":0}', '{"close":""}']);
}
for (const end of [socket => socket.cut(), socket => { socket.opens(); socket.cut(); }, socket => { socket.opens(); socket.says('{"refused":"unknown","reason":"over"}'); }, socket => { socket.opens(); socket.says('{'); }]) {
  // One attempt, however it ends.
  const { made, over } = lost();
  over.closing = true;
  over.abort(new Error('closed'));
  end(made[1]);
  await new Promise(resolve => setTimeout(resolve, 5));
  assert.equal(made.length, 2);
  assert.equal(made[1].readyState, 3);
}
{
  // It is given up in time.
  const { made, over } = lost({ handshakeMillis: 5 });
  over.closing = true;
  over.abort(new Error('closed'));
  while (made[1].readyState !== 3) await new Promise(resolve => setTimeout(resolve, 1));
  assert.equal(made.length, 2);
}
{
  // Too much waits.
  const { made, over } = lost({ keptLength: 20 });
  over.send('["a long message"]');
  assert.match((await over.closed).message, /more waits for it/);
  made[1].opens();
  made[1].says(welcome(2, 2));
  assert.deepEqual(made[1].sent.slice(1), ['{"close":""}']);
}
{
  // Nobody has heard of it yet.
  const made = sockets();
  const over = new ResumableTransport('ws://a/', { WebSocket: made.WebSocket });
  over.send('["1"]');
  over.closing = true;
  over.abort(new Error('closed'));
  assert.equal(await over.closed, undefined);
  assert.equal(made[0].readyState, 3);
  made[0].opens();
  assert.deepEqual([made.length, made[0].sent], [1, []]);
}
{
  // The first word is on its way.
  const made = sockets();
  const over = new ResumableTransport('ws://a/', { WebSocket: made.WebSocket });
  made[0].opens();
  over.send('["1"]');
  over.closing = true;
  over.abort(new Error('closed'));
  made[0].says(welcome(1, 0));
  assert.deepEqual([made.length, made[0].sent], [1, ['{"new":true}', '["1"]', '{"close":""}']]);
}
for (const unknown of [new ArrayBuffer(2), '{', '{"new":true}', '{"ack":7}']) {
  // A frame that is none ends the session at once.
  const made = sockets();
  const over = new ResumableTransport('ws://a/', { WebSocket: made.WebSocket, ...soon });
  made[0].opens();
  made[0].says(welcome(1, 0));
  made[0].says(unknown);
  assert.ok((await endOf(over, made)) instanceof ResumeRefused);
  assert.match(made[0].sent.at(-1), /^{"refused":"protocol"/);
  assert.deepEqual([made.length, made[0].readyState], [1, 3]);
}
console.log('ok');
