// Runs something in a page of headless Chromium.
import { execSync } from 'node:child_process';
import { chromium } from 'playwright-core';

/** What `inPage(argument)` gives, run in the page at `url`; prints each element as a line of JSON. */
export async function sayFrom(url, inPage, argument) {
  const executablePath = execSync('command -v chromium || command -v chromium-browser', { shell: '/bin/bash' }).toString().trim();
  // As root there is no sandbox to be had; the only pages here are our own.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const browser = await chromium.launch({ executablePath, headless: true, args, timeout: 90_000 });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    const said = await page.evaluate(inPage, argument);
    said.forEach(line => console.log(JSON.stringify(line)));
  } finally {
    await browser.close();
  }
}
