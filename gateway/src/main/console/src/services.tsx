import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Member, Method, Service } from './api';
import { argument, call, CALLBACK, type Flow, flowOf, forget, type Held, held, hold, interfaceOf, json, type Made, made, READS, release, served, WRITES } from './held';
import { api, reason } from './session';
import { Empty, Filter, Head, Loaded, matches, micros, soft, useLive, Wire } from './ui';

const chosen = signal<number | undefined>(undefined);
const open = signal('');
let ofSession: unknown;

export function ServicesScreen() {
  const live = useLive<Service[]>(server => server.services());
  if (ofSession !== api.value && api.value) {
    ofSession = api.value;
    forget();
  }
  return (
    <>
      <Head title="Services" note="Call what is served. What a call gives can be called in turn, also before it is there.">
        <Filter label="methods" />
      </Head>
      <Loaded live={live}>{services => (services.length ? <Workbench services={services} /> : <Empty title="Nothing is served">The program did not tell the console of any object.</Empty>)}</Loaded>
    </>
  );
}

/** #/services/NAME/METHOD leads to a form. */
const linked = () => location.hash.split('/').slice(2).map(decodeURIComponent);

function Workbench({ services }: { services: Service[] }) {
  useEffect(() => {
    const [name, method] = linked();
    services.forEach(served);
    const first = held.value.find(each => each.label === name) ?? held.value[0];
    if (chosen.value === undefined || !held.value.some(each => each.id === chosen.value)) {
      chosen.value = first?.id;
      open.value = method ?? '';
    }
  }, [api.value]);
  const on = held.value.find(each => each.id === chosen.value) ?? held.value[0];
  return (
    <div class="bench">
      <section aria-label="Objects" class="card objects">
        <h2>Objects</h2>
        {held.value.map(each => (
          <div key={each.id} class="object">
            <button type="button" aria-pressed={each === on} onClick={() => (chosen.value = each.id)}>
              <b>{soft(each.label)}</b>
              <small>{each.type || 'unknown type'}</small>
            </button>
            {services.some(service => service.name === each.label) ? (
              <Wire name={each.service.wire} />
            ) : (
              <button type="button" class="quiet" aria-label={`Release ${each.label}`} title="Release" onClick={() => release(each)}>
                ×
              </button>
            )}
          </div>
        ))}
      </section>
      <section aria-label="Methods" class="card methods">
        {on && <Methods key={on.id} on={on} />}
      </section>
      <section aria-label="Results" class="results" aria-live="polite">
        {made.value.length ? made.value.map(each => <Result key={each.id} made={each} />) : <Empty title="No calls yet">What you call is shown here, the latest first.</Empty>}
      </section>
    </div>
  );
}

function Methods({ on }: { on: Held }) {
  const type = interfaceOf(on);
  if (!type) {
    return (
      <>
        <h2>{on.label}</h2>
        <p class="hint">The schema does not tell what this is. Say it, or call it by a name.</p>
        <select
          aria-label="Its interface"
          onChange={e => {
            const name = e.currentTarget.value;
            held.value = held.value.map(each => (each === on ? { ...on, type: name } : each));
          }}
        >
          <option value="">Interface…</option>
          {on.service.interfaces.map(each => (
            <option key={each.name}>{each.name}</option>
          ))}
        </select>
        <ByName on={on} />
      </>
    );
  }
  const shown = type.methods.filter(method => matches(method.name, ...method.takes.map(each => each.name)));
  return (
    <>
      <h2>{type.name}</h2>
      {shown.map(method => {
        const isOpen = open.value === method.name;
        return (
          <div key={method.name} class="method">
            <button
              type="button"
              aria-expanded={isOpen}
              onClick={() => {
                open.value = isOpen ? '' : method.name;
                window.history.replaceState(null, '', `#/services/${encodeURIComponent(on.label)}${isOpen ? '' : `/${method.name}`}`);
              }}
            >
              <b>{method.name}</b>
              <small>{signature(method)}</small>
            </button>
            {isOpen && <Form on={on} method={method} />}
          </div>
        );
      })}
      {!shown.length && <p class="hint">No method matches.</p>}
    </>
  );
}

function signature(method: Method) {
  const gives = method.gives.map(each => (each.name ? `${each.name} :${each.type}` : each.type)).join(', ');
  const takes = method.takes.map(each => each.name).join(', ');
  return `(${takes}) → ${method.streams ? 'stream' : gives ? (method.gives[0].name ? `(${gives})` : gives) : '()'}`;
}

