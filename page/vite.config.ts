/* Builds the page into the Python package; `npm run dev` serves it beside a running server (LINEWRIGHT_SERVER). */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env["LINEWRIGHT_SERVER"] ?? "http://127.0.0.1:8350";
// The server refuses a foreign Origin, so the proxy speaks with the server's own.
const proxy = { target: server, changeOrigin: true, ws: true, headers: { origin: server } };

export default defineConfig({
  plugins: [react()],
  build: { outDir: "../src/linewright/web/built", emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 700, reportCompressedSize: false, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { "/api": proxy } },
  test: { environment: "node", include: ["test/**/*.test.{ts,tsx}"] },
} as Parameters<typeof defineConfig>[0]);
