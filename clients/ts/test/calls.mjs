// Calls with one effect each, made in every way; runs in Node and in a page. Numbers of effects begin with `first`; gives the next free one.
export async function calls(api, first, rounds) {
  const same = (got, expected) => {
    if (JSON.stringify(got) !== JSON.stringify(expected)) {
      throw new Error(`expected ${JSON.stringify(expected)}, not ${JSON.stringify(got)}`);
    }
  };
  let id = first;
  for (let round = 0; round < rounds; round++) {
    same(await api.hit(id), id);
    id++;
    const [a, b, c, d, e, f, g] = [id, id + 1, id + 2, id + 3, id + 4, id + 5, id + 6];
    id += 7;
    const object = api.make(c);
    const answers = await Promise.all([
      api.hit(a),
      api.hit(b),
      object.plus(d),
      api.ask(async x => (await api.hit(x)) * 10, e),
      all(api.list(f)),
      api.sum(source([g, 1, 2, 3]), g),
    ]);
    object[Symbol.dispose]();
    same(answers, [a, b, c + d, e * 10, [f, f + 1, f + 2], g + 6]);
  }
  return id;
}

async function all(call) {
  const chunks = [];
  const reader = (await call).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
  }
  return chunks;
}

function source(chunks) {
  return new ReadableStream({
    start(controller) {
      chunks.forEach(each => controller.enqueue(each));
      controller.close();
    },
  });
}
