// Builds web/static/dist from web/assets/src: one hashed file per entry and manifest.json (entry name -> file name).
//
//   node web/assets/build.mjs            build once
//   node web/assets/build.mjs --watch    build, then again after every change

import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import * as esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const source = path.join(here, 'src');
const target = path.join(here, '..', 'static', 'dist');

const ENTRIES = ['app.css', 'app.js', 'viewer.css', 'viewer.js', 'mark.svg'];

// A module named with a leading "optional:" may be absent; then it is empty.
const optionalModules = {
  name: 'optional-modules',
  setup(build) {
    build.onResolve({ filter: /^optional:/ }, (wanted) => {
      const file = path.resolve(wanted.resolveDir, wanted.path.slice('optional:'.length));
      return existsSync(file) ? { path: file } : { path: file, namespace: 'absent' };
    });
    // Every browser we serve reads woff2; the other four formats of the diagram font stay behind.
    build.onResolve({ filter: /bpmn\.(eot|svg|ttf|woff)\?/ }, (wanted) => ({ path: wanted.path, namespace: 'unwanted' }));
    build.onLoad({ filter: /.*/, namespace: 'unwanted' }, () => ({ contents: '', loader: 'empty' }));
    build.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: '', loader: 'js' }));
  },
};

// The manifest is written last and put in place by renaming, so that a running
// site never reads a name whose file is not there yet.
const manifestWriter = {
  name: 'manifest-writer',
  setup(build) {
    build.onEnd(async (result) => {
      if (result.errors.length > 0) return;
      const manifest = {};
      for (const [file, output] of Object.entries(result.metafile.outputs)) {
        if (output.entryPoint) manifest[path.basename(output.entryPoint)] = path.basename(file);
      }
      const draft = path.join(target, 'manifest.json.new');
      await writeFile(draft, `${JSON.stringify(manifest, null, 2)}\n`);
      await rename(draft, path.join(target, 'manifest.json'));
      await removeOld(Object.keys(result.metafile.outputs).map((file) => path.basename(file)));
      report(result.metafile.outputs);
    });
  },
};

async function removeOld(current) {
  const keep = new Set([...current, 'manifest.json']);
  for (const file of await readdir(target)) {
    if (!keep.has(file)) await rm(path.join(target, file), { recursive: true });
  }
}

function report(outputs) {
  for (const [file, output] of Object.entries(outputs)) {
    console.log(`${path.basename(file).padEnd(32)} ${(output.bytes / 1024).toFixed(1)} kB`);
  }
}

const options = {
  absWorkingDir: path.join(here, '..', '..'),
  entryPoints: ENTRIES.map((entry) => path.join(source, entry)),
  outdir: target,
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  bundle: true,
  minify: true,
  metafile: true,
  format: 'esm', // one file per entry, no chunks: every script tag carries its own nonce
  target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
  charset: 'utf8',
  legalComments: 'eof',
  loader: { '.woff2': 'file', '.svg': 'copy' },
  plugins: [optionalModules, manifestWriter],
  logLevel: 'warning',
};

await mkdir(target, { recursive: true });
if (process.argv.includes('--watch')) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  await esbuild.build(options);
}
