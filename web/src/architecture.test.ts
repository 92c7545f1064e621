import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('.', import.meta.url));

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every import between our own files, as paths below src. */
function ownImports(): Import[] {
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      const from = relative(src, path);
      const targets = [
        ...readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(@\/|\.{1,2}\/)([^']+)'/g),
      ];
      return targets.map(([, start, rest]) => ({
        from,
        to: start === '@/' ? (rest ?? '') : relative(src, join(entry.parentPath, `${start}${rest}`)),
      }));
    });
}

/** Whether a file in `from` may use one in `to`. `app` may use all; nobody may use `app`. */
function allowed({ from, to }: Import): boolean {
  const [room, feature] = from.split('/');
  const [target, targetFeature] = to.split('/');
  switch (room) {
    case 'app':
      return true;
    case 'features':
      return (
        target === 'lib' || target === 'components' || (target === 'features' && feature === targetFeature)
      );
    case 'components':
      return target === 'lib' || target === 'components';
    case 'lib':
      return target === 'lib';
    default:
      return from.endsWith('.test.ts');
  }
}

describe('architecture', () => {
  const imports = ownImports();

  it('finds the imports', () => {
    expect(imports.length).toBeGreaterThan(100);
  });

  it('lets features use shared code only, never each other, and nobody the app', () => {
    expect(imports.filter((one) => !allowed(one))).toEqual([]);
  });

  it('knows a wrong import when it sees one', () => {
    expect(allowed({ from: 'features/chart/a.ts', to: 'features/watchlist/b' })).toBe(false);
    expect(allowed({ from: 'features/chart/a.ts', to: 'app/theme' })).toBe(false);
    expect(allowed({ from: 'components/a.tsx', to: 'features/chart/b' })).toBe(false);
    expect(allowed({ from: 'lib/a.ts', to: 'components/b' })).toBe(false);
    expect(allowed({ from: 'features/chart/a.ts', to: 'features/chart/b' })).toBe(true);
  });

  it('imports the chart library in the chart feature alone, and its code in four files', () => {
    const users = readdirSync(src, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.includes('.test.'))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => /^import (?!type)[^;]*'lightweight-charts'/m.test(readFileSync(path, 'utf8')))
      .map((path) => relative(src, path));
    expect(users).toEqual([
      'features/chart/chart-drawing.ts',
      'features/chart/curve-drawing.ts',
      'features/chart/indicator-drawing.ts',
      'features/chart/zone-scale.ts',
    ]);
  });

  it('asks no other host for anything', () => {
    const offenders = readdirSync(src, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(tsx?|css)$/.test(entry.name) && !entry.name.includes('.test.'))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => /(fetch\(|url\(|import\()\s*['"`]?https?:/.test(readFileSync(path, 'utf8')))
      .map((path) => relative(src, path));
    expect(offenders).toEqual([]);
  });
});
