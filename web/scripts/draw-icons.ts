// Draws the PNG icons from public/icons/candlewick.svg with Chromium. Run by hand after the drawing changed:
//   node scripts/draw-icons.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const folder = fileURLToPath(new URL('../public/icons/', import.meta.url));
const drawing = readFileSync(`${folder}candlewick.svg`, 'utf8');
// A maskable icon is cut to a circle: its background fills the square, and the drawing keeps to the middle 80 %.
const maskable = drawing
  .replace('rx="14"', 'rx="0"')
  .replace('<path d="M32 9', '<g transform="translate(6.4 6.4) scale(0.8)"><path d="M32 9')
  .replace('</svg>', '</g></svg>');

const icons: [string, number, string][] = [
  ['candlewick-180.png', 180, drawing.replace('rx="14"', 'rx="0"')],
  ['candlewick-192.png', 192, drawing],
  ['candlewick-512.png', 512, drawing],
  ['candlewick-maskable-512.png', 512, maskable],
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_BIN ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
for (const [name, size, svg] of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const sized = svg.replace('width="64" height="64">', `width="${size}" height="${size}">`);
  await page.setContent(`<body style="margin:0">${sized}</body>`);
  writeFileSync(`${folder}${name}`, await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();
