// greeter.mjs URL: calls guide.Greeter through a gateway at that WebSocket address, and prints a line of JSON for each thing that it has tried.
import { WebSocket } from 'ws';
// Node before 22 has none of its own.
globalThis.WebSocket ??= WebSocket;
const { newWebSocketRpcSession } = await import('capnweb');

const api = newWebSocketRpcSession(process.argv[2]);
const greeter = api.guide.Greeter;
const plain = value => JSON.parse(JSON.stringify(value, (key, each) => typeof each === 'bigint' ? each + 'n' : each));
const tell = (name, value) => console.log(JSON.stringify([name, plain(value)]));
const told = async (name, work) => {
  try {
    tell(name, await work());
  } catch (e) {
    tell(name, { failed: e?.name ?? typeof e, message: e?.message ?? String(e), kind: e?.kind, code: e?.code });
  }
};
const texts = async stream => {
  const all = [];
  for await (const { text } of stream) all.push(text);
  return all;
};

await told('page', async () => {
  // snippet greeter
  const { text } = await greeter.greet({ text: 'Ada' });                 // 'hello Ada'
  for await (const each of await greeter.greetOften({ text: '3' })) { }  // {text: 'hello 0'}, {text: 'hello 1'}, {text: 'hello 2'}
  const together = await greeter.greetTogether([{ text: 'Ada' }, { text: 'Bob' }]);
  // end snippet
  return { text, together };
});
await told('what is not there yet in a message', () => greeter.greet({ text: greeter.greet({ text: 'Ada' }).text }));
await told('stream of the server', async () => texts(await greeter.greetOften({ text: '3' })));
await told('streams both ways', async () => {
  let names;
  const talked = new ReadableStream({ start(to) { names = to; } });
  const greetings = (await greeter.talk(talked)).getReader();
  const heard = [];
  for (const text of ['Ada', 'Bob']) {
    names.enqueue({ text });
    heard.push((await greetings.read()).value.text);
  }
  names.close();
  heard.push((await greetings.read()).done);
  return heard;
});
await told('stream of the page', async () => {
  const names = new ReadableStream({
    start(to) { for (const text of ['Ada', 'Bob', 'Cleo']) to.enqueue({ text }); to.close(); },
  });
  return greeter.greetTogether(names);
});
await told('metadata', () => greeter.greet({ text: 'metadata' }, { metadata: { 'x-who': 'Node' }, timeout: 60000 }));
await told('status', () => greeter.greet({ text: 'nobody' }));
await told('wrong', () => greeter.greet({ text: 5 }));
await told('cancelling', async () => {
  const call = greeter.greet({ text: 'never' });
  call.then(() => {}, () => {});
  for (let i = 0; i < 1000; i++) {
    const { text } = await greeter.greet({ text: 'waiting' });
    if (text === 'hello 1') break;
    await new Promise(go => setTimeout(go, 5));
  }
  call[Symbol.dispose]();
  for (let i = 0; i < 1000; i++) {
    const { text } = await greeter.greet({ text: 'waiting' });
    if (text === 'hello 0') return true;
    await new Promise(go => setTimeout(go, 5));
  }
  return false;
});
api[Symbol.dispose]();
