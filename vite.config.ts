import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import purgecss from "@fullhuman/postcss-purgecss";
import { defineConfig } from "vite";

// Bundles for staff, for residents, for the pages with a map, with charts, for the duty room's wall and for the phones of the grid, under fixed names: Django's static files give it its version, not the file name.
const BUILT = "src/onedoor/web/static/built";

// What the field app needs to open without signal, each file with its digest: `web/field/shell.py` hands the list to the
// service worker, which takes in no other bytes than these.
const shell = {
  name: "shell",
  writeBundle(_options: unknown, bundle: Record<string, { type: string; imports?: string[] }>): void {
    const files = new Set<string>();
    const follow = (name: string): void => {
      const chunk = bundle[name];
      if (files.has(name) || chunk?.type !== "chunk") return;
      files.add(name);
      chunk.imports?.forEach(follow);
    };
    follow("field.js");
    const list = [...files, "field.css"].map((name) => {
      const digest = createHash("sha256").update(readFileSync(`${BUILT}/${name}`));
      return { name, integrity: `sha256-${digest.digest("base64")}` };
    });
    writeFileSync(`${BUILT}/field-shell.json`, JSON.stringify(list));
  },
};

// Beside each file its packed form, which WhiteNoise sends to browsers that take it.
const packed = {
  name: "packed",
  closeBundle(): void {
    for (const name of readdirSync(BUILT).filter((name) => /\.(css|js)$/.test(name)))
      writeFileSync(`${BUILT}/${name}.gz`, gzipSync(readFileSync(`${BUILT}/${name}`), { level: 9 }));
  },
};

export default defineConfig({
  root: "frontend",
  publicDir: false,
  logLevel: "warn",
  plugins: [shell, packed],
  css: {
    postcss: {
      plugins: [
        // of Tabler's megabyte only what our pages name goes to a cheap phone
        purgecss({
          content: ["src/onedoor/web/templates/**/*.html", "frontend/src/**/*.ts"],
          safelist: { standard: ["html", "body", /^(light|lights|alert|bg|level|day|maplibregl|duty)-/], variables: [/^--tabler-/] },
        }),
      ],
    },
  },
  // addresses within a bundle stand beside it, wherever the static files are
  base: "./",
  worker: { format: "es", rolldownOptions: { output: { entryFileNames: "[name].js" } } },
  build: {
    modulePreload: false,
    chunkSizeWarningLimit: 1200, // the map, which only its own pages load
    outDir: `../${BUILT}`,
    emptyOutDir: true,
    // government intranets run browsers that are years old
    target: ["chrome80", "firefox78", "safari14"],
    rolldownOptions: {
      // htmx holds an eval that our configuration switches off
      checks: { eval: false },
      input: {
        main: "frontend/src/main.ts",
        public: "frontend/src/public.ts",
        map: "frontend/src/map.ts",
        board: "frontend/src/board.ts",
        wall: "frontend/src/wall.ts",
        field: "frontend/src/field/main.ts",
        "field-sw": "frontend/src/field/sw.ts",
      },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name].js",
        assetFileNames: "[name][extname]",
      },
    },
  },
});
