import { type MantineColorScheme, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useEffect } from 'react';
import { useSaveSettings, useSettings } from '@/lib/settings/use-settings';

const NEXT: Record<MantineColorScheme, MantineColorScheme> = { auto: 'light', light: 'dark', dark: 'auto' };
export const SCHEME_NAMES: Record<MantineColorScheme, string> = {
  auto: 'as the system',
  light: 'light',
  dark: 'dark',
};
const PAGE_COLORS = { dark: '#101114', light: '#f1ede4' } as const;

/**
 * The chosen colour scheme, what it comes to now, and the step to the next. It is a setting of the person, kept by the server; this
 * browser keeps it too, for the moment before the server has told and for the sign-in page.
 */
export function useScheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme({
    // Switching them off would take a style element, which the content security policy refuses.
    keepTransitions: true,
  });
  const scheme = useComputedColorScheme('dark', { getInitialValueInEffect: false });
  const { settings, told } = useSettings();
  const { mutate: save } = useSaveSettings();
  useEffect(() => {
    if (told) setColorScheme(settings.theme);
  }, [told, settings.theme, setColorScheme]);
  useEffect(() => {
    document.querySelector('meta[name="theme-color"]')?.setAttribute('content', PAGE_COLORS[scheme]);
  }, [scheme]);
  const next = () => {
    setColorScheme(NEXT[colorScheme]);
    save({ theme: NEXT[colorScheme] });
  };
  return { chosen: colorScheme, scheme, next };
}
