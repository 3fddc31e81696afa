// streams.mjs URL: reads and writes the streams of a C++ StreamingPeer through a gateway at that WebSocket address, and prints a line of JSON for each thing that it has tried.
import { WebSocket } from 'ws';
// Node before 22 has none of its own.
globalThis.WebSocket ??= WebSocket;
const { newWebSocketRpcSession } = await import('capnweb');

const CHUNKS = 64, BYTES = 64 << 10;
const api = newWebSocketRpcSession(process.argv[2]);
const tell = (name, value) => console.log(JSON.stringify([name, value]));

let bytes = 0, chunks = 0, wrong = 0;
for await (const chunk of (await api.source({ chunks: CHUNKS, chunkBytes: BYTES })).content) {
  bytes += chunk.length;
  wrong += chunk[0] !== chunks || chunk.at(-1) !== chunks;
  chunks++;
}
tell('read', { bytes, chunks, wrong });
const writer = (await api.sink({ pause: false })).content.getWriter();
for (let i = 0; i < CHUNKS; i++) await writer.write(new Uint8Array(BYTES));
await writer.close();
const { received, ended } = await api.streamed();
tell('written', { received, ended });
let live = 1;
for (let i = 0; i < 1000 && live > 0; i++) {
  live = (await api.streamed()).live;
  await new Promise(go => setTimeout(go, 5));
}
tell('live', live);
api[Symbol.dispose]();
