import type { CapabilityRow, SessionRow } from './api';
import { api, reason, told } from './session';
import { age, bytes, count, Empty, Filter, Head, Loaded, matches, Meter, Table, useLive, Wire } from './ui';

async function kill(row: SessionRow) {
  try {
    const was = await api.value?.kill(row.id);
    told.value = !was
      ? `Session ${row.id} was gone already.`
      : row.wire === 'grpc'
        ? 'The calls of all clients of gRPC were ended, with UNAVAILABLE.'
        : `Session ${row.id} of ${row.peer} was cut. A client that connects again is a new row; one that resumes stays.`;
  } catch (e) {
    told.value = reason(e);
  }
}

const SHOWN = 500;
const most = (rows?: unknown[]) => (rows?.length === SHOWN ? `There are more than the ${SHOWN} that are shown, which are the oldest.` : undefined);

export function SessionsScreen() {
  const live = useLive<SessionRow[]>(server => server.sessions());
  return (
    <>
      <Head title="Sessions" note={most(live.data) ?? 'Each connection with its four tables.'}>
        <Filter label="sessions" />
      </Head>
      <Loaded live={live}>
        {rows => (
          <Table
            label="Sessions"
            rows={rows.filter(row => matches(row.id, row.wire, row.peer))}
            id={row => row.id}
            first={[0, true]}
            columns={[
              { title: 'Id', cell: row => row.id, by: row => row.id, number: true },
              { title: 'Wire', cell: row => <Wire name={row.wire} />, by: row => row.wire },
              {
                title: 'Peer',
                cell: row => (
                  <>
                    <span class="mono">{row.peer}</span> <small class="side">{row.incoming ? 'came in' : 'went out'}</small>
                  </>
                ),
                by: row => row.peer,
              },
              { title: 'Age', cell: row => age(row.ageMillis), by: row => row.ageMillis, number: true, spare: 2 },
              { title: 'Calls', cell: row => count(row.calls), by: row => row.calls, number: true, spare: 1 },
              { title: 'Errors', cell: row => <span class={row.errors ? 'bad' : ''}>{count(row.errors)}</span>, by: row => row.errors, number: true, spare: 2 },
              { title: 'Questions', cell: row => count(row.questions), by: row => row.questions, number: true, spare: 1 },
              { title: 'Answers', cell: row => count(row.answers), by: row => row.answers, number: true, spare: 1 },
              { title: 'Exports', cell: row => count(row.exports), by: row => row.exports, number: true, spare: 1 },
              { title: 'Imports', cell: row => count(row.imports), by: row => row.imports, number: true, spare: 1 },
              {
                title: 'Queued / window',
                cell: row => (
                  <span class="pair">
                    {row.window > 0 && <Meter value={row.queuedBytes} most={row.window} />}
                    {bytes(row.queuedBytes)}
                    {row.window > 0 && <small>of {bytes(row.window)}</small>}
                  </span>
                ),
                by: row => row.queuedBytes,
                number: true,
                spare: 2,
              },
              {
                title: '',
                cell: row => (
                  <button type="button" class="small" onClick={() => void kill(row)} aria-label={`Kill session ${row.id}`}>
                    {row.wire === 'grpc' ? 'End calls' : 'Kill'}
                  </button>
                ),
              },
            ]}
            empty={rows.length ? <Empty title="No session matches">Press Escape in the filter to see all {rows.length}.</Empty> : <Empty title="No sessions">Clients are shown here as soon as they connect.</Empty>}
          />
        )}
      </Loaded>
    </>
  );
}

const OLD_MILLIS = 60 * 60 * 1000;

export function CapabilitiesScreen() {
  const live = useLive<CapabilityRow[]>(server => server.capabilities());
  return (
    <>
      <Head title="Capabilities" note={most(live.data) ?? 'Who holds what: the oldest that nobody has released comes first.'}>
        <Filter label="capabilities" />
      </Head>
      <Loaded live={live}>
        {rows => {
          // Seconds and days have room beside each other.
          const length = (millis: number) => Math.log10(1 + millis / 1000);
          const oldest = Math.max(1, ...rows.map(row => length(row.ageMillis)));
          return (
            <Table
              label="Capabilities"
              rows={rows.filter(row => matches(row.type, row.peer, row.session, row.wire, row.exported ? 'ours' : 'theirs'))}
              id={row => `${row.session}.${row.exported}.${row.id}`}
              first={[5, true]}
              columns={[
                { title: 'Object', cell: row => <span class="mono">{row.type || 'object'}</span>, by: row => row.type },
                {
                  title: 'Held by',
                  cell: row =>
                    row.exported ? (
                      <>
                        <a href="#/sessions">session {row.session}</a> <small class="mono">{row.peer}</small>
                      </>
                    ) : (
                      <>
                        us <small class="mono">from {row.peer}</small>
                      </>
                    ),
                  by: row => row.session,
                },
                { title: 'Wire', cell: row => <Wire name={row.wire} />, by: row => row.wire, spare: 1 },
                { title: 'Id', cell: row => <span class="mono">{row.exported ? 'export ' : 'import '}{row.id}</span>, by: row => row.id, spare: 2 },
                { title: 'References', cell: row => count(row.references), by: row => row.references, number: true, spare: 1 },
                {
                  title: 'Age',
                  cell: row => (
                    <span class="pair">
                      <span class={row.ageMillis > OLD_MILLIS ? 'warn' : ''}>{age(row.ageMillis)}</span>
                      <Meter value={length(row.ageMillis)} most={oldest} plain />
                    </span>
                  ),
                  by: row => row.ageMillis,
                  number: true,
                },
              ]}
              empty={rows.length ? <Empty title="Nothing matches">Press Escape in the filter to see all {rows.length}.</Empty> : <Empty title="Nobody holds anything">What a call returns or passes is shown here until it is released.</Empty>}
            />
          );
        }}
      </Loaded>
    </>
  );
}
