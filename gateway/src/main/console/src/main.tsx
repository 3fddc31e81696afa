import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { CallsScreen } from './calls';
import { LimitsScreen } from './limits';
import { OverviewScreen } from './overview';
import { ServicesScreen } from './services';
import { api, kill, link, overview, problem, start, told, unlock } from './session';
import { CapabilitiesScreen, SessionsScreen } from './tables';
import { theme } from './theme';
import { age, filter } from './ui';

const SCREENS = [
  ['overview', 'Overview', OverviewScreen],
  ['sessions', 'Sessions', SessionsScreen],
  ['capabilities', 'Capabilities', CapabilitiesScreen],
  ['calls', 'Calls', CallsScreen],
  ['services', 'Services', ServicesScreen],
  ['limits', 'Limits', LimitsScreen],
] as const;

const LINKS = { locked: 'Locked', connecting: 'Connecting', open: 'Live', away: 'Reconnecting', lost: 'Not connected' };

const here = () => location.hash.replace(/^#\/?/, '').split('/')[0];
const screen = signal(here());
addEventListener('hashchange', () => {
  if (screen.value !== here()) {
    filter.value = '';
    told.value = '';
    screen.value = here();
  }
});

// From anywhere: / goes to the filter, and a number to a screen.
addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey || (e.target as Element).closest('input, textarea, select')) {
    return;
  }
  const numbered = SCREENS[Number(e.key) - 1];
  if (e.key === '/') {
    e.preventDefault();
    document.getElementById('filter')?.focus();
  } else if (numbered) {
    location.hash = `#/${numbered[0]}`;
  }
});

const TOLD_MILLIS = 10_000;
effect(() => {
  if (told.value) {
    const timer = setTimeout(() => (told.value = ''), TOLD_MILLIS);
    return () => clearTimeout(timer);
  }
});

effect(() => {
  document.title = `${SCREENS.find(([id]) => id === screen.value)?.[1] ?? 'Overview'} · Capstan console`;
});

function App() {
  return link.value === 'locked' ? <Locked /> : <Shell />;
}

function Shell() {
  const [id, , Screen] = SCREENS.find(each => each[0] === screen.value) ?? SCREENS[0];
  return (
    <>
      <header>
        <a class="brand" href="#/overview">
          <img src="./icon.svg" alt="" width="20" height="20" />
          Capstan
        </a>
        <Status />
        <Invite />
        <button type="button" class="quiet" title="Closes this page's WebSocket: the session goes on over another one" disabled={link.value !== 'open'} onClick={kill}>
          Kill my socket
        </button>
        <Theme />
      </header>
      <nav aria-label="Screens">
        {SCREENS.map(([name, title], i) => (
          <a key={name} href={`#/${name}`} aria-current={name === id ? 'page' : undefined}>
            {title}
            <kbd>{i + 1}</kbd>
          </a>
        ))}
      </nav>
      <main>
        <Banner />
        <Screen key={id} />
      </main>
    </>
  );
}

function Status() {
  const up = overview.value?.upMillis;
  return (
    <p class={`status ${link.value}`} role="status">
      <b>{LINKS[link.value]}</b>
      {link.value === 'open' && up !== undefined && <span>up {age(up)}</span>}
    </p>
  );
}

function Banner() {
  const text =
    link.value === 'lost'
      ? `The server is gone${problem.value ? `: ${problem.value}` : ''}. Trying again every two seconds. What you see is what it said last.`
      : link.value === 'away'
        ? 'The socket is gone. The session waits for another one, and so do calls.'
        : told.value;
  return text ? (
    <p class={`note banner ${link.value === 'open' ? 'good' : 'warn'}`} role="status">
      {text}
      {link.value === 'open' && (
        <button
          type="button"
          class="quiet"
          aria-label="Dismiss"
          onClick={() => {
            told.value = '';
          }}
        >
          ×
        </button>
      )}
    </p>
  ) : null;
}

function Invite() {
  const invite = async () => {
    const token = await api.value?.invitationToken();
    await navigator.clipboard.writeText(`${location.origin}${location.pathname}#token=${token}`);
    told.value = 'A link for one more window is in the clipboard. It can be used once.';
  };
  return (
    <button type="button" class="quiet wide" disabled={link.value !== 'open'} onClick={() => void invite()}>
      Copy a link
    </button>
  );
}

function Theme() {
  const next = theme.value === 'dark' ? 'light' : 'dark';
  return (
    <button type="button" class="quiet" aria-label={`Use ${next} colours`} title={`Use ${next} colours`} onClick={() => (theme.value = next)}>
      {theme.value === 'dark' ? '☀' : '☾'}
    </button>
  );
}

function Locked() {
  const submit = (e: Event) => {
    e.preventDefault();
    unlock(new FormData(e.currentTarget as HTMLFormElement).get('token') as string);
  };
  return (
    <form class="locked" onSubmit={submit}>
      <img src="./icon.svg" alt="" width="40" height="40" />
      <h1>Capstan console</h1>
      <p>The program has printed a link to this page when it started. Open that, or paste it here: it can be used once.</p>
      <label for="token">Link or token</label>
      <input id="token" name="token" autocomplete="off" spellcheck={false} required autofocus />
      {problem.value && (
        <p class="note bad" role="alert">
          {problem.value}
        </p>
      )}
      <button type="submit">Open the console</button>
    </form>
  );
}

start();
render(<App />, document.getElementById('app') as HTMLElement);
