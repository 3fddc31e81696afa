// walk.mjs LINK [FOLDER]: walks the console of a busy server in headless Chromium, screen by screen, and prints what is there, one line of JSON each; puts pictures into FOLDER, light, dark and narrow.
import { execSync } from 'node:child_process';
import { chromium } from 'playwright-core';

const [link, folder] = process.argv.slice(2);
const executablePath = execSync('command -v chromium || command -v chromium-browser', { shell: '/bin/bash' }).toString().trim();
// As root there is no sandbox to be had; the only page here is our own.
const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath, headless: true, args, timeout: 90_000 });
const errors = [];
const tell = (...said) => console.log(JSON.stringify(said));

async function opened() {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' })).newPage();
  page.on('pageerror', e => errors.push(e.message));
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') {
      errors.push(message.text());
    }
  });
  return page;
}

const page = await opened();
async function picture(name, on = page) {
  if (!folder) {
    return;
  }
  for (const [kind, width, colorScheme] of [['light', 1280, 'light'], ['dark', 1280, 'dark'], ['narrow', 390, 'light']]) {
    await on.setViewportSize({ width, height: 800 });
    await on.emulateMedia({ colorScheme });
    await on.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await on.screenshot({ path: `${folder}/${name}-${kind}.png` });
  }
  await on.setViewportSize({ width: 1280, height: 800 });
  await on.emulateMedia({ colorScheme: 'light' });
}
const shows = (text, on = page) => on.getByText(text).first().waitFor();
async function go(screen) {
  await page.click(`nav a[href="#/${screen}"]`);
  await page.waitForSelector('main h1');
}
const rows = label => page.$$eval(`table[aria-label="${label}"] tbody tr`, all => all.length);
const sticksOut = () => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
const result = n => page.locator('.result').nth(n);

