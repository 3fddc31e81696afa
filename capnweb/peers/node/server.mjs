// server.mjs: offers what api.mjs offers over WebSockets and in batches. Prints "READY port". For each line on standard input it prints
// the sizes of the tables of all sessions; it ends when standard input does.
import http from 'node:http';
import readline from 'node:readline';
import { WebSocketServer, WebSocket } from 'ws';
globalThis.WebSocket ??= WebSocket;
const { RpcSession, WebSocketTransport, nodeHttpBatchRpcResponse } = await import('capnweb');
const { Api } = await import('./api.mjs');

const sessions = new Set();
const server = http.createServer((request, response) => {
  nodeHttpBatchRpcResponse(request, response, new Api()).catch(e => { response.statusCode = 500; response.end(String(e)); });
});
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', socket => {
  const session = new RpcSession(new WebSocketTransport(socket), new Api());
  sessions.add(session);
  session.getRemoteMain().onRpcBroken(() => sessions.delete(session));
});
server.listen(0, '127.0.0.1', () => console.log(`READY ${server.address().port}`));
const lines = readline.createInterface({ input: process.stdin });
lines.on('line', () => console.log(JSON.stringify([...sessions].map(session => session.getStats()))));
lines.on('close', () => process.exit(0));
