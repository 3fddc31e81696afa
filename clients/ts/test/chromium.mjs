// chromium.mjs WHAT HTTP_PORT ADDRESS: does one of the things in in-page.mjs in a page of the HTTP server, with the Capstan server at ADDRESS. Prints a line of JSON for each step.
import { sayFrom } from './browser.mjs';

const [what, port, address] = process.argv.slice(2);
await sayFrom(`http://127.0.0.1:${port}/page`, async ({ what, address }) => (await import('/test/in-page.mjs'))[what](address), { what, address });
