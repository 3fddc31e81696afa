// What the screens are made of.
import { type Signal, signal } from '@preact/signals';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Api, api, link, overview, reason } from './session';

// ---- numbers

export const count = (n: number) => (n < 10_000 ? String(n) : n < 1e6 ? `${(n / 1e3).toFixed(n < 1e5 ? 1 : 0)}k` : n < 1e9 ? `${(n / 1e6).toFixed(1)}M` : `${(n / 1e9).toFixed(1)}G`);

export function bytes(n: number) {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let unit = 0;
  while (n >= 1024 && unit < 3) {
    n /= 1024;
    unit++;
  }
  return `${unit && n < 10 ? n.toFixed(1) : Math.round(n)} ${units[unit]}`;
}

export function micros(n: number) {
  if (!n) {
    return '–';
  }
  return n < 1000 ? `${n < 10 ? n.toFixed(1) : Math.round(n)} µs` : n < 1e6 ? `${(n / 1000).toFixed(n < 1e4 ? 1 : 0)} ms` : `${(n / 1e6).toFixed(n < 1e7 ? 1 : 0)} s`;
}

export function age(millis: number) {
  const s = Math.floor(millis / 1000);
  return s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min ${s % 60} s` : s < 86_400 ? `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min` : `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
}

/** A long name, which may be broken where its words are. */
export const soft = (name: string) => name.split(/(?<=\.|[a-z](?=[A-Z]))/).map((part, i) => [i > 0 && <wbr />, part]);

// ---- what is loaded

export interface Live<T> {
  data?: T;
  error?: string;
}

/** Loads again with each word of the server, one load at a time, while `running`. What was there stays until there is something else. */
export function useLive<T>(load: (api: Api) => PromiseLike<unknown>, running = true): Live<T> {
  const [live, setLive] = useState<Live<T>>({});
  const busy = useRef(false);
  const server = api.value;
  const beat = running ? overview.value : undefined;
  useEffect(() => {
    if (!server || busy.current || (!running && live.data)) {
      return;
    }
    busy.current = true;
    load(server)
      .then(
        data => setLive({ data: data as T }),
        (e: unknown) => setLive(old => ({ data: old.data, error: reason(e) })),
      )
      .then(() => {
        busy.current = false;
      });
  }, [server, beat, running]);
  return live;
}

/** The data, or why it is not there. */
export function Loaded<T>({ live, children }: { live: Live<T>; children: (data: T) => ComponentChildren }) {
  return (
    <>
      {live.error && link.value === 'open' && (
        <p class="note bad" role="alert">
          The server did not answer: {live.error} {live.data !== undefined && 'What follows is what it said last.'}
        </p>
      )}
      {live.data !== undefined ? children(live.data) : !live.error && <Skeleton />}
    </>
  );
}

const Skeleton = () => (
  <div class="skeleton" aria-label="loading">
    <i />
    <i />
    <i />
  </div>
);

export const Empty = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <div class="empty">
    <h2>{title}</h2>
    <p>{children}</p>
  </div>
);

export const Wire = ({ name }: { name: string }) => <span class={`wire ${name}`}>{name}</span>;

export const Meter = ({ value, most, plain }: { value: number; most: number; plain?: boolean }) => {
  const share = most > 0 ? Math.min(1, value / most) : 0;
  return (
    <span class={share > 0.8 && !plain ? 'meter hot' : 'meter'} title={plain ? undefined : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`}>
      <i style={{ width: `${Math.max(value > 0 ? 2 : 0, share * 100)}%` }} />
    </span>
  );
};

// ---- filter

export const filter = signal('');

export const matches = (...texts: unknown[]) => {
  const words = filter.value.toLowerCase().split(/\s+/);
  const text = texts.join(' ').toLowerCase();
  return words.every(word => text.includes(word));
};

export const Filter = ({ label, value = filter }: { label: string; value?: Signal<string> }) => (
  <label class="filter">
    <input id="filter" type="search" placeholder={`Filter ${label}`} aria-label={`Filter ${label}`} value={value.value} onInput={e => (value.value = e.currentTarget.value)} onKeyDown={e => e.key === 'Escape' && (e.currentTarget.value ? (value.value = '') : e.currentTarget.blur())} />
    <kbd>/</kbd>
  </label>
);

export const Head = ({ title, note, children }: { title: string; note?: ComponentChildren; children?: ComponentChildren }) => (
  <div class="head">
    <h1 tabIndex={-1}>{title}</h1>
    {note && <p>{note}</p>}
    <div class="tools">{children}</div>
  </div>
);

// ---- tables

export interface Column<R> {
  title: string;
  cell: (row: R) => ComponentChildren;
  /** By what it is sorted. */
  by?: (row: R) => number | string;
  number?: boolean;
  /** Left out first where there is little room: 1, then 2. */
  spare?: 1 | 2;
}

interface TableProps<R> {
  label: string;
  rows: R[];
  id: (row: R) => string | number;
  columns: Column<R>[];
  /** The column that is sorted by at first, and whether the largest is at the top. */
  first?: [number, boolean];
  empty: VNode;
}

/** Rows are walked with the arrows; Tab goes to what is in the row, and on. */
export function Table<R>({ label, rows, id, columns, first = [0, false], empty }: TableProps<R>) {
  const [[sorted, down], sort] = useState(first);
  const [at, setAt] = useState<string | number>();
  const body = useRef<HTMLTableSectionElement>(null);
  const by = columns[sorted].by;
  const shown = by ? [...rows].sort((a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0) * (down ? -1 : 1)) : rows;
  const current = shown.some(row => id(row) === at) ? at : shown.length ? id(shown[0]) : undefined;
  const walk = (e: KeyboardEvent) => {
    const all = [...(body.current?.rows ?? [])];
    const index = all.findIndex(row => row.contains(document.activeElement));
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: all.length - 1 }[e.key];
    if (to !== undefined && all[to]) {
      e.preventDefault();
      all[to].focus();
    }
  };
  if (!rows.length) {
    return empty;
  }
  return (
    <div class="scroll">
      <table aria-label={label}>
        <thead>
          <tr>
            {columns.map((column, i) => (
              <th key={column.title} class={klass(column)} aria-sort={i === sorted ? (down ? 'descending' : 'ascending') : undefined}>
                {column.by ? (
                  <button type="button" onClick={() => sort([i, i === sorted ? !down : !!column.number])}>
                    {column.title}
                  </button>
                ) : (
                  column.title
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={walk}>
          {shown.map(row => (
            <tr key={id(row)} tabIndex={id(row) === current ? 0 : -1} onFocus={() => setAt(id(row))}>
              {columns.map(column => (
                <td key={column.title} class={klass(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const klass = <R,>(column: Column<R>) => `${column.number ? 'number' : ''} ${column.spare ? `spare${column.spare}` : ''}`;
