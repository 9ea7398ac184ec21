import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The product build (default) talks to Tauri. `--mode fake` and the tests talk to an invented clinic instead. */
export default defineConfig(({ mode }) => {
  const backend = mode === "fake" ? "./src/api/fake/index.ts" : "./src/api/tauri.ts";
  return {
    plugins: [svelte(), mode === "test" ? svelteTesting() : null],
    resolve: { alias: { "#backend": here(backend) } },
    // Relative addresses work under every scheme; nothing is inlined because the CSP allows no data: URL.
    base: "./",
    build: {
      outDir: mode === "fake" ? "dist-fake" : "dist",
      target: ["safari17.5", "chrome123"],
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 800,
    },
    // The list of pictures stands in docs, for a test.
    server: { port: 5173, strictPort: true, fs: { allow: [here("..")] } },
    clearScreen: false,
    test: {
      environment: "happy-dom",
      include: ["src/**/*.test.ts"],
      setupFiles: ["src/test-setup.ts"],
      maxWorkers: 2,
      env: { TZ: "America/New_York" },
    },
  };
});
