import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compressFiles, writeServiceWorker } from './finish-build.ts';

let dist: string;
const long = 'the same words again and again '.repeat(100);

beforeEach(() => {
  dist = mkdtempSync(join(tmpdir(), 'candlewick-dist-'));
  mkdirSync(join(dist, 'assets'));
  writeFileSync(join(dist, 'index.html'), '<p>short</p>');
  writeFileSync(join(dist, 'assets/index-abc.js'), long);
  writeFileSync(join(dist, 'assets/picture.png'), long);
});
afterEach(() => rmSync(dist, { recursive: true }));

describe('finishing a build', () => {
  it('puts a .br and a .gz beside each text file over 1 KB, and nothing beside others', () => {
    compressFiles(dist);
    expect(brotliDecompressSync(readFileSync(join(dist, 'assets/index-abc.js.br'))).toString()).toBe(long);
    expect(gunzipSync(readFileSync(join(dist, 'assets/index-abc.js.gz'))).toString()).toBe(long);
    expect(readdirSync(dist, { recursive: true }).sort()).toEqual([
      'assets',
      'assets/index-abc.js',
      'assets/index-abc.js.br',
      'assets/index-abc.js.gz',
      'assets/picture.png',
      'index.html',
    ]);
  });

  it('lists the page’s own files in the service worker, under a version that follows their content', () => {
    const write = () => {
      writeServiceWorker(dist, '__VERSION__ __FILES__');
      return readFileSync(join(dist, 'sw.js'), 'utf8').split(' ');
    };
    const [version, files] = write();
    expect(JSON.parse(files ?? '')).toEqual(['/assets/index-abc.js', '/assets/picture.png', '/']);
    expect(write()[0]).toBe(version);
    writeFileSync(join(dist, 'index.html'), '<p>other</p>');
    expect(write()[0]).not.toBe(version);
  });
});
