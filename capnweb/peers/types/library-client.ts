// Compiled and not run: what a client of the library may write, and what it may not.
import { newWebSocketRpcSession, RpcTarget, type RpcStub } from "capnweb";
import type { Api, Awaitable, Counter, Figure, User } from "./library.js";

class Ours extends RpcTarget implements Counter {
  get value() { return 3; }
  async increment(by: number) { return by; }
}

function assertNever(figure: never): never { throw new Error(String(figure)); }

function area(figure: Figure): number {
  switch (figure.kind) {
    case "circle": return Math.PI * figure.radius ** 2;
    case "group": return figure.parts.map(area).reduce((a, b) => a + b, 0);
    default: return assertNever(figure);
  }
}

async function* readAll<T>(stream: ReadableStream<T>) {
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}

export async function use(): Promise<void> {
  const api: RpcStub<Api> = newWebSocketRpcSession<Api>("ws://localhost/");
  const square: number = await api.square(7);
  const user: User = { name: "Ann", age: square, addresses: [{ street: "Main", number: 7 }], levels: { x: "top" } };
  const text: string = await api.greet(user, "LOW");
  using counter = api.makeCounter(1);
  const five: number = await counter.increment(4);
  const value: number = await counter.value;
  const read: number = await api.read(new Ours()) + await api.read(counter);
  const twice: number = await api.twice(n => n * 2, 3) + await api.twice(async n => n * 2, 3);
  const length: number = await api.length(api.pending("abc"));
  const name: string = await api.byName("x").name;
  const whole: number = area(await api.figure({ kind: "group", parts: [{ kind: "circle", radius: 2 }] }));
  await api.keep(heard => { console.log(heard.length); });
  const sum: Awaitable<number> = (await api.adder(30))(12);
  await api.default();
  const bytes: number = await api.count(new ReadableStream<Uint8Array>());
  for await (const address of readAll(await api.addresses(3))) console.log(address.street, bytes);
  await api.fill(new WritableStream<Uint8Array>(), "x");
  // @ts-expect-error a name and no number
  await api.square("7");
  // @ts-expect-error not one of the levels
  await api.greet(user, "HIGH");
  // @ts-expect-error no such method
  await api.secret();
  console.log(text, five, value, read, twice, length, name, whole, sum);
}
