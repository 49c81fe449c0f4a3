import { defineConfig } from "vite";

// One bundle under fixed names: Django's static files give it its version, not the file name.
export default defineConfig({
  root: "frontend",
  publicDir: false,
  logLevel: "warn",
  build: {
    outDir: "../src/onedoor/web/static/built",
    emptyOutDir: true,
    // government intranets run browsers that are years old
    target: ["chrome80", "firefox78", "safari14"],
    rolldownOptions: {
      // htmx holds an eval that our configuration switches off
      checks: { eval: false },
      input: "frontend/src/main.ts",
      output: {
        entryFileNames: "main.js",
        chunkFileNames: "[name].js",
        assetFileNames: "[name][extname]",
      },
    },
  },
});
