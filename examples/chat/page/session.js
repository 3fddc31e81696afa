// How the page reaches the server. Everything else is in chat.js, which does not know what is below.
import { newWebSocketRpcSession } from 'capnweb';

/** The lobby of the server, a stub. `onState` is told "on" and "off". */
export function connect(onState) {
  const url = new URL('chat', location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url);
  socket.addEventListener('open', () => onState('on'));
  socket.addEventListener('close', () => onState('off'));
  return { lobby: newWebSocketRpcSession(socket), kill: () => socket.close() };
}
