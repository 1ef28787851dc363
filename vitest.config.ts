import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/setup.ts"],
    // The laws are tested on samples large enough to reject a coefficient that is 5 % off, on whatever machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