function Form({ on, method }: { on: Held; method: Method }) {
  const values = useSignal<Record<string, string>>({});
  const wrong = useSignal('');
  const submit = (e: Event) => {
    e.preventDefault();
    const flows: Flow[] = [];
    try {
      const all = method.takes.map(each => argument(each, values.value[each.name] ?? '', on.service, flows));
      // What is left out at the end is left out.
      while (!method.named && all.length && all[all.length - 1] === undefined) {
        all.pop();
      }
      call(on, method.name, method, method.named && all.length ? [Object.fromEntries(method.takes.map((each, i) => [each.name, all[i]]).filter(([, value]) => value !== undefined))] : all, flows);
      wrong.value = '';
    } catch (failure) {
      wrong.value = reason(failure);
    }
  };
  return (
    <form onSubmit={submit}>
      {method.takes.map(each => (
        <label key={each.name} class="field">
          <span>
            {each.name} <small>{each.type}</small>
          </span>
          <Field member={each} value={values.value[each.name] ?? ''} set={value => (values.value = { ...values.value, [each.name]: value })} />
        </label>
      ))}
      {wrong.value && (
        <p class="note bad" role="alert">
          {wrong.value}
        </p>
      )}
      <button type="submit" class="go">
        Call {method.name}
      </button>
    </form>
  );
}

function Field({ member, value, set }: { member: Member; value: string; set: (value: string) => void }) {
  const changed = (e: { currentTarget: { value: string } }) => set(e.currentTarget.value);
  switch (member.kind) {
    case 'NUMBER':
      return <input inputMode="decimal" value={value} onInput={changed} placeholder="0" />;
    case 'TEXT':
      return <input value={value} onInput={changed} spellcheck={false} />;
    case 'BYTES':
      return <input value={value} onInput={changed} placeholder="text, as UTF-8" spellcheck={false} />;
    case 'VALUE':
      return <textarea rows={2} value={value} onInput={changed} placeholder="JSON" spellcheck={false} />;
    case 'FLAG':
    case 'CHOICE':
      return (
        <select value={value} onChange={changed}>
          <option value="">–</option>
          {(member.kind === 'FLAG' ? ['true', 'false'] : member.choices).map(each => (
            <option key={each}>{each}</option>
          ))}
        </select>
      );
    default: {
      const streams = member.kind === 'READABLE' || member.kind === 'WRITABLE';
      return (
        <select value={value} onChange={changed}>
          <option value="">none</option>
          {!streams && held.value.map(each => <option key={each.id} value={each.id}>{`${each.label} · ${each.type || 'unknown'}`}</option>)}
          {!streams && <option value={CALLBACK}>an object of this page, which shows what it is called</option>}
          {member.kind !== 'FUNCTION' && member.kind !== 'READABLE' && <option value={READS}>a stream that this page reads</option>}
          {member.kind !== 'FUNCTION' && member.kind !== 'WRITABLE' && <option value={WRITES}>a stream that this page writes</option>}
        </select>
      );
    }
  }
}

/** Any method, without a schema. */
function ByName({ on }: { on: Held }) {
  const wrong = useSignal('');
  const submit = (e: Event) => {
    e.preventDefault();
    const data = new FormData(e.currentTarget as HTMLFormElement);
    try {
      const source = String(data.get('args')).trim();
      call(on, String(data.get('name')), undefined, (source ? json(`[${source}]`) : []) as unknown[], []);
      wrong.value = '';
    } catch (failure) {
      wrong.value = reason(failure);
    }
  };
  return (
    <form onSubmit={submit}>
      <label class="field">
        <span>method</span>
        <input name="name" required spellcheck={false} />
      </label>
      <label class="field">
        <span>
          arguments <small>JSON, with commas between</small>
        </span>
        <textarea name="args" rows={2} spellcheck={false} />
      </label>
      {wrong.value && (
        <p class="note bad" role="alert">
          {wrong.value}
        </p>
      )}
      <button type="submit" class="go">
        Call
      </button>
    </form>
  );
}

// ---- results

