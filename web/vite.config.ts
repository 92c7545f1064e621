import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const server = process.env.CW_SERVER_URL ?? 'http://127.0.0.1:8080';
const proxied = { target: server, changeOrigin: true, ws: true, rewriteWsOrigin: true };

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': proxied, '/health': proxied, '/metrics': proxied },
  },
  build: {
    target: 'es2022',
    // Inlined files would be `data:` addresses, which the content security policy allows for images only.
    assetsInlineLimit: 0,
    // The polyfill is not needed by any browser that has what `target` asks for.
    modulePreload: { polyfill: false },
    sourcemap: false,
    rollupOptions: {
      output: {
        manualChunks(id: string) {
          if (id.includes('node_modules/lightweight-charts') || id.includes('node_modules/fancy-canvas')) {
            return 'chart-library';
          }
          return undefined;
        },
      },
    },
  },
  test: {
    environment: 'node',
    include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
    restoreMocks: true,
    // A busy machine types slowly.
    testTimeout: 20_000,
  },
});
