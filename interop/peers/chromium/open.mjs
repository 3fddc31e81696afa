// open.mjs URL: opens a page in headless Chromium, prints its text as soon as there is some, and ends. What goes wrong in the page is printed as it comes.
import { launch } from './browser.mjs';

const browser = await launch();
const page = await browser.newPage();
page.on('console', message => console.log(`console: ${message.text()}`));
page.on('pageerror', error => console.log(`error: ${error.message}`));
await page.goto(process.argv[2]);
await page.waitForFunction(() => document.body && document.body.innerText !== '', null, { timeout: 60_000 });
console.log(`text: ${await page.innerText('body')}`);
await browser.close();
