/** The worker keeps the page itself, so that it opens without the server and says so. It never keeps market data. */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  addEventListener('load', () => {
    navigator.serviceWorker.register('/sw.js').catch(() => {
      // Not a secure context, or switched off: the page works all the same, only not without its server.
    });
  });
}
