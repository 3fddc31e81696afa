import { effect, signal } from '@preact/signals';

const KEPT = 'capstan-console-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const system = () => (dark.matches ? 'dark' : 'light');

/** As the system has it, until somebody says otherwise. */
export const theme = signal<string>(localStorage.getItem(KEPT) ?? system());
dark.addEventListener('change', () => {
  theme.value = system();
});
effect(() => {
  document.documentElement.style.colorScheme = theme.value;
  if (theme.value === system()) {
    localStorage.removeItem(KEPT);
  } else {
    localStorage.setItem(KEPT, theme.value);
  }
});
