// unit.mjs: the parts that need no server; ends with code 0 if all is as it should be.
import assert from 'node:assert/strict';
import { Backoff } from '../dist/backoff.js';
import { readControl } from '../dist/control.js';
import { Kept } from '../dist/kept.js';
import { withSignal } from '../dist/index.js';

{
  const exact = new Backoff({ initialMillis: 100, maxMillis: 1000, factor: 2, jitter: 0, steadyMillis: 50 });
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(() => exact.failed()), [100, 200, 400, 800, 1000, 1000]);
  exact.lasted(49);
  assert.equal(exact.failed(), 1000);
  exact.lasted(50);
  assert.equal(exact.failed(), 100);
  const halved = new Backoff({ initialMillis: 100, jitter: 0.5, random: () => 0.999 });
  assert.ok(halved.failed() > 50 && halved.failed() < 101);
  for (const wrong of [{ initialMillis: -1 }, { maxMillis: 1 }, { factor: 0.5 }, { jitter: 2 }, { steadyMillis: NaN }]) {
    assert.throws(() => new Backoff(wrong), RangeError);
  }
}
{
  const kept = new Kept(5);
  ['ab', 'cd'].forEach(each => kept.add(each));
  assert.equal(kept.isTooMuch(), false);
  kept.add('ef');
  assert.equal(kept.isTooMuch(), true);
  kept.forgetOldest();
  assert.equal(kept.isTooMuch(), false);
  assert.deepEqual([0, 1, 3, 4].map(count => kept.reaches(count)), [false, true, true, false]);
  kept.acknowledge(2);
  assert.deepEqual(kept.messages(), ['ef']);
  assert.throws(() => kept.acknowledge(1));
  assert.throws(() => kept.acknowledge(4));
}
{
  assert.deepEqual(readControl('{"ack":3}'), { kind: 'ack', received: 3 });
  assert.deepEqual(readControl('{"refused":"tired","reason":"later","more":1}'), { kind: 'refused', refused: 'tired', reason: 'later' });
  const wrong = ['{', '{}', '{"ack":-1}', '{"ack":1.5}', '{"ack":"1"}', '{"ack":9007199254740992}', '{"new":true}', '{"token":1}', '{"token":"a"}', '{"close":0}', `{"close":"${'x'.repeat(4096)}"}`];
  for (const each of wrong) {
    assert.throws(() => readControl(each), each);
  }
}
{
  let disposed = 0;
  const pending = () => Object.assign(new Promise(() => {}), { [Symbol.dispose]: () => disposed++ });
  assert.equal(await withSignal(new AbortController().signal, Promise.resolve(5)), 5);
  await assert.rejects(withSignal(new AbortController().signal, Promise.reject(new Error('mine'))), /mine/);
  await assert.rejects(withSignal(AbortSignal.abort(), pending()), { name: 'AbortError' });
  const controller = new AbortController();
  const waiting = withSignal(controller.signal, pending());
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  assert.equal(disposed, 2);
}
console.log('ok');
