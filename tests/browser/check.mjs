#!/usr/bin/env node
// Looks at pages in Chromium: `check.mjs FOLDER MODULES`, where `ECR_PROBE_FORMS=FOLDER cargo test --test forms` has put
// them and where puppeteer-core and axe-core are installed. Each page is opened on a wide screen by day and on a small one
// by night. Nothing may be loaded, nothing may be said on the console, nothing may need scrolling to the side, no label of
// a drawing may touch another or the edge, and axe-core may find nothing serious. It reads a page in one of the two, and of
// pages that are alike (codes, audits) only some.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const VIEWS = [
  { width: 1280, height: 900, scheme: 'light' },
  { width: 390, height: 844, scheme: 'dark' },
];
const AT_ONCE = 3;
const GRAVE = ['serious', 'critical'];
// Read by axe-core both ways.
const SHOWN = ['healthy.html', 'RTE-03.html', 'SG-01.html', 'sweep.html', 'explained.html'];

const [folder = 'target/forms', modules = 'target/ci/browser'] = process.argv.slice(2);
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

function skip(missing) {
  if (process.env.ECR_PROBE_SKIP_NOTHING) {
    console.error(`nothing may be skipped, and this is missing: ${missing}`);
    process.exit(1);
  }
  console.log(`skipped: ${missing} (.ci/run installs it)`);
  process.exit(0);
}

function load(name) {
  try {
    return createRequire(path.resolve(modules, 'package.json'))(name);
  } catch {
    return skip(`${name} in ${modules}`);
  }
}

if (!chromium) skip('chromium');
const puppeteer = load('puppeteer-core');
const axe = load('axe-core');

// Runs in the page: what is too wide, and labels that touch.
function layout() {
  const wrong = [];
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  if (wide > 0) wrong.push(`${wide} px too wide`);
  for (const svg of document.querySelectorAll('figure svg')) {
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0) continue;
    const texts = [...svg.querySelectorAll('text')].map((it) => [it.textContent, it.getBoundingClientRect()]);
    texts.forEach(([text, box], nth) => {
      if (box.left < frame.left - 0.5 || box.right > frame.right + 0.5 || box.bottom > frame.bottom + 2) {
        wrong.push(`label ${JSON.stringify(text)} is cut`);
      }
      for (const [other, beside] of texts.slice(nth + 1)) {
        const across = Math.min(box.right, beside.right) - Math.max(box.left, beside.left);
        // Boxes of lines are higher than their letters.
        const along = Math.min(box.bottom, beside.bottom) - Math.max(box.top, beside.top);
        if (across > 1 && along > 0.4 * Math.min(box.height, beside.height)) {
          wrong.push(`labels ${JSON.stringify(text)} and ${JSON.stringify(other)} touch`);
        }
      }
    });
  }
  return wrong;
}

async function look(browser, { file, view, axed }) {
  const wrong = [];
  const page = await browser.newPage();
  const address = `file://${path.resolve(folder, file)}`;
  page.on('console', (message) => wrong.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => { wrong.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', (request) => { if (request.url() !== address) wrong.push(`request: ${request.url()}`); });
  await page.setViewport({ width: view.width, height: view.height });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: view.scheme }]);
  await page.goto(address, { waitUntil: 'load' });
  wrong.push(...await page.evaluate(layout));
  if (await page.$('script')) wrong.push('there is a script');
  const policy = await page.$eval('meta[http-equiv]', (it) => it.content);
  if (!policy.startsWith("default-src 'none'")) wrong.push(`the policy is ${policy}`);
  if (await page.$eval('body', (it) => getComputedStyle(it).maxWidth) !== '1120px') wrong.push('the style sheet is refused');
  await page.$$eval('details', (all) => all.forEach((it) => { it.open = true; }));
  wrong.push(...(await page.evaluate(layout)).map((it) => `unfolded: ${it}`));
  if (axed) wrong.push(...await grave(page));
  await page.close();
  return wrong.map((it) => `${file} at ${view.width} px: ${it}`);
}

// What axe-core finds.
async function grave(page) {
  page.removeAllListeners('console');
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const found = violations.filter((it) => GRAVE.includes(it.impact));
  return found.map((it) => `axe: ${it.id} (${it.impact}): ${it.nodes[0].html.slice(0, 160)}: ${it.nodes[0].failureSummary}`);
}

const files = readdirSync(folder).filter((it) => it.endsWith('.html')).sort();
if (files.length < 100) {
  console.error(`only ${files.length} pages in ${folder}: run ECR_PROBE_FORMS=${folder} cargo test --locked --test forms`);
  process.exit(1);
}
const sheet = readFileSync(new URL('../../src/render/html/page.css', import.meta.url), 'utf8');
for (const file of files) {
  if (!readFileSync(path.join(folder, file), 'utf8').includes(sheet)) throw new Error(`${file} is of another build`);
}

const began = Date.now();
const browser = await puppeteer.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-gpu'] });
const jobs = files.flatMap((file, nth) => {
  const isSpared = file.startsWith('page-') ? nth % 10 > 0 : file.includes('-audit') && nth % 3 > 0;
  const views = isSpared && file.startsWith('page-') ? VIEWS.slice(1) : VIEWS;
  return views.map((view) => ({ file, view, axed: (VIEWS[nth % 2] === view && !isSpared) || SHOWN.includes(file) }));
});
const wrong = [];
async function work() {
  for (let job = jobs.shift(); job; job = jobs.shift()) wrong.push(...await look(browser, job));
}
try {
  await Promise.all(Array.from({ length: AT_ONCE }, work));
} finally {
  await browser.close();
}
console.log(`${files.length} pages at ${VIEWS.map((it) => it.width).join(' and ')} px in ${Math.round((Date.now() - began) / 1000)} s`);
if (wrong.length > 0) {
  console.error(wrong.slice(0, 60).join('\n'));
  console.error(`${wrong.length} things are wrong`);
  process.exit(1);
}
