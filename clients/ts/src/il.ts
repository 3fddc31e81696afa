import { RpcPromise, RpcStub } from 'capnweb';

/** The method by which objects that answer programs run one: `$run(program, captures)`. */
export const RUN = '$run';

/** Something of npm's capnweb that leads to a peer, or stands for what will come from it. */
type Remote = RpcStub<any> | RpcPromise<any>;

/** What may stand wherever a program wants a value: a tree with expressions in it, and stubs, which are captured. */
export type Value =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | Expr
  | Remote
  | readonly Value[]
  | { readonly [name: string]: Value };

/** A peer whose server answers programs. */
type Peer = Remote | { [RUN](program: unknown, captures: unknown[]): unknown };

/** A value of a program's grammar, as docs/il.md has it. */
type Code = unknown;

/** Operations that are done one after the other, each under a name. */
class Block {
  readonly pairs: [string, Code][] = [];
  constructor(readonly outer: Block | undefined) {}
}

/** A program that is being written: each operation is done once, in the order in which it was made, however often its value is used. */
class Recording {
  readonly captures: unknown[] = [];
  private readonly captured = new Map<unknown, Expr>();
  private current: Block | undefined;
  private names = 0;

  block(body: () => Value): Code {
    const outer = this.current;
    const block = new Block(outer);
    this.current = block;
    try {
      const result = this.written(body());
      const last = block.pairs.at(-1);
      if (last && Array.isArray(result) && result[0] === 'var' && result[1] === last[0]) {
        // The result is what was done last: it needs no name.
        block.pairs.pop();
        return block.pairs.length === 0 ? last[1] : ['let', block.pairs, last[1]];
      }
      return block.pairs.length === 0 ? result : ['let', block.pairs, result];
    } finally {
      this.current = outer;
    }
  }

  private here(): Block {
    if (!this.current) {
      throw new Error('this program is complete: use its expressions inside of program() only');
    }
    return this.current;
  }

  name(): string {
    return `v${this.names++}`;
  }

  named(name: string): Expr {
    return new Expr(this, ['var', name], this.here());
  }

  /** What is done now, in its order. */
  made(code: Code): Expr {
    const block = this.here();
    const name = this.name();
    block.pairs.push([name, code]);
    return new Expr(this, ['var', name], block);
  }

  operation(tag: string, ...operands: Code[]): Expr {
    return this.made([tag, ...operands]);
  }

  capture(value: unknown): Expr {
    this.here();
    let known = this.captured.get(value);
    if (!known) {
      known = new Expr(this, ['capture', this.captures.length], undefined);
      this.captures.push(value);
      this.captured.set(value, known);
    }
    return known;
  }

  written(value: Value): Code {
    if (value instanceof Expr) {
      return this.known(value);
    }
    if (value instanceof RpcStub || value instanceof RpcPromise) {
      return codeOf(this.capture(value));
    }
    if (Array.isArray(value)) {
      return ['list', ...value.map(each => this.written(each))];
    }
    if (typeof value === 'function' || typeof value === 'symbol') {
      throw new TypeError(`a ${typeof value} is no value of a program: capture it with use()`);
    }
    if (typeof value === 'object' && value !== null && !(value instanceof Date) && !(value instanceof Uint8Array)) {
      if (value instanceof Promise) {
        throw new TypeError('a promise is no value of a program: do not await in it, and write no async function; what it calls it waits for by itself');
      }
      const prototype = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) {
        throw new TypeError('an object of a class is no value of a program: capture it with use()');
      }
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.written(member)]));
    }
    return value;
  }

  private known(expr: Expr): Code {
    const [recording, code, home] = partsOf(expr);
    if (recording !== this) {
      throw new Error('this expression belongs to another program');
    }
    let block: Block | undefined = this.here();
    while (home && block !== home) {
      block = block.outer;
      if (!block) {
        throw new Error('this value exists only inside of the branch or loop where it was made: let that return it');
      }
    }
    return code;
  }
}

let partsOf: (expr: Expr) => [Recording, Code, Block | undefined];
const codeOf = (expr: Expr): Code => partsOf(expr)[1];

/**
 * A value that a program will have when it runs; what is done with it is written down. Numbers are those of JavaScript, bigints apart. Nothing is converted: an operand of another kind fails the program. A
 * call does not wait for what it is made on, or for its arguments.
 */
export class Expr {
  readonly #recording: Recording;
  readonly #code: Code;
  readonly #block: Block | undefined;

  static {
    partsOf = expr => [expr.#recording, expr.#code, expr.#block];
  }

  /** @internal */
  constructor(recording: Recording, code: Code, block: Block | undefined) {
    this.#recording = recording;
    this.#code = code;
    this.#block = block;
  }

  #operation(tag: string, ...operands: Value[]): Expr {
    return this.#recording.operation(tag, ...[this as Value, ...operands].map(each => this.#recording.written(each)));
  }

  #call(path: Code, args: Value[]): Expr {
    const [target, ...rest] = [this as Value, ...args].map(each => this.#recording.written(each));
    return this.#recording.operation('call', target, path, ...rest);
  }

  /** JavaScript would compute with this at once, and get nonsense. What it cannot tell is a condition: `if (a.is(b))` is always true. */
  [Symbol.toPrimitive](): never {
    throw new TypeError('the value of an expression is known when the program runs: use plus(), is(), lessThan(), size() and their like, and when() in place of if');
  }

  /** Calls the method of that name. */
  call(name: string, ...args: Value[]): Expr {
    return this.#call(name, args);
  }

  /** Calls this itself, as functions are called. */
  apply(...args: Value[]): Expr {
    return this.#call([], args);
  }