function Result({ made }: { made: Made }) {
  const took = made.took.value;
  const objects = made.method?.gives.filter(each => each.kind === 'OBJECT') ?? [];
  return (
    <article class={`card result ${took === undefined ? 'runs' : made.failure.value ? 'failed' : ''}`}>
      <h3>
        <code title={made.text}>{made.text}</code>
        <small>{took === undefined ? 'on its way' : micros(took * 1000)}</small>
      </h3>
      {took === undefined &&
        objects.map(each => (
          <Chip key={each.name} label={`${each.name || each.type}, before it is there`} onClick={() => take(made, each.name ? made.result[each.name] : made.result, each.name, each.type)} />
        ))}
      {made.failure.value ? <p class="why">{made.failure.value}</p> : took !== undefined && <Value made={made} value={made.value.value} path={[]} />}
      {made.flows.map(each => (
        <FlowPanel key={each.label} flow={each} />
      ))}
    </article>
  );
}

// biome-ignore lint: a stub of anything
function take(made: Made, stub: any, name: string, type: string) {
  chosen.value = hold(`${name || type || 'object'} ${held.value.length}`, type, made.on.service, stub).id;
  open.value = '';
}

const Chip = ({ label, onClick }: { label: string; onClick: () => void }) => (
  <button type="button" class="chip" onClick={onClick}>
    {label} ›
  </button>
);

const MOST = 100;

/** A value with its objects to be clicked on, and its streams to be read and written. */
function Value({ made, value, path }: { made: Made; value: unknown; path: (string | number)[] }) {
  if (typeof value === 'function') {
    const name = String(path.at(-1) ?? '');
    const type = made.method?.gives.find(each => each.kind === 'OBJECT' && each.name === path.join('.'))?.type ?? '';
    // biome-ignore lint: stubs are functions
    return <Chip label={[name, type].filter(Boolean).join(' · ') || 'object'} onClick={() => take(made, (value as any).dup(), name, type)} />;
  }
  if (value instanceof ReadableStream || value instanceof WritableStream) {
    return <FlowPanel flow={flowOf(value)} />;
  }
  if (value instanceof Uint8Array) {
    return <code class="text">{`${value.length} bytes: ${[...value.subarray(0, 32)].map(each => each.toString(16).padStart(2, '0')).join(' ')}${value.length > 32 ? ' …' : ''}`}</code>;
  }
  if (value && typeof value === 'object' && !(value instanceof Date)) {
    const all = Object.entries(value);
    const list = Array.isArray(value);
    return all.length ? (
      <dl class="tree-value">
        {all.slice(0, MOST).map(([name, each]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Value made={made} value={each} path={[...path, name]} />
            </dd>
          </div>
        ))}
        {all.length > MOST && <small>and {all.length - MOST} more</small>}
      </dl>
    ) : (
      <code>{list ? '[]' : '{}'}</code>
    );
  }
  const kind = value === null || value === undefined ? 'nothing' : typeof value === 'string' ? 'text' : 'plain';
  return <code class={kind}>{value === undefined ? 'no result' : typeof value === 'string' ? JSON.stringify(value) : String(value)}</code>;
}

function FlowPanel({ flow }: { flow: Flow }) {
  const wrong = useSignal('');
  const tried = (action: Promise<void>) => action.then(() => (wrong.value = ''), (e: unknown) => (wrong.value = reason(e)));
  const isOpen = flow.state.value === 'open';
  return (
    <div class="flow">
      <h4>
        {flow.label} <small>{flow.state.value}</small>
      </h4>
      <ol>
        {flow.lines.value.slice(-8).map((line, i) => (
          <li key={i}>{line}</li>
        ))}
      </ol>
      {isOpen && flow.kind === 'out' && (
        <form
          onSubmit={e => {
            e.preventDefault();
            const form = e.currentTarget;
            void tried((flow.send as (text: string) => Promise<void>)(String(new FormData(form).get('chunk')))).then(() => form.reset());
          }}
        >
          <input name="chunk" aria-label="Next chunk" required spellcheck={false} />
          <button type="submit">Write</button>
          <button type="button" onClick={() => void tried(flow.end?.() ?? Promise.resolve())}>
            End
          </button>
        </form>
      )}
      {isOpen && flow.read && (
        <div class="tools">
          <button type="button" onClick={() => void flow.read?.()}>
            Read
          </button>
          <button
            type="button"
            onClick={async () => {
              for (let i = 0; i < 100 && flow.state.value === 'open'; i++) {
                await flow.read?.();
              }
            }}
          >
            Read 100
          </button>
          <button type="button" onClick={() => void tried(flow.end?.() ?? Promise.resolve())}>
            Cancel
          </button>
        </div>
      )}
      {wrong.value && <p class="why">{wrong.value}</p>}
    </div>
  );
}
