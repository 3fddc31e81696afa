import type { LimitRow } from './api';
import { Empty, Filter, Head, Loaded, matches, Meter, soft, Table, useLive, Wire } from './ui';

const grouped = (n: number) => n.toLocaleString('en');

export function LimitsScreen() {
  const live = useLive<LimitRow[]>(server => server.limits());
  return (
    <>
      <Head title="Limits" note="What is configured, and the most that was seen while a console was open.">
        <Filter label="limits" />
      </Head>
      <Loaded live={live}>
        {rows => (
          <Table
            label="Limits"
            rows={rows.filter(row => matches(row.group, row.name))}
            id={row => `${row.group}.${row.name}`}
            columns={[
              { title: 'Of', cell: row => <Wire name={row.group} />, by: row => row.group },
              { title: 'Limit', cell: row => <span class="mono">{soft(row.name)}</span>, by: row => row.name },
              { title: 'Configured', cell: row => (typeof row.value === 'number' ? grouped(row.value) : row.configured), by: row => row.value ?? -1, number: true },
              { title: 'Peak', cell: row => (typeof row.peak === 'number' ? grouped(row.peak) : <small>–</small>), by: row => row.peak ?? -1, number: true },
              { title: 'Used', cell: row => (typeof row.peak === 'number' && typeof row.value === 'number' ? <Meter value={row.peak} most={row.value} /> : null), by: row => (row.peak ?? -1) / (row.value || 1), spare: 1 },
            ]}
            empty={rows.length ? <Empty title="No limit matches">Press Escape in the filter to see all {rows.length}.</Empty> : <Empty title="No limits are told">The program did not tell the console which limits it has.</Empty>}
          />
        )}
      </Loaded>
    </>
  );
}
