import { type MantineColorScheme, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useEffect } from 'react';

const NEXT: Record<MantineColorScheme, MantineColorScheme> = { auto: 'light', light: 'dark', dark: 'auto' };
export const SCHEME_NAMES: Record<MantineColorScheme, string> = {
  auto: 'as the system',
  light: 'light',
  dark: 'dark',
};
const PAGE_COLORS = { dark: '#101114', light: '#f1ede4' } as const;

/** The chosen colour scheme, what it comes to now, and the step to the next. */
export function useScheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme({
    // Switching them off would take a style element, which the content security policy refuses.
    keepTransitions: true,
  });
  const scheme = useComputedColorScheme('dark', { getInitialValueInEffect: false });
  useEffect(() => {
    document.querySelector('meta[name="theme-color"]')?.setAttribute('content', PAGE_COLORS[scheme]);
  }, [scheme]);
  return { chosen: colorScheme, scheme, next: () => setColorScheme(NEXT[colorScheme]) };
}
