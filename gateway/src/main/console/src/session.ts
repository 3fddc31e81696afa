// The session with the server: a capability that is only there for who has a token, and a connection below it that may be lost without anything above noticing.
import { signal } from '@preact/signals';
import type { RpcStub } from 'capnweb';
import { resumable } from '../capstan-web/resume.js';
import type { ConsoleApi, Entrance, Overview, Point } from './api';

const KEPT = 'capstan-console';
const RETRY_MILLIS = 2_000;
const HISTORY = 120;

/** `locked`: a token is needed. `away`: the session goes on, without a connection at the moment. `lost`: it is over, and another one is tried. */
export type Link = 'locked' | 'connecting' | 'open' | 'away' | 'lost';
export type Api = RpcStub<ConsoleApi>;

export const link = signal<Link>('connecting');
export const problem = signal('');
export const api = signal<Api | undefined>(undefined);
export const overview = signal<Overview | undefined>(undefined);
export const history = signal<Point[]>([]);
/** What is said in passing, such as what became of a connection. */
export const told = signal('');

let socket: WebSocket | undefined;
let awaySince = 0;

class Socket extends WebSocket {
  constructor(...address: [string, string?]) {
    super(...address);
    socket = this;
  }
}

export const reason = (e: unknown) => (e instanceof Error ? e.message : String(e));

/** Closes the socket under the session: what is above goes on. */
export function kill() {
  socket?.close();
}

/** Takes the token out of the address, where it would be seen, or the one that this tab has kept. */
export function start() {
  const given = /^#token=([\w-]+)/.exec(location.hash)?.[1];
  if (given) {
    hideToken();
    connect(given);
    return;
  }
  const kept = sessionStorage.getItem(KEPT);
  if (kept) {
    connect(kept);
  } else {
    link.value = 'locked';
  }
}

function hideToken() {
  window.history.replaceState(null, '', location.pathname + '#/overview');
}

/** Takes a whole link, too. */
export function unlock(text: string) {
  connect(text.trim().replace(/^.*#token=/, ''));
}

function connect(token: string) {
  link.value = 'connecting';
  let admitted = false;
  const session = resumable<Entrance>(new URL('rpc', location.href.replace(/^http/, 'ws').replace(/#.*/, '')).href, {
    WebSocket: Socket,
    onState: state => {
      if (!admitted || state === 'closed') {
        return;
      }
      if (state === 'connecting') {
        awaySince = performance.now();
        link.value = 'away';
      } else {
        link.value = 'open';
        told.value = `Resumed after ${Math.round(performance.now() - awaySince)} ms over connection ${session.connections}; nothing was lost.`;
      }
    },
  });
  const door = session.main as unknown as { authenticate(token: string): Api };
  const entered = door.authenticate(token);
  const again = () => {
    api.value = undefined;
    if (link.value !== 'locked') {
      link.value = 'lost';
      setTimeout(() => connect(sessionStorage.getItem(KEPT) ?? token), RETRY_MILLIS);
    }
  };
  void session.closed.then(why => {
    if (why) {
      problem.value = reason(why);
    }
    again();
  });
  // What is behind the token is asked for at once, and all of it is there after one round trip.
  Promise.all([entered.sessionToken(), entered.history()]).then(
    ([kept, points]) => {
      admitted = true;
      sessionStorage.setItem(KEPT, kept);
      history.value = points as Point[];
      problem.value = '';
      api.value = entered;
      link.value = 'open';
      entered.watch(seen).catch((e: unknown) => console.warn(reason(e)));
    },
    (e: unknown) => {
      if (link.value === 'connecting' && session.connections > 0) {
        sessionStorage.removeItem(KEPT);
        problem.value = reason(e);
        link.value = 'locked';
        session.close();
      }
    },
  );
}

function seen(now: Overview) {
  const before = overview.peek();
  overview.value = now;
  if (!before || now.second !== before.second) {
    history.value = [...history.peek(), now.latest].slice(-HISTORY);
  }
}