try {
  // ---- the door
  await page.goto(link);
  await shows('Live');
  tell('no token in the address', new URL(page.url()).hash);
  const late = await opened();
  await late.goto(link);
  await shows('This token is wrong', late);
  await picture('locked', late);
  await late.close();
  await page.reload();
  await shows('Live');

  // ---- overview
  await page.waitForFunction(() => Number(document.querySelector('.tile b')?.textContent) > 0);
  tell('wires', await page.$$eval('table[aria-label=Wires] .wire', all => all.map(each => each.textContent)));
  tell('tiles', await page.$$eval('.tile span', all => all.map(each => each.textContent)));
  await page.waitForSelector('.chart canvas');
  await picture('overview');

  // ---- sessions
  await go('sessions');
  await page.waitForSelector('table[aria-label=Sessions]');
  tell('sessions', await rows('Sessions'));
  await page.keyboard.press('/');
  await page.keyboard.type('grpc');
  await page.waitForFunction(() => document.querySelectorAll('table[aria-label=Sessions] tbody tr').length === 1);
  tell('filtered', await rows('Sessions'));
  await page.keyboard.press('Escape');
  await picture('sessions');
  await page.focus('table[aria-label=Sessions] tbody tr:nth-child(1)');
  await page.keyboard.press('ArrowDown');
  tell('walked with the arrow', await page.evaluate(() => document.activeElement === document.querySelector('table[aria-label=Sessions] tbody tr:nth-child(2)')));
  await page.click('button[aria-label="Kill session 4"]');
  await shows('Session 4 of');
  await page.waitForFunction(() => !document.querySelector('button[aria-label="Kill session 4"]'));
  await picture('killed');

  // ---- capabilities
  await go('capabilities');
  await page.waitForSelector('table[aria-label=Capabilities]');
  tell('oldest first', await page.$$eval('table[aria-label=Capabilities] thead th[aria-sort=descending]', all => all.map(each => each.textContent)));
  tell('somebody holds', (await rows('Capabilities')) > 10);
  await picture('capabilities');

  // ---- calls
  await go('calls');
  await shows('3 calls, 1 round trip');
  await shows('Calculator.evaluate');
  await picture('calls');
  await page.click('button:text-is("Pause")');
  await page.click('button:text-is("Pipelined")');
  tell('pipelined below one another', await page.$$eval('.tree', all => all.every(each => each.classList.contains('several'))));
  await picture('calls-pipelined');
  await page.click('button:text-is("Pipelined")');
  await page.click('button:text-is("Go on")');

  // ---- limits
  await go('limits');
  await page.waitForSelector('table[aria-label=Limits]');
  tell('limits', (await rows('Limits')) > 20);
  await picture('limits');

  // ---- services: values, and an error
  await go('services');
  await page.click('.object button:has-text("workshop")');
  await picture('services-empty');
  await page.click('.method > button:has-text("greet")');
  await page.fill('.method form label:nth-of-type(1) input', 'Ann');
  await page.fill('.method form label:nth-of-type(2) input', 'x');
  await page.click('.method form .go');
  await shows('times: x is no number');
  await page.fill('.method form label:nth-of-type(2) input', '2');
  await page.click('.method form .go');
  await shows('Hello, Ann! Hello, Ann!');
  tell('permalink', new URL(page.url()).hash);
  await page.click('.method > button:has-text("fail")');
  await page.selectOption('.method form select', 'HARD');
  await page.click('.method form .go');
  await shows('overloaded: too much to do, come back later');

  // ---- an object of a result, which is called in turn
  await page.click('.method > button:has-text("makeCounter")');
  await page.fill('.method form input', '40');
  await page.click('.method form .go');
  await page.click('.result .chip:has-text("Counter")');
  await page.click('.method > button:has-text("increment")');
  await page.fill('.method form input', '2');
  await page.click('.method form .go');
  await page.waitForFunction(() => document.querySelector('.result code.plain')?.textContent === '42');
  tell('called what a call gave', await result(0).locator('code.plain').textContent());

  // ---- streams: of the server, of the page; and a callback
  await page.click('.object button:has-text("workshop")');
  await page.click('.method > button:has-text("numbers")');
  await page.fill('.method form input', '3');
  await page.click('.method form .go');
  for (const n of [1, 2, 3]) {
    await result(0).locator('button:text-is("Read")').click();
    await result(0).locator(`li:nth-child(${n})`).waitFor();
  }
  await result(0).locator('button:text-is("Read")').click();
  await result(0).getByText('ended').waitFor();
  tell('read', await result(0).locator('li').allTextContents());
  await page.click('.method > button:has-text("sum")');
  await page.selectOption('.method form select', 'writes');
  await page.click('.method form .go');
  for (const n of ['20', '22']) {
    await result(0).locator('input[name=chunk]').fill(n);
    await result(0).locator('button:text-is("Write")').click();
    await result(0).locator(`li:text-is("${n}")`).waitFor();
  }
  await picture('services-streams');
  await result(0).locator('button:text-is("End")').click();
  await result(0).locator('code.plain').waitFor();
  tell('written and summed', await result(0).locator('code.plain').textContent());
  await page.click('.method > button:has-text("tell")');
  await page.selectOption('.method form select', 'callback');
  await page.fill('.method form label:nth-of-type(2) input', 'hear');
  await page.click('.method form .go');
  await result(0).locator('li').nth(1).waitFor();
  tell('called back', await result(0).locator('li').allTextContents());

  // ---- Cap'n Proto by its schema, inside of a result that is not awaited
  await page.click('.object button:has-text("calculator")');
  await page.click('.method > button:has-text("evaluate")');
  await page.fill('.method form textarea', '{"literal": 6.5}');
  await page.click('.method form .go');
  await page.click('.result .chip:has-text("value")');
  await page.click('.method > button:has-text("read")');
  await page.click('.method form .go');
  await result(0).locator('code.plain').waitFor();
  tell('calculated', await result(0).locator('code.plain').textContent());
  await picture('services');

  // ---- gRPC by its descriptors: a message, and a stream of them
  await page.click('.object button:has-text("grpc.testing.TestService")');
  await page.click('.method > button:has-text("unaryCall")');
  await page.locator('.method form label', { hasText: 'responseSize' }).locator('input').fill('2');
  await page.click('.method form .go');
  await result(0).getByText('2 bytes').waitFor();
  tell('of grpc', (await result(0).getByText('2 bytes').textContent()).split(' ')[0]);
  await page.click('.method > button:has-text("streamingOutputCall")');
  await page.locator('.method form label', { hasText: 'responseParameters' }).locator('textarea').fill('[{"size": 1}, {"size": 2}]');
  await page.click('.method form .go');
  await result(0).locator('button:text-is("Read 100")').click();
  await result(0).getByText('ended').waitFor();
  tell('read of grpc', await result(0).locator('li').count());
  await picture('services-grpc');
  await page.click('.object button:has-text("calculator")');
  await page.click('.object button:has-text("value")');
  await page.click('.method > button:has-text("read")');

  // ---- the socket under the page is killed
  await page.click('button:text-is("Kill my socket")');
  await shows('nothing was lost');
  tell('objects are still there', await page.$$eval('.object', all => all.length));
  await picture('resumed');
  await page.click('.method form .go');
  await page.waitForFunction(() => document.querySelectorAll('.result').length > 8);
  await result(0).locator('code.plain').waitFor();
  tell('and can be called', await result(0).locator('code.plain').textContent());

  // ---- every screen has room on a narrow one
  await page.setViewportSize({ width: 360, height: 740 });
  const wide = [];
  for (const screen of ['overview', 'sessions', 'capabilities', 'calls', 'services', 'limits']) {
    await page.evaluate(to => (location.hash = `#/${to}`), screen);
    await page.waitForFunction(to => document.title.toLowerCase().startsWith(to), screen);
    await page.waitForSelector('main .card, main table');
    if (await sticksOut()) {
      wide.push(screen);
    }
  }
  tell('too wide', wide);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.click('button[aria-label="Use dark colours"]');
  tell('dark', await page.evaluate(() => document.documentElement.style.colorScheme));
  tell('errors', errors);
} catch (e) {
  await page.screenshot({ path: `${folder ?? '.'}/failed.png` });
  throw e;
} finally {
  await browser.close();
}
