// il.mjs PORT: sends programs to the server at that port, and prints a line of JSON for each. Runs in clients/ts/target, where everything is installed.
import { WebSocket } from 'ws';
globalThis.WebSocket ??= WebSocket;
const { RpcSession, WebSocketTransport, newHttpBatchRpcSession } = await import('capnweb');
const { programs, squares, telling } = await import('./programs.mjs');

const port = process.argv[2];
const tell = (name, value) => console.log(JSON.stringify([name, value]));

const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
await new Promise((resolve, reject) => { socket.once('open', resolve); socket.once('error', reject); });
let sent = 0;
const send = socket.send.bind(socket);
socket.send = (...args) => { sent++; return send(...args); };
await programs(new RpcSession(new WebSocketTransport(socket)), tell, () => sent);
socket.close();
await telling(tell)('batch', () => { const batch = newHttpBatchRpcSession(`http://127.0.0.1:${port}/`); return squares(batch).on(batch); });
