// Headless Chromium, for the programs beside this one.
import { execSync } from 'node:child_process';
import { chromium } from 'playwright-core';

const executablePath = execSync('command -v chromium || command -v chromium-browser', { shell: '/bin/bash' }).toString().trim();
// As root there is no sandbox to be had; the only pages here are our own.
const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const launch = () => chromium.launch({ executablePath, headless: true, args, timeout: 90_000 });
