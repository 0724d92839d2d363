import { defineConfig, loadEnv } from 'vite';

const { API_ORIGIN = 'http://localhost:8080' } = loadEnv('', '.', 'API_');

/** The page and the server's routes are on one origin, here as in production: cookies are never sent to another. */
const proxy = { '/api': API_ORIGIN };

export default defineConfig({
  server: { port: 5173, strictPort: true, proxy },
  preview: { port: 5173, strictPort: true, proxy },
});
