// resume.mjs PORT: sessions with the server at that port that are cut, on Node. The server kills sockets, too. Prints a line of JSON for each; the last is the number of effects there were to be.
import { WebSocket as Socket } from 'ws';
import { resumable, ResumeRefused, withSignal } from '../dist/index.js';
import { calls } from './calls.mjs';

const url = `ws://127.0.0.1:${process.argv[2]}/rpc`;
const tell = (...what) => console.log(JSON.stringify(what));
const quick = { WebSocket: Socket, initialMillis: 1, maxMillis: 20 };
const patience = async condition => {
  while (!(await condition())) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
};
let id = 0;

// What its owner hears of it.
{
  const states = [];
  const session = resumable(url, { ...quick, onState: state => states.push(state) });
  const answers = await Promise.all([session.main.hit(id), session.main.hit(id + 1)]);
  session.close();
  await session.closed;
  tell('states', answers.map(each => each - id), states);
  id += 2;
}

// The server kills the socket now and then.
{
  const session = resumable(url, quick);
  id = await calls(session.main, id, 25);
  tell('killed by the server', session.connections > 5);
  await patience(() => session.stats().imports === 1 && session.stats().exports === 1);
  tell('tables', session.stats().imports, session.stats().exports);
  session.close();
  tell('closed', (await session.closed) === undefined);
}

// Cut once so many messages have gone one way, for every third number there is.
const cutting = (way, after) => {
  let left = after;
  return class extends Socket {
    constructor(to, protocols) {
      super(to, protocols);
      this.on('message', () => way === 'in' && this.passed());
    }
    send(message) {
      super.send(message);
      if (way === 'out') {
        this.passed();
      }
    }
    passed() {
      if (--left === 0) {
        this.terminate();
      }
    }
    static left = () => left;
  };
};
for (const way of ['out', 'in']) {
  let boundaries = 1;
  for (let cut = true; cut; boundaries += 3) {
    const Cutting = cutting(way, boundaries);
    const session = resumable(url, { ...quick, WebSocket: Cutting });
    id = await calls(session.main, id, 1);
    cut = Cutting.left() <= 0;
    session.close();
  }
  tell('boundaries', way, boundaries > 15);
}

// Closed while there is no connection: by itself it would look for one after a minute.
{
  const patient = url.replace('/rpc', '/patient');
  const others = resumable(patient, quick);
  let hit = 0;
  const suspended = () => others.main.suspended();
  const slow = { initialMillis: 60_000, maxMillis: 60_000 };
  let sockets = [];
  let down = false;
  const Noted = class extends Socket {
    constructor(to, protocols) {
      super(down ? 'ws://127.0.0.1:1/' : to, protocols);
      sockets.push(this);
    }
  };
  const away = async () => {
    const whys = [];
    const session = resumable(patient, { ...quick, ...slow, WebSocket: Noted, onState: (state, why) => whys.push(why) });
    const answers = [await session.main.hit(hit++)];
    sockets[0].terminate();
    await patience(() => whys.some(why => why));
    await patience(async () => (await suspended()) === 1);
    return { session, answers };
  };
  {
    const { session, answers } = await away();
    // Whether it has happened nobody is told, but it happens.
    const call = session.main.hit(hit++).then(() => 0, () => 1);
    session.close();
    tell('closed while it was away', [...answers, await call], (await session.closed) === undefined, session.connections);
    await patience(async () => (await suspended()) === 0);
    tell('told what was called before, too', await suspended());
  }
  {
    sockets = [];
    const { session } = await away();
    down = true;
    session.close();
    await patience(() => sockets.length === 2 && sockets[1].readyState === 3);
    tell('one attempt', await suspended());
  }
  others.close();
}

// What is refused, and what cannot be had.
{
  const Forging = class extends Socket {
    send(message) {
      super.send(String(message).replace('"resume":"', '"resume":"AAAA'));
    }
  };
  const session = resumable(url, { ...quick, WebSocket: Forging });
  await session.main.hit(id++);
  let refused;
  while (!refused) {
    // Until the server kills the socket, which it does after an effect.
    refused = await session.main.hit(id++).then(() => undefined, e => e);
  }
  const why = await session.closed;
  tell('forged', why instanceof ResumeRefused, why.refusal);
  await session.main.hit(0).catch(e => tell('later calls', e.message === why.message));
}
{
  const session = resumable('ws://127.0.0.1:1/', quick);
  const failed = await session.main.hit(0).catch(e => e.message);
  // What Node says of it behind that is its own.
  tell('nobody there', failed.replace(/\).*/, ')'), session.connections);
}
{
  const session = resumable(url.replace('/rpc', '/plain'), quick);
  tell('not resumable', await session.main.hit(0).catch(() => 'failed'));
}

// Giving up a call.
{
  const session = resumable(url, quick);
  const controller = new AbortController();
  const call = withSignal(controller.signal, session.main.wait());
  await patience(async () => (await session.main.waiting())[0] === 1);
  controller.abort();
  tell('aborted', await call.catch(e => e.name));
  await patience(async () => (await session.main.waiting())[1] === 1);
  tell('cancelled at the server', 1);
  session.close();
}
tell('effects', id);
