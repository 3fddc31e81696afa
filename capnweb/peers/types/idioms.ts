// Compiled and not run: what docs/coming-from-typescript.md shows of npm's capnweb.
import { newHttpBatchRpcSession, newWebSocketRpcSession, RpcTarget, type RpcStub } from "capnweb";

interface Book { title: string; author: string; year: number; note?: string }

// snippet target
class Member extends RpcTarget {
  #listeners = new Set<RpcStub<(text: string) => void>>();

  constructor(private owner: string) { super(); }
  get name() { return this.owner; }
  borrow(title: string) { for (const each of this.#listeners) each(`${this.owner} has ${title}`); }
  watch(listener: RpcStub<(text: string) => void>) { this.#listeners.add(listener.dup()); }
}

class Library extends RpcTarget {
  book(title: string): Book {
    if (title !== "Emma") throw new RangeError(`there is no ${title}`);
    return { title, author: "Austen", year: 1815 };
  }
  signIn(card: string) { return new Member("Ann"); }
}
// end snippet

interface Catalogue {
  newest(): Book;
  by(author: string): Book[];
  copies(title: string): number;
}

interface Streams {
  text(title: string): ReadableStream<Uint8Array>;
  donate(text: ReadableStream<Uint8Array>): number;
}

export async function session() {
  // snippet session
  using library = newWebSocketRpcSession<Library>("wss://library.example/api");
  const emma = await library.book("Emma");
  console.log(emma.year);
  // end snippet
}

export async function pipelining(catalogue: RpcStub<Catalogue>) {
  // snippet pipelining
  using newest = catalogue.newest();
  const others = await catalogue.by(newest.author);
  // end snippet
  return others;
}

export async function batch() {
  // snippet batch
  using catalogue = newHttpBatchRpcSession<Catalogue>("https://library.example/api");
  const newest = catalogue.newest();
  const copies = catalogue.copies(newest.title);
  const both = await Promise.all([newest, copies]);
  // end snippet
  return both;
}

export async function callbacks(member: RpcStub<Member>) {
  // snippet callback
  await member.watch(text => console.log(text));
  await member.borrow("Emma");
  // end snippet
}

export async function disposal(library: RpcStub<Library>) {
  // snippet disposal
  using one = await library.signIn("card-7");
  const other = one.dup();
  console.log(await other.name);
  other[Symbol.dispose]();
  // end snippet
}

export function broken(library: RpcStub<Library>) {
  // snippet broken
  library.onRpcBroken(error => console.log("gone:", error.message));
  // end snippet
}

export async function map(catalogue: RpcStub<Catalogue>) {
  // snippet map
  using books = catalogue.by("Austen");
  const copies = await books.map(book => catalogue.copies(book.title));
  // end snippet
  return copies;
}

export async function streams(member: RpcStub<Streams>) {
  // snippet streams
  const reader = (await member.text("Emma")).getReader();
  const first = await reader.read();
  await reader.cancel();
  const count = await member.donate(new Blob(["text"]).stream());
  // end snippet
  return [first, count];
}

export async function errors(library: RpcStub<Library>) {
  // snippet errors
  try {
    await library.book("Ulysses");
  } catch (e) {
    if (e instanceof RangeError) console.log(e.message);
  }
  // end snippet
}
