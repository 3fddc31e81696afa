import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Point } from './api';
import { history, overview } from './session';
import { theme } from './theme';
import { bytes, count, Empty, Head, micros, Table, Wire } from './ui';

export function OverviewScreen() {
  const now = overview.value;
  const last = now?.latest;
  return (
    <>
      <Head title="Overview" note="Calls that have ended, second by second." />
      <div class="tiles">
        <Tile name="Calls / s" value={last && count(last.calls)} />
        <Tile name="Errors / s" value={last && count(last.errors)} bad={!!last?.errors} />
        <Tile name="p50" value={last && micros(last.p50)} />
        <Tile name="p99" value={last && micros(last.p99)} />
        <Tile name="Sessions" value={now && count(now.sessions)} href="#/sessions" />
        <Tile name="In flight" value={now && count(now.inFlight)} href="#/calls" />
        <Tile name="Capabilities" value={now && count(now.capabilities)} href="#/capabilities" />
        <Tile name="Queued" value={now && bytes(now.queuedBytes)} />
      </div>
      <Chart />
      {now && (
        <Table
          label="Wires"
          rows={now.wires}
          id={row => row.name}
          columns={[
            { title: 'Wire', cell: row => <Wire name={row.name} />, by: row => row.name },
            { title: 'Sessions', cell: row => count(row.sessions), number: true },
            { title: 'In flight', cell: row => count(row.inFlight), number: true, spare: 1 },
            { title: 'Calls / s', cell: row => count(row.latest.calls), number: true },
            { title: 'p50, 10 s', cell: row => micros(row.latest.p50), number: true, spare: 1 },
            { title: 'p99, 10 s', cell: row => micros(row.latest.p99), number: true },
            { title: 'Calls', cell: row => count(row.calls), number: true, spare: 2 },
            { title: 'Errors', cell: row => <span class={row.errors ? 'bad' : ''}>{count(row.errors)}</span>, number: true },
          ]}
          empty={<Empty title="Nobody has connected yet">Wires are shown when their first session begins.</Empty>}
        />
      )}
    </>
  );
}

const Tile = ({ name, value, bad, href }: { name: string; value?: string; bad?: boolean; href?: string }) => {
  const inside = (
    <>
      <span>{name}</span>
      <b class={bad ? 'bad' : ''}>{value ?? '\u00a0'}</b>
    </>
  );
  return href ? (
    <a class="tile" href={href}>
      {inside}
    </a>
  ) : (
    <div class="tile">{inside}</div>
  );
};

const SECONDS = 120;
const FEWEST = 30;
const HEIGHT = 190;

/** The newest second at the right, and nothing where the program was not running yet. */
function aligned(points: Point[]): uPlot.AlignedData {
  const shown = points.slice(-SECONDS);
  const width = Math.max(FEWEST, shown.length);
  const x = Array.from({ length: width }, (_, i) => i - width + 1);
  const column = (of: (point: Point) => number | null) => x.map((_, i) => (shown[i - width + shown.length] ? of(shown[i - width + shown.length]) : null));
  return [x, column(p => p.calls), column(p => p.errors), column(p => (p.calls ? p.p99 / 1000 : null))];
}

function Chart() {
  const at = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  useEffect(() => {
    const element = at.current as HTMLDivElement;
    // A canvas knows no variables.
    const probe = document.createElement('i');
    element.append(probe);
    const colour = (name: string) => {
      probe.className = `ink-${name}`;
      return getComputedStyle(probe).color;
    };
    const [ink, line, calls, errors, slow] = ['muted', 'line', 'accent', 'bad', 'warn'].map(colour);
    probe.remove();
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: '11px system-ui' };
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        cursor: { y: false },
        legend: { live: true },
        scales: { x: { time: false }, calls: { range: (_, __, max) => [0, Math.max(10, max * 1.15)] }, ms: { range: (_, __, max) => [0, Math.max(1, max * 1.15)] } },
        axes: [
          { ...axis, size: 26, gap: 4, values: (_, all) => all.map(each => (each ? `${each} s` : 'now')) },
          { ...axis, scale: 'calls', size: 46, values: (_, all) => all.map(count) },
          { ...axis, scale: 'ms', side: 1, size: 56, grid: { show: false }, values: (_, all) => all.map(each => (each ? micros(each * 1000).replace('.0', '') : '0')) },
        ],
        series: [
          { label: 'second', value: (_, v) => (v === null ? '–' : v ? `${v} s` : 'now') },
          { label: 'calls / s', scale: 'calls', stroke: calls, width: 1.5, fill: calls.replace(/\)$/, ' / 0.12)').replace(/^rgb\((\d+), (\d+), (\d+)/, 'rgb($1 $2 $3'), points: { show: false } },
          { label: 'errors / s', scale: 'calls', stroke: errors, width: 1.5, points: { show: false } },
          { label: 'p99', scale: 'ms', stroke: slow, width: 1.2, dash: [4, 3], points: { show: false }, value: (_, v) => (v === null ? '–' : micros(v * 1000)) },
        ],
      },
      aligned(history.peek()),
      element,
    );
    plot.current = made;
    const sized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    sized.observe(element);
    return () => {
      sized.disconnect();
      made.destroy();
    };
  }, [theme.value]);
  const points = history.value;
  useEffect(() => {
    plot.current?.setData(aligned(points));
    // The legend shows the second under the pointer, and without one the latest.
    queueMicrotask(() => {
      const drawn = plot.current;
      if (drawn && (drawn.cursor.left ?? -1) < 0) {
        drawn.setLegend({ idx: drawn.data[0].length - 1 });
      }
    });
  }, [points, theme.value]);
  return <div class="card chart" ref={at} role="img" aria-label="Calls and errors for each second, and the 99th percentile of durations, of the last two minutes" />;
}
