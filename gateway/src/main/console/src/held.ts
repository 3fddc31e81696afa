// What this page holds: objects of the server, and what it has called on them.
import { type Signal, signal } from '@preact/signals';
import { RpcTarget } from 'capnweb';
import type { Interface, Member, Method, Service } from './api';
import { api, reason } from './session';

/** Something that can be called. Calls on a result that is not there yet are made inside of it. */
export interface Held {
  id: number;
  label: string;
  /** The name of its interface; empty if it is not known. */
  type: string;
  service: Service;
  // biome-ignore lint: whatever it has
  stub: any;
}

/** A stream or a callback of this page, and what went over it. */
export interface Flow {
  kind: 'in' | 'out' | 'callback';
  label: string;
  lines: Signal<string[]>;
  state: Signal<string>;
  send?: (text: string) => Promise<void>;
  read?: () => Promise<void>;
  end?: () => Promise<void>;
}

/** A call that was made. */
export interface Made {
  id: number;
  text: string;
  method?: Method;
  on: Held;
  began: number;
  /** In milliseconds, when it is there. */
  took: Signal<number | undefined>;
  value: Signal<unknown>;
  failure: Signal<string>;
  flows: Flow[];
  // biome-ignore lint: whatever it gives
  result: any;
}

const CALLS = 30;
const LINES = 200;
export const held = signal<Held[]>([]);
export const made = signal<Made[]>([]);
let last = 0;

export const interfaceOf = (of: Held): Interface | undefined => of.service.interfaces.find(each => each.name === of.type);

/** The object of a service, which nobody has to wait for. */
export function served(service: Service): Held | undefined {
  const known = held.value.find(each => each.service.name === service.name && each.label === service.name);
  const server = api.value;
  if (known || !server) {
    return known;
  }
  return hold(service.name, service.type, service, server.service(service.name));
}

// biome-ignore lint: a stub of anything
export function hold(label: string, type: string, service: Service, stub: any): Held {
  const one = { id: ++last, label, type, service, stub };
  held.value = [...held.value, one];
  return one;
}

export function release(one: Held) {
  one.stub[Symbol.dispose]?.();
  held.value = held.value.filter(each => each !== one);
}

/** Nothing of an old session can be called in a new one. */
export function forget() {
  held.value = [];
  made.value = [];
}

// ---- arguments

const pushed = (lines: Signal<string[]>, line: string) => {
  lines.value = [...lines.value, line].slice(-LINES);
};

const text = (value: unknown): string =>
  JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : typeof each === 'function' ? '(object)' : each instanceof ReadableStream || each instanceof WritableStream ? '(stream)' : each instanceof RpcTarget ? '(object)' : each instanceof Uint8Array ? `${each.length} bytes: ${new TextDecoder().decode(each.subarray(0, 200))}` : each))?.replace(/"\((object|stream)\)"/g, '($1)') ?? 'nothing';

/** JSON; integers that JavaScript's numbers do not hold are bigints. */
export function json(source: string): unknown {
  const trimmed = source.trim();
  if (/^-?\d+$/.test(trimmed) && !Number.isSafeInteger(Number(trimmed))) {
    return BigInt(trimmed);
  }
  return JSON.parse(trimmed);
}

/** What stands in a form for a parameter that can be called, or streams. */
export const CALLBACK = 'callback';
export const READS = 'reads';
export const WRITES = 'writes';

/** The value of a parameter; undefined if it is left out. Flows that it brings along are added. */
export function argument(member: Member, source: string, service: Service, flows: Flow[]): unknown {
  switch (member.kind) {
    case 'NUMBER': {
      if (source.trim() === '') {
        return undefined;
      }
      const number = /^-?\d+$/.test(source.trim()) ? json(source) : Number(source);
      if (Number.isNaN(number)) {
        throw new Error(`${member.name}: ${source} is no number`);
      }
      return number;
    }
    case 'FLAG':
      return source === '' ? undefined : source === 'true';
    case 'TEXT':
      return source || !/optional|one of/.test(member.type) ? source : undefined;
    case 'CHOICE':
      return source === '' ? undefined : source;
    case 'BYTES':
      return new TextEncoder().encode(source);
    case 'VALUE':
      if (source.trim() === '') {
        return undefined;
      }
      try {
        return json(source);
      } catch (e) {
        throw new Error(`${member.name}: ${reason(e)}`);
      }
    default:
      return passed(member, source, service, flows);
  }
}

