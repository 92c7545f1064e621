// Sets the colour scheme before the first paint. A file of its own, because the content security policy allows no
// inline script. The key and the values are those of src/app/theme.ts.
(() => {
  let wanted = null;
  try {
    wanted = localStorage.getItem('candlewick.color-scheme');
  } catch {
    // Storage is switched off: the system's scheme is used.
  }
  const dark =
    wanted === 'dark' || (wanted !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', dark ? '#101114' : '#f6f3ec');
})();
