// page.mjs URL [FOLDER]: two members chat on the page at URL, in headless Chromium, and one of them loses the socket. Prints what they see, one line of JSON each; puts pictures
// into FOLDER.
import { execSync } from 'node:child_process';
import { chromium } from 'playwright-core';

const [url, folder] = process.argv.slice(2);
const executablePath = execSync('command -v chromium || command -v chromium-browser', { shell: '/bin/bash' }).toString().trim();
// As root there is no sandbox to be had; the only pages here are our own.
const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath, headless: true, args, timeout: 90_000 });
const tell = (...said) => console.log(JSON.stringify(said));
const errors = [];

async function open(options) {
  const page = await (await browser.newContext(options)).newPage();
  page.on('pageerror', e => errors.push(e.message));
  // Chromium says so whenever something is sent over a socket that is gone, as capnweb does with what it gives back.
  page.on('console', message => { if (message.type() === 'error' && !/already in CLOSING or CLOSED/.test(message.text())) errors.push(message.text()); });
  await page.goto(url);
  return page;
}
async function enter(page, name) {
  await page.fill('#name', name);
  await page.click('#enter button');
}
async function say(page, text) {
  await page.fill('#text', text);
  await page.click('#say button');
}
const messages = page => page.$$eval('#messages li', all => all.map(each => `${each.dataset.from}: ${each.querySelector('p').textContent}`));
const present = page => page.$$eval('#present li', all => all.map(each => each.lastChild.textContent));
const picture = (page, name) => folder ? page.screenshot({ path: `${folder}/${name}.png` }) : undefined;
const has = (page, text) => page.getByText(text, { exact: true }).first().waitFor();
// What the server tells both is at one of them first, and never mind which.
const have = (pages, text) => Promise.all(pages.map(page => has(page, text)));
// The status, since this was called: it may be there for less time than somebody who looks now and then needs to see it.
const watchStatus = page => page.evaluate(() => {
  const status = document.getElementById('status');
  const seen = window.seen = [];
  new MutationObserver(() => seen.push(status.dataset.state)).observe(status, { attributes: true });
});
const sawStatus = (page, state) => page.waitForFunction(wanted => window.seen.includes(wanted), state);

try {
  const ann = await open({ viewport: { width: 1080, height: 680 } });
  const bob = await open({ viewport: { width: 1080, height: 680 }, colorScheme: 'dark' });
  await picture(ann, 'door');
  await enter(ann, 'Ann');
  await has(ann, 'Ann (you)');
  await enter(bob, 'Ann');
  await has(bob, 'somebody is called Ann already');
  tell('taken', await bob.textContent('#refused'));
  await picture(bob, 'refused');
  await enter(bob, 'Bob');
  await has(ann, 'Bob');
  await has(bob, 'Bob (you)');
  tell('present', await present(ann), await present(bob));
  await say(ann, 'Hello, Bob! The socket under this page can be killed: there is a button for it.');
  await has(bob, 'Hello, Bob! The socket under this page can be killed: there is a button for it.');
  await say(bob, 'And then?');
  await say(bob, 'Do we both start again?');
  await has(ann, 'Do we both start again?');
  await say(ann, '<b>No.</b> Everything that you held is still there.');
  await have([ann, bob], '<b>No.</b> Everything that you held is still there.');
  tell('said', (await messages(ann)).length, (await messages(bob)).at(-1));
  await picture(ann, 'light');
  await picture(bob, 'dark');

  await bob.fill('#room', 'attic');
  await bob.click('#open button');
  await ann.locator('[data-room=attic] small:text("1")').waitFor();
  tell('rooms', await ann.$$eval('#rooms button', all => all.map(each => each.textContent)), await present(ann));
  await ann.click('[data-room=attic]');
  await has(bob, 'Ann');
  await say(ann, 'Nice view.');
  await has(bob, 'Nice view.');
  tell('attic', await messages(bob));

  await watchStatus(ann);
  await ann.click('#kill');
  await sawStatus(ann, 'again');
  await picture(ann, 'killed');
  await say(bob, 'said while the socket was gone');
  await say(ann, 'said without a socket');
  await have([ann, bob], 'said without a socket');
  await have([ann, bob], 'said while the socket was gone');
  await ann.locator('#status[data-state=on]').waitFor();
  tell('resumed', (await messages(ann)).slice(1).sort(), (await messages(bob)).slice(1).sort(), await present(bob));
  for (let i = 0; i < 5; i++) {
    await ann.click('#kill');
    await say(bob, `number ${i}`);
    await has(ann, `number ${i}`);
    await ann.locator('#status[data-state=on]').waitFor();
  }
  tell('five times', (await messages(ann)).filter(each => each.includes('number')));

  const narrow = await open({ viewport: { width: 390, height: 700 } });
  await enter(narrow, 'Cy');
  await has(narrow, 'And then?');
  await picture(narrow, 'narrow');
  tell('narrow', await narrow.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await ann.goto('about:blank');
  await bob.locator('[data-room=attic] small:text("1")').waitFor();
  tell('gone', await present(bob));
  tell('errors', errors);
} finally {
  await browser.close();
}
