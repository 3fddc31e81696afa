// How the page reaches the server. What is above, in chat.js, does not notice when the socket below is lost.
import { resumable } from 'capstan-web';

const STATES = { connecting: 'again', connected: 'on', closed: 'off' };

/** A session: the server's main object in `lobby`. `onState` is told "on", "again" and "off"; `kill` closes the socket under the session, `end` the session. */
// snippet session
export function connect(onState) {
  let socket;
  class Socket extends WebSocket {
    constructor(...address) {
      super(...address);
      socket = this; // for the button
    }
  }
  const url = new URL('chat', location.href.replace(/^http/, 'ws'));
  const session = resumable(url, { WebSocket: Socket, onState: state => onState(STATES[state]) });
  return { lobby: session.main, kill: () => socket.close(), end: () => session.close() };
}
// end snippet
