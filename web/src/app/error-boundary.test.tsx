// @vitest-environment jsdom
import { screen } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { installBrowserParts, show } from '@/lib/testing';
import { ErrorBoundary } from './error-boundary';

beforeEach(installBrowserParts);

it('a part that throws leaves a sentence and a way on, not an empty page', () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  const Broken = () => {
    throw new Error('no such candle');
  };
  show(
    <ErrorBoundary>
      <Broken />
    </ErrorBoundary>,
  );
  expect(screen.getByRole('alert').textContent).toContain('no such candle');
  expect(screen.getByRole('button', { name: 'Load it again' })).toBeTruthy();
  expect(told).toHaveBeenCalled();
});
