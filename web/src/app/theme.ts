import { createTheme, localStorageColorSchemeManager, type MantineColorsTuple } from '@mantine/core';

/** The flame: the desk's one accent. */
const wick: MantineColorsTuple = [
  '#fff6e3',
  '#ffe9c2',
  '#ffd891',
  '#ffc55c',
  '#f9b23a',
  '#efa01f',
  '#d18308',
  '#a86605',
  '#7f4c06',
  '#573406',
];

export const theme = createTheme({
  primaryColor: 'wick',
  colors: { wick },
  // Dark letters on the flame: white ones would be 1.8 : 1.
  primaryShade: 4,
  autoContrast: true,
  respectReducedMotion: true,
  defaultRadius: 'sm',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  components: {
    Button: { defaultProps: { color: 'wick' } },
    Tooltip: {
      defaultProps: { openDelay: 250, withArrow: true, events: { hover: true, focus: true, touch: true } },
    },
  },
});

/** public/theme-boot.js reads the same key before the first paint. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'candlewick.color-scheme' });
