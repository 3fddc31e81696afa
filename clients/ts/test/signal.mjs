// signal.mjs PORT: calls whose signals are aborted while the server at that port does them, in both styles of its methods. Prints a line of JSON for each; runs in clients/ts/target.
import { WebSocket } from 'ws';
globalThis.WebSocket ??= WebSocket;
const { RpcSession, WebSocketTransport } = await import('capnweb');
const { withSignal } = await import('capstan-web');

for (const style of ['async', 'blocking']) {
  const socket = new WebSocket(`ws://127.0.0.1:${process.argv[2]}/${style}`, { perMessageDeflate: false });
  await new Promise((resolve, reject) => { socket.once('open', resolve); socket.once('error', reject); });
  const session = new RpcSession(new WebSocketTransport(socket));
  const api = session.getRemoteMain();
  const tell = (...what) => console.log(JSON.stringify([style, ...what]));
  const until = async condition => { while (!(await condition())) { await new Promise(resolve => setTimeout(resolve, 5)); } };
  const told = async () => (await api.told()).join();
  // Aborted when the method has begun.
  const aborted = async (call, begun) => {
    const controller = new AbortController();
    const result = withSignal(controller.signal, call()).then(got => got, e => e.name);
    await until(async () => (await told()).endsWith(begun));
    controller.abort();
    return result;
  };

  tell(await aborted(() => api.offer(), 'offered'));
  await until(async () => (await told()).endsWith('cancelled'));
  tell('a marked method stops', await told());

  tell(await aborted(() => api.order(), 'ordered'));
  tell('another goes on', await told());
  await api.go();
  await until(async () => (await told()).endsWith('done'));
  tell('and ends', await told());

  tell(await withSignal(new AbortController().signal, api.go()));
  await until(() => JSON.stringify(session.getStats()) === '{"imports":1,"exports":1}');
  tell('tables', session.getStats());
  socket.close();
}
