import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Runs `tests/ui` at the repository's root in one browser, against the fake build. */
export default defineConfig({
  root: here(".."),
  cacheDir: here("./node_modules/.vite-e2e"),
  resolve: {
    alias: {
      "playwright-core": here("./node_modules/playwright-core"),
      vitest: here("./node_modules/vitest"),
    },
  },
  server: { fs: { allow: [here("..")] } },
  test: {
    include: ["tests/ui/**/*.test.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