  /** The member, property or element that `step` names, now or when the program runs. */
  get(step: string | number | Expr): Expr {
    return this.#operation('get', step);
  }

  /** The sum, or one text behind the other. */
  plus(other: Value): Expr {
    return this.#operation('+', other);
  }

  minus(other: Value): Expr {
    return this.#operation('-', other);
  }

  times(other: Value): Expr {
    return this.#operation('*', other);
  }

  dividedBy(other: Value): Expr {
    return this.#operation('/', other);
  }

  remainder(other: Value): Expr {
    return this.#operation('%', other);
  }

  negated(): Expr {
    return this.#operation('neg');
  }

  /** Whether this is `other`: of the same kind, and equal. Neither lists, records nor objects can be compared. */
  is(other: Value): Expr {
    return this.#operation('==', other);
  }

  isNot(other: Value): Expr {
    return this.#operation('!=', other);
  }

  lessThan(other: Value): Expr {
    return this.#operation('<', other);
  }

  atMost(other: Value): Expr {
    return this.#operation('<=', other);
  }

  moreThan(other: Value): Expr {
    return this.#operation('>', other);
  }

  atLeast(other: Value): Expr {
    return this.#operation('>=', other);
  }

  /** Whether both are true; the other is done only if this is. */
  and(other: () => Value): Expr {
    return this.#recording.operation('and', this.#recording.written(this), this.#recording.block(other));
  }

  /** Whether one is true; the other is done only if this is not. */
  or(other: () => Value): Expr {
    return this.#recording.operation('or', this.#recording.written(this), this.#recording.block(other));
  }

  not(): Expr {
    return this.#operation('not');
  }

  /** How many elements, members or characters this has. */
  size(): Expr {
    return this.#operation('size');
  }
}

/** Writes a program down; usable while the function runs that it was given to. */
export class Writer {
  readonly #recording: Recording;

  /** @internal */
  constructor(recording: Recording) {
    this.#recording = recording;
  }

  /** What was there before the program: a stub, a function, an object, a stream, or a value that should not be a part of it. Captured once, however often it is used. */
  use(captured: unknown): Expr {
    return this.#recording.capture(captured);
  }

  /** A value, a list or a record. */
  value(tree: Value): Expr {
    return this.#recording.made(this.#recording.written(tree));
  }

  /** What `then` or `otherwise` gives; only that one is done. */
  when(condition: Value, then: () => Value, otherwise: () => Value = () => undefined): Expr {
    const test = this.#recording.written(condition);
    return this.#recording.operation('if', test, this.#recording.block(then), this.#recording.block(otherwise));
  }

  /** What `body` gives for each element of a list (for which `filter` gives true), in a list. */
  each(list: Value, body: (element: Expr) => Value, filter?: (element: Expr) => Value): Expr {
    const elements = this.#recording.written(list);
    const name = this.#recording.name();
    const inside = (work: (element: Expr) => Value) => this.#recording.block(() => work(this.#recording.named(name)));
    const operands = ['for', name, elements, inside(body)] as const;
    return filter ? this.#recording.made([...operands, inside(filter)]) : this.#recording.made(operands);
  }

  /** Goes on as long as `condition` gives true, with `start` in the first round and with what `next` gives after that; gives the last. Members that `next` leaves out stay as they are. */
  repeat<S extends string>(
    start: Record<S, Value>,
    condition: (state: Record<S, Expr>) => Value,
    next: (state: Record<S, Expr>) => Partial<Record<S, Value>>,
  ): Expr {
    const members = (Object.keys(start) as S[]).map(member => ({ member, name: this.#recording.name() }));
    const state = () =>
      Object.fromEntries(members.map(({ member, name }) => [member, this.#recording.named(name)])) as Record<S, Expr>;
    const first = members.map(({ member, name }) => [name, this.#recording.written(start[member])]);
    const test = this.#recording.block(() => condition(state()));
    const round = this.#recording.block(() => {
      const all: Record<S, Value> = { ...state(), ...next(state()) };
      return members.map(({ member }) => all[member]);
    });
    const last = Object.fromEntries(members.map(({ member, name }) => [member, ['var', name]]));
    return this.#recording.operation('while', first, test, round, last);
  }

  /** Ends the program, which fails with this text. */
  fail(message: Value): Expr {
    return this.#recording.operation('fail', this.#recording.written(message));
  }

  /** Lists, one behind the other. */
  concat(...lists: Value[]): Expr {
    return this.#recording.operation('concat', ...lists.map(each => this.#recording.written(each)));
  }
}

/** What a peer is to do: can be sent as often as one likes, as long as the stubs that it captures are not disposed. */
export class Program {
  /** @internal */
  constructor(
    /** The program, in the grammar of docs/il.md. */
    readonly code: unknown,
    /** What it captures, in the order of the indexes; not owned. */
    readonly captures: readonly unknown[],
  ) {}

  /** Sends it to `peer`, whose server answers programs. The result pipelines as that of any call; the caller disposes of it, which ends the program if it still runs. */
  on(peer: Peer): any {
    return (peer as any)[RUN](this.code, [...this.captures]);
  }
}

/**
 * Writes down what `body` does, which runs once, here and now, with expressions that stand for the values that the program will have:
 *
 *     const unread = program(p => p.each(p.use(api).call('messages'), m => m.get('subject'), m => m.get('read').not()));
 *     console.log(await unread.on(api));
 *
 * JavaScript's own `if` and `for` run here: choices about values that are not known are made by `when`, `each` and `repeat`.
 */
export function program(body: (p: Writer) => Value): Program {
  const recording = new Recording();
  const writer = new Writer(recording);
  const code = recording.block(() => body(writer));
  return new Program(code, recording.captures);
}
