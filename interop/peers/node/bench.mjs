// bench.mjs URL: calls the Bench of bench.capnp through a gateway at that WebSocket address, and prints a line of JSON for each thing that it has tried.
import { WebSocket } from 'ws';
const frames = [];
globalThis.WebSocket = class extends WebSocket {
  constructor(to) {
    super(to, { perMessageDeflate: false });
    this.on('message', () => frames.push('<'));
  }
  send(...all) { frames.push('>'); return super.send(...all); }
};
const { newWebSocketRpcSession } = await import('capnweb');

const api = newWebSocketRpcSession(process.argv[2]);
const tell = (name, value) => console.log(JSON.stringify([name, value], (key, each) => typeof each === 'bigint' ? each + 'n' : each));

tell('add', await api.add({ a: 1, b: 2 }));
tell('add what is not safe', await api.add({ a: 2n ** 62n, b: 2n }));
frames.length = 0;
const node = api.getNode(), next = node.node.getNext(), depth = next.node.depth();
tell('depth', await depth);
// What was sent last gives results back.
tell('round trips', frames.join('').replace(/>+/g, '>').replace(/<+/g, '<').replace(/>$/, ''));
[node, next, depth].forEach(each => each[Symbol.dispose]());
tell('echo', [...(await api.echo({ data: new Uint8Array([1, 2, 255]) })).data]);
tell('callback', await api.callMe(({ n }) => n * 2, 10));
const { sink } = await api.openSink();
for (let i = 0; i < 100; i++) await sink.write({ chunk: new Uint8Array(1000) });
tell('stream', await sink.done());
sink[Symbol.dispose]();
let live = 1;
for (let i = 0; i < 1000 && live > 0; i++) {
  live = (await api.liveNodes()).count;
  await new Promise(go => setTimeout(go, 5));
}
tell('live', live);
api[Symbol.dispose]();
