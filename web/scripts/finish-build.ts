// After `vite build`: writes the service worker with the list of files it keeps, then a .br and a .gz beside each text
// file over 1 KB, so that the server only has to send them. Prints what a first visit loads.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const TEXT = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest', '.txt']);
const COMPRESS_FROM_BYTES = 1024;

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function address(dist: string, file: string): string {
  const path = `/${relative(dist, file).split(sep).join('/')}`;
  return path === '/index.html' ? '/' : path;
}

export function writeServiceWorker(dist: string, template: string): void {
  const kept = filesUnder(dist).filter((file) => !/\.(br|gz)$|sw\.js$/.test(file));
  const hash = createHash('sha256');
  for (const file of kept) hash.update(address(dist, file)).update(readFileSync(file));
  const text = template
    .replace('__VERSION__', hash.digest('hex').slice(0, 12))
    .replace('__FILES__', JSON.stringify(kept.map((file) => address(dist, file))));
  writeFileSync(join(dist, 'sw.js'), text);
}

export interface Compressed {
  readonly path: string;
  readonly plain: number;
  readonly br: number;
  readonly gz: number;
}

export function compressFiles(dist: string): Compressed[] {
  return filesUnder(dist)
    .filter((file) => TEXT.has(extname(file)))
    .flatMap((file) => {
      const plain = readFileSync(file);
      if (plain.length <= COMPRESS_FROM_BYTES) return [];
      const br = brotliCompressSync(plain, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: 11,
          [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
          [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
        },
      });
      const gz = gzipSync(plain, { level: 9 });
      writeFileSync(`${file}.br`, br);
      writeFileSync(`${file}.gz`, gz);
      return [{ path: address(dist, file), plain: plain.length, br: br.length, gz: gz.length }];
    });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const web = fileURLToPath(new URL('..', import.meta.url));
  const dist = join(web, 'dist');
  writeServiceWorker(dist, readFileSync(join(web, 'scripts/service-worker-template.js'), 'utf8'));
  const files = compressFiles(dist);
  const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`.padStart(11);
  for (const file of files)
    console.log(`${kib(file.plain)}${kib(file.br)} br${kib(file.gz)} gz  ${file.path}`);
  const sum = files.reduce((total, file) => total + file.br, 0);
  console.log(`${kib(sum)} compressed with brotli in all`);
}
