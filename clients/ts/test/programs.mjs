// Programs that were written with src/il.ts, sent to the peer of `session`; runs in Node and in a page. `tell` is told the name and result of each, `sent` counts the messages that leave.
import { RpcStub } from 'capnweb';
import { program } from 'capstan-web';

// snippet program
const squares = on => program(p => {
  const remote = p.use(on);
  const id = remote.call('add', remote.call('square', 2), 8);
  return { id, odd: p.each(remote.call('list', 5), n => remote.call('square', n), n => n.remainder(2).is(1)) };
});
// end snippet
export { squares };

export const telling = tell => async (name, work) => {
  try { tell(name, await work()); } catch (e) { tell(name, { failed: e?.name ?? typeof e, message: e?.message ?? String(e) }); }
};

export async function programs(session, tell, sent) {
  const told = telling(tell);
  const ran = async promise => { const got = await promise; promise[Symbol.dispose]?.(); return got; };
  const api = session.getRemoteMain();
  await told('dependent calls', async () => { const before = sent(); return [await ran(squares(api).on(api)), sent() - before]; });
  tell('code', program(p => p.use(api).call('square', 3)).code);
  await told('choice', () => ran(program(p => p.when(p.use(api).call('square', 3).moreThan(8).and(() => p.value(1).isNot('1')), () => 'more', () => p.fail('less'))).on(api)));
  await told('state', () => ran(program(p => {
    const last = p.repeat({ i: 0, sum: 0 }, s => s.i.lessThan(10), s => ({ i: s.i.plus(1), sum: s.sum.plus(s.i) }));
    return [last.get('sum'), p.concat([1], [last.get('i')])];
  }).on(api)));
  await told('once', () => ran(program(p => { const counter = p.use(api).call('makeCounter', 1), two = counter.call('increment'); return [two, two, counter.call('increment')]; }).on(api)));
  await told('stubs are captured', async () => {
    const counter = api.makeCounter(5), own = new RpcStub(x => x * 10);
    try { return await ran(program(p => [p.use(counter).call('increment', 1), p.use(own).apply(p.use(own).apply(4)), p.use(api).call('callMe', own, 6)]).on(api)); }
    finally { counter[Symbol.dispose](); own[Symbol.dispose](); }
  });
  await told('fails', () => ran(program(p => [1, p.value(1).plus('a')]).on(api)));
  await told('pipelined', async () => {
    const result = program(p => ({ counter: p.use(api).call('makeCounter', 1) })).on(api);
    try { return await result.counter.increment(2); } finally { result[Symbol.dispose](); }
  });
  await told('out of place', async () => { let leaked; return program(p => { p.each([1], n => (leaked = n)); return leaked; }); });
  await told('a function', async () => program(() => [x => x]));
  for (let i = 0; i < 200 && JSON.stringify(session.getStats()) !== '{"imports":1,"exports":1}'; i++) { await new Promise(resolve => setTimeout(resolve, 10)); }
  tell('tables', session.getStats());
}
