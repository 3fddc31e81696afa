// server.mjs --port N: offers what api.mjs offers and a stream of bytes, over WebSockets and in batches, as WebBenchServer does. Prints "READY port"; ends on SIGTERM.
import http from 'node:http';
import { WebSocketServer, WebSocket } from 'ws';
globalThis.WebSocket ??= WebSocket;
const { newWebSocketRpcSession, nodeHttpBatchRpcResponse } = await import('capnweb');
const { Api } = await import('../api.mjs');

class BenchApi extends Api {
  download(chunks, size) {
    const chunk = new Uint8Array(size);
    let sent = 0;
    return new ReadableStream({ pull(to) { if (sent++ < chunks) to.enqueue(chunk); else to.close(); } });
  }
}

const server = http.createServer((request, response) => {
  nodeHttpBatchRpcResponse(request, response, new BenchApi()).catch(e => { response.statusCode = 500; response.end(String(e)); });
});
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', socket => { newWebSocketRpcSession(socket, new BenchApi()); });
const port = process.argv.indexOf('--port');
server.listen(port < 0 ? 0 : +process.argv[port + 1], '127.0.0.1', () => console.log(`READY ${server.address().port}`));
