// @vitest-environment jsdom
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { installBrowserParts, show } from '@/lib/testing';
import { TIMEFRAMES, type Timeframe } from '@/lib/timeframe';
import { TimeframeBar } from './timeframe-bar';

beforeEach(installBrowserParts);

describe('the timeframe bar', () => {
  it('offers all thirteen and shows which one is chosen', () => {
    show(<TimeframeBar value="1h" available={TIMEFRAMES} onChange={() => {}} />);
    expect(screen.getAllByRole('radio')).toHaveLength(13);
    expect(screen.getByRole('radio', { checked: true })).toBe(screen.getByRole('radio', { name: '1 hour' }));
  });

  it('changes by click, and cannot choose what the instrument does not have', async () => {
    const chosen = vi.fn();
    show(<TimeframeBar value="1h" available={['1h', '4h']} onChange={chosen} />);
    await userEvent.click(screen.getByRole('radio', { name: '4 hours' }));
    await userEvent.click(screen.getByRole('radio', { name: '1 minute' }));
    expect(chosen.mock.calls).toEqual([['4h']]);
    expect(screen.getByRole('radio', { name: '1 minute' })).toHaveProperty('disabled', true);
  });

  it('is one stop for Tab, and moves by the arrows over what is there, the focus with it', async () => {
    const chosen = vi.fn();
    const bar = (value: Timeframe) => (
      <TimeframeBar value={value} available={['1h', '4h', '1d']} onChange={chosen} />
    );
    const { again } = show(bar('1h'));
    await userEvent.tab();
    expect(document.activeElement).toBe(screen.getByRole('radio', { name: '1 hour' }));
    await userEvent.keyboard('{ArrowRight}');
    expect(chosen).toHaveBeenLastCalledWith('4h');
    again(bar('4h'));
    expect(document.activeElement).toBe(screen.getByRole('radio', { name: '4 hours' }));
    await userEvent.tab();
    expect(document.activeElement).toBe(document.body);
  });
});
