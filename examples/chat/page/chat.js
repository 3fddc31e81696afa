import { RpcTarget } from 'capnweb';
import { connect } from './session.js';

const $ = id => document.getElementById(id);
const STATES = { on: 'connected', off: 'not connected', again: 'connecting again' };

/** What the server calls: the messages of a room, and who is there. */
class Screen extends RpcTarget {
  message({ from, text, at }) { show(from, text, at); }
  present(names) { list($('present'), names.map(name => person(name))); }
}

let session; // how the lobby is reached
let member; // who we are
let room; // where we are
let where = ''; // its name
let own = '';

function state(now) {
  $('status').dataset.state = now;
  $('status').textContent = STATES[now];
  $('kill').hidden = now === 'off';
  $('kill').disabled = now !== 'on';
  if (now === 'off' && member) { goneFor(`The session has ended. Enter again to come back.`); }
}

function goneFor(reason) {
  member = room = undefined;
  $('chat').hidden = true;
  $('door').hidden = false;
  refuse(reason);
}

function refuse(reason) {
  $('refused').textContent = reason;
  $('refused').hidden = !reason;
}

async function enter(name) {
  refuse('');
  session ??= connect(now => { state(now); if (now === 'off') { session = undefined; } });
  // Three calls that need each other's results, in one round trip: nothing waits here.
  const entered = session.lobby.enter(name);
  const joined = entered.join('lobby', new Screen());
  clear();
  where = 'lobby';
  own = name.trim();
  try {
    await entered.watchRooms(showRooms);
    room = await joined;
    member = await entered;
  } catch (e) {
    refuse(e.message);
    return;
  }
  $('door').hidden = true;
  $('chat').hidden = false;
  $('text').focus();
}

async function go(name) {
  if (name === where || !member) { return; }
  room?.[Symbol.dispose](); // leaves
  clear();
  where = name;
  const joining = member.join(name, new Screen());
  markRoom();
  try {
    room = await joining;
  } catch (e) {
    note(e.message);
  }
  $('text').focus();
}

// ---- what is seen

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const list = (where, items) => where.replaceChildren(...items);

function clear() {
  list($('messages'), []);
  list($('present'), []);
}

/** Each name has a colour of its own. */
function hue(name) {
  let sum = 0;
  for (const c of name) { sum = (sum * 31 + c.codePointAt(0)) % 360; }
  return sum;
}

function avatar(name) {
  const made = element('span', { className: 'avatar', ariaHidden: 'true', textContent: [...name][0].toUpperCase() });
  made.style.setProperty('--hue', hue(name));
  return made;
}

const person = name => element('li', {}, avatar(name), element('span', { textContent: name === own ? `${name} (you)` : name }));

function showRooms(rooms) {
  list($('rooms'), rooms.map(({ name, present }) => {
    const button = element('button', { type: 'button' }, element('span', { textContent: name }), element('small', { textContent: present || '' }));
    button.dataset.room = name;
    button.addEventListener('click', () => go(name));
    return element('li', {}, button);
  }));
  markRoom();
}

function markRoom() {
  for (const button of $('rooms').querySelectorAll('button')) {
    button.ariaCurrent = button.dataset.room === where ? 'true' : null;
  }
}

function show(from, text, at) {
  const messages = $('messages');
  const before = messages.lastElementChild;
  const atEnd = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 60;
  const time = element('time', { dateTime: at.toISOString(), textContent: at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }) });
  const item = element('li', { className: from === own ? 'own' : '' }, element('p', { textContent: text }));
  item.dataset.from = from;
  if (before?.dataset.from === from) {
    item.classList.add('more');
    item.firstChild.title = time.textContent;
  } else {
    item.prepend(avatar(from), element('div', { className: 'from' }, element('b', { textContent: from }), time));
  }
  messages.append(item);
  if (atEnd || from === own) { item.scrollIntoView({ block: 'end' }); }
}

function note(text) {
  $('messages').append(element('li', { className: 'note', textContent: text }));
  $('messages').lastElementChild.scrollIntoView({ block: 'end' });
}

// ---- what is done

$('enter').addEventListener('submit', event => {
  event.preventDefault();
  enter($('name').value);
});
$('open').addEventListener('submit', event => {
  event.preventDefault();
  go($('room').value.trim());
  $('room').value = '';
});
$('say').addEventListener('submit', async event => {
  event.preventDefault();
  const text = $('text').value;
  $('text').value = '';
  try {
    await room.say(text);
  } catch (e) {
    note(e.message);
  }
});
$('kill').addEventListener('click', () => session?.kill());
// Who leaves says so: a page that is merely gone is waited for.
addEventListener('pagehide', () => session?.end());
