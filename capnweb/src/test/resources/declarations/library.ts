// Made from Java interfaces by Capstan; changes will be lost.
import type { RpcTarget } from "capnweb";

export type Awaitable<T> = T | Promise<T>;

export interface Api extends RpcTarget {
  adder(n: number): Awaitable<(arg0: number) => Awaitable<number>>;
  addresses(count: number): Awaitable<ReadableStream<Address>>;
  any(any?: any): Awaitable<any>;
  apply(function_: (arg0: number) => Awaitable<number>, n: number): Awaitable<number>;
  byName(name: string): Awaitable<User>;
  count(bytes: ReadableStream<Uint8Array>): Awaitable<number>;
  default(name?: string): Awaitable<string>;
  error(error: Error): Awaitable<Error>;
  everything(all: Everything): Awaitable<Everything>;
  exact(n: number): Awaitable<number>;
  fail(how: string): Awaitable<void>;
  figure(figure: Figure): Awaitable<Figure>;
  fill(out: WritableStream<Uint8Array>, text: string): Awaitable<void>;
  forget(): Awaitable<void>;
  greet(user: User, level: Level): Awaitable<string>;
  isMine(counter: Counter): Awaitable<boolean>;
  keep(listener: (arg0: string) => Awaitable<void>): Awaitable<void>;
  keepBadly(listener: (arg0: string) => Awaitable<void>): Awaitable<void>;
  later(n: number): Awaitable<number>;
  length(text: string): Awaitable<number>;
  makeCounter(start: number): Awaitable<Counter>;
  page(page: PageOfUser): Awaitable<PageOfUser>;
  pending(text: string): Awaitable<string>;
  read(counter: Counter): Awaitable<number>;
  self(): Awaitable<Api>;
  readonly shared: Awaitable<Counter>;
  square(n: number): Awaitable<number>;
  stage(text: string): Awaitable<string>;
  sum(numbers: ReadableStream<number>): Awaitable<number>;
  table(rows: Record<string, User>[]): Awaitable<Record<string, User>[]>;
  tell(text: string): Awaitable<void>;
  through(stream: ReadableStream<any>): Awaitable<ReadableStream<any>>;
  tree(tree: Tree): Awaitable<Tree>;
  twice(function_: (arg0: number) => Awaitable<number>, n: number): Awaitable<number>;
  users(names: ReadableStream<string>): Awaitable<ReadableStream<User>>;
  zeros(length: number): Awaitable<ReadableStream<Uint8Array>>;
}

export interface Address {
  street: string;
  number: number;
}

export interface User {
  name: string;
  age: number;
  addresses: Address[];
  email?: string;
  note?: string | null;
  levels: Record<string, Level>;
}

export type Level = "LOW" | "top";

export interface Everything {
  flag: boolean;
  small: number;
  medium: number;
  normal: number;
  large: number;
  single: number;
  precise: number;
  letter: string;
  text: string;
  big: bigint;
  time: Date;
  bytes: Uint8Array;
  numbers: Int32Array;
  doubles: Float64Array;
  levels: Level[];
  link?: URL;
  words: string[];
  any?: any;
}

export type Figure = Circle | Group;

export interface Circle {
  kind: "circle";
  radius: number;
}

export interface Group {
  kind: "group";
  parts: Figure[];
}

export interface Counter extends RpcTarget {
  increment(by: number): Awaitable<number>;
  readonly value: Awaitable<number>;
}

export interface PageOfUser {
  items: User[];
  "next-page"?: number;
}

export interface Tree {
  label: string;
  children: Tree[];
}

export interface Admin extends RpcTarget {
  secret(): Awaitable<string>;
}