function passed(member: Member, source: string, service: Service, flows: Flow[]): unknown {
  if (source === CALLBACK) {
    return callback(member, service, flows);
  }
  if (source === READS) {
    const flow: Flow = { kind: 'in', label: `${member.name}: what the server writes`, lines: signal([]), state: signal('open') };
    flows.push(flow);
    return new WritableStream({
      write: chunk => pushed(flow.lines, text(chunk)),
      close: () => void (flow.state.value = 'ended'),
      abort: why => void (flow.state.value = `given up: ${reason(why)}`),
    });
  }
  if (source === WRITES) {
    const pipe = new TransformStream();
    flows.push(outgoing(`${member.name}: what the server reads`, pipe.writable, /Uint8Array/.test(member.type) || service.wire === 'capnp'));
    return pipe.readable;
  }
  const one = held.value.find(each => String(each.id) === source);
  if (!one) {
    return member.kind === 'OBJECT' && service.wire === 'capnp' ? null : undefined;
  }
  return one.stub;
}

/** An object of this page with the methods that the server expects, which writes down what it is called. */
function callback(member: Member, service: Service, flows: Flow[]): unknown {
  const flow: Flow = { kind: 'callback', label: `${member.name}: called by the server`, lines: signal([]), state: signal('open') };
  flows.push(flow);
  const heard = (name: string) => (...args: unknown[]) => pushed(flow.lines, `${name}(${args.map(text).join(', ')})`);
  const methods = service.interfaces.find(each => each.name === member.type)?.methods ?? [];
  if (member.kind === 'FUNCTION' || !methods.length) {
    return heard('');
  }
  class Listener extends RpcTarget {}
  for (const method of methods) {
    (Listener.prototype as unknown as Record<string, unknown>)[method.name] = heard(method.name);
  }
  return new Listener();
}

// ---- streams

function outgoing(label: string, stream: WritableStream, isBytes: boolean): Flow {
  const writer = stream.getWriter();
  const flow: Flow = { kind: 'out', label, lines: signal([]), state: signal('open') };
  writer.closed.catch((e: unknown) => {
    flow.state.value = `broken: ${reason(e)}`;
  });
  flow.send = async source => {
    const chunk = isBytes ? new TextEncoder().encode(source) : json(source);
    await writer.write(chunk);
    pushed(flow.lines, text(chunk));
  };
  flow.end = async () => {
    await writer.close();
    flow.state.value = 'ended';
  };
  return flow;
}

function incoming(label: string, stream: ReadableStream): Flow {
  const reader = stream.getReader();
  const flow: Flow = { kind: 'in', label, lines: signal([]), state: signal('open') };
  flow.read = async () => {
    try {
      const { done, value } = await reader.read();
      if (done) {
        flow.state.value = 'ended';
      } else {
        pushed(flow.lines, text(value));
      }
    } catch (e) {
      flow.state.value = `broken: ${reason(e)}`;
    }
  };
  flow.end = async () => {
    await reader.cancel();
    flow.state.value = 'cancelled';
  };
  return flow;
}

const flowing = new WeakMap<object, Flow>();

/** The stream in a result, as something to read or to write. */
export function flowOf(stream: ReadableStream | WritableStream): Flow {
  const known = flowing.get(stream);
  if (known) {
    return known;
  }
  const flow = stream instanceof ReadableStream ? incoming('a stream to read', stream) : outgoing('a stream to write', stream, true);
  flowing.set(stream, flow);
  return flow;
}

// ---- calls

export function call(on: Held, name: string, method: Method | undefined, args: unknown[], flows: Flow[]): Made {
  const one: Made = {
    id: ++last,
    text: `${on.label}.${name}(${args.map(text).join(', ')})`,
    method,
    on,
    began: performance.now(),
    took: signal(undefined),
    value: signal(undefined),
    failure: signal(''),
    flows,
    result: on.stub[name](...args),
  };
  Promise.resolve(one.result).then(
    value => {
      one.took.value = performance.now() - one.began;
      one.value.value = value;
    },
    (e: unknown) => {
      one.took.value = performance.now() - one.began;
      const kind = (e as { kind?: string }).kind;
      one.failure.value = `${kind ? `${kind}: ` : ''}${reason(e)}`;
    },
  );
  made.value = [one, ...made.value].slice(0, CALLS);
  return one;
}
