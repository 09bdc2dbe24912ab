import { type CSSVariablesResolver, createTheme } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'indigo',
  // Lighter shades under white text fall short of a contrast of 4.5.
  primaryShade: { light: 9, dark: 9 },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  components: {
    Table: { defaultProps: { verticalSpacing: 'xs' } },
    Badge: { defaultProps: { variant: 'light', radius: 'sm' } },
  },
});

const tinted = ['indigo', 'red', 'green', 'orange', 'blue', 'gray', 'yellow', 'teal', 'grape'];

/** The kit's own tints, darkened or lightened until small text on them has a contrast of 4.5. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#4a5058',
    '--mantine-color-placeholder': '#63696f',
    '--mantine-color-anchor': 'var(--mantine-color-indigo-9)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
    ...Object.fromEntries(
      tinted.map((color) => [
        `--mantine-color-${color}-light-color`,
        darkest[color] ?? `var(--mantine-color-${color}-9)`,
      ]),
    ),
  },
  dark: {
    '--mantine-color-dimmed': '#b3b7bd',
    '--mantine-color-placeholder': '#9aa0a6',
    '--mantine-color-anchor': 'var(--mantine-color-indigo-3)',
    '--mantine-color-error': 'var(--mantine-color-red-3)',
    ...Object.fromEntries(
      tinted.map((color) => [`--mantine-color-${color}-light-color`, `var(--mantine-color-${color}-2)`]),
    ),
  },
});

const darkest: Readonly<Record<string, string>> = {
  green: '#1d5c28',
  teal: '#075c3d',
  orange: '#8a3500',
  yellow: '#6b4700',
  gray: '#343a40',
};
