// batch.mjs PORT: sends batches to the server at that port and prints a line of JSON for each result.
const { newHttpBatchRpcSession } = await import('capnweb');

const url = `http://127.0.0.1:${process.argv[2]}/`;
let requests = 0;
const fetched = globalThis.fetch;
globalThis.fetch = (...args) => { requests++; return fetched(...args); };
const tell = (name, value) => console.log(JSON.stringify([name, value]));
const told = async (name, work) => {
  try { tell(name, await work(newHttpBatchRpcSession(url))); } catch (e) { tell(name, { failed: e?.name ?? typeof e, message: e?.message ?? String(e) }); }
};

await told('two', api => Promise.all([api.square(2), api.square(3)]));
await told('dependent', api => api.square(api.makeCounter(1).increment(4)));
await told('property', api => api.prop.deep.er);
await told('text', api => api.echo('é\u2028😀"\\\n'));
await told('error', api => api.fail('plain'));
await told('hundred', async api => (await Promise.all(Array.from({ length: 100 }, (_, i) => api.square(i)))).every((x, i) => x === i * i));
if (process.argv[3] !== 'hangs') {
  await told('callback', api => api.callMe(x => x, 1));
}
await told('afterwards', async api => { await api.square(1); return await api.square(2); });
tell('requests', requests);
