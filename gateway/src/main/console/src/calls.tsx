import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import type { CallRow, Calls } from './api';
import { Empty, Filter, Head, Loaded, matches, micros, useLive, Wire } from './ui';

interface Tree {
  root: CallRow;
  /** All of it, the root first, with how deep each lies. */
  rows: { call: CallRow; depth: number }[];
  /** From the beginning of the root, microseconds. */
  until: number;
  live: boolean;
}

const SHOWN = 120;
const failuresOnly = signal(false);
const pipelinedOnly = signal(false);

/** Calls under the one in whose result they were made. */
function trees({ nowMillis, rows }: Calls): Tree[] {
  const ids = new Set(rows.map(row => row.id));
  const below = new Map<number, CallRow[]>();
  const roots: CallRow[] = [];
  for (const row of rows) {
    if (ids.has(row.parent)) {
      below.set(row.parent, [...(below.get(row.parent) ?? []), row]);
    } else {
      roots.push(row);
    }
  }
  return roots.reverse().map(root => {
    const all: Tree['rows'] = [];
    const add = (call: CallRow, depth: number) => {
      all.push({ call, depth });
      below.get(call.id)?.forEach(each => add(each, depth + 1));
    };
    add(root, 0);
    const end = Math.max(...all.map(({ call }) => call.endedMillis ?? nowMillis));
    return { root, rows: all, until: (end - root.beganMillis) * 1000, live: all.some(({ call }) => call.endedMillis === null) };
  });
}

/** Microseconds to seconds have room beside each other: a place is the logarithm of a time. */
const UNIT = 20;
const place = (time: number, most: number) => (100 * Math.log1p(Math.max(0, time) / UNIT)) / Math.log1p(most / UNIT);
const TICKS = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

export function CallsScreen() {
  const [paused, pause] = useState(false);
  const live = useLive<Calls>(server => server.calls(), !paused);
  return (
    <>
      <Head title="Calls" note="The latest first. A call that was made inside a result that was not there yet hangs below it: both left in one round trip.">
        <Filter label="calls" />
        <button type="button" aria-pressed={paused} onClick={() => pause(!paused)}>
          {paused ? 'Go on' : 'Pause'}
        </button>
        <Toggle value={failuresOnly} name="Failed" />
        <Toggle value={pipelinedOnly} name="Pipelined" />
      </Head>
      <Loaded live={live}>{calls => <Waterfall calls={calls} />}</Loaded>
    </>
  );
}

const Toggle = ({ value, name }: { value: typeof failuresOnly; name: string }) => (
  <button type="button" aria-pressed={value.value} onClick={() => (value.value = !value.value)}>
    {name}
  </button>
);

function Waterfall({ calls }: { calls: Calls }) {
  const all = trees(calls);
  const shown = all
    .filter(tree => (!failuresOnly.value || tree.rows.some(({ call }) => call.failure)) && (!pipelinedOnly.value || tree.rows.length > 1))
    .filter(tree => tree.rows.some(({ call }) => matches(call.method, call.wire, `session ${call.session}`, call.failure)))
    .slice(0, SHOWN);
  if (!shown.length) {
    return all.length ? <Empty title="No call matches">Of the last {calls.rows.length} calls none is like that.</Empty> : <Empty title="No calls yet">Calls of clients, and ours to other servers, are shown here when they begin.</Empty>;
  }
  const most = Math.max(1_000, ...shown.map(tree => tree.until)) * 1.05;
  const walk = (e: KeyboardEvent) => {
    const rows = [...(e.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('.call')];
    const index = rows.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1 }[e.key];
    if (index >= 0 && to !== undefined && rows[to]) {
      e.preventDefault();
      rows[to].focus();
    }
  };
  return (
    <div class="card calls" onKeyDown={walk}>
      <div class="axis" aria-hidden="true">
        <div>
          {TICKS.filter(tick => tick < most * 0.9).map(tick => (
            <i key={tick} style={{ left: `${place(tick, most)}%` }}>
              {micros(tick).replace('.0', '')}
            </i>
          ))}
        </div>
      </div>
      {shown.map((tree, i) => (
        <div key={tree.root.id} class={tree.rows.length > 1 ? 'tree several' : 'tree'}>
          {tree.rows.length > 1 && <p class="trip">{tree.rows.length} calls, 1 round trip</p>}
          {tree.rows.map(({ call, depth }, j) => (
            <Bar key={call.id} call={call} depth={depth} from={tree.root.beganMillis} now={calls.nowMillis} most={most} first={i + j === 0} />
          ))}
        </div>
      ))}
    </div>
  );
}

function Bar({ call, depth, from, now, most, first }: { call: CallRow; depth: number; from: number; now: number; most: number; first: boolean }) {
  const began = (call.beganMillis - from) * 1000;
  const ended = ((call.endedMillis ?? now) - from) * 1000;
  const left = place(began, most);
  const state = call.endedMillis === null ? 'runs' : call.failure ? 'failed' : 'done';
  const took = micros(ended - began);
  return (
    <div class={`call ${state}`} tabIndex={first ? 0 : -1} aria-label={`${call.method}, ${call.wire}, session ${call.session}, ${state === 'runs' ? `running for ${took}` : took}${call.failure ? `, ${call.failure}` : ''}`}>
      <span class="what" style={{ paddingLeft: `${depth * 14}px` }}>
        {depth > 0 && <i class="elbow" />}
        <b title={call.method}>{call.method}</b>
      </span>
      <span class="who">
        <Wire name={call.wire} />
        <small>
          {call.incoming ? 'in' : 'out'} · {call.session}
        </small>
      </span>
      <span class="lane">
        <i class={`bar ${call.wire}`} style={{ left: `${left}%`, width: `max(3px, ${place(ended, most) - left}%)` }} />
      </span>
      <span class="took">{state === 'runs' ? `${took} …` : took}</span>
      {call.failure && <span class="why">{call.failure}</span>}
    </div>
  );
}
