/**
 * Builds the portal's style sheet, script and icon sheet, and the typeface of printed files, into the folder named by the first argument.
 *
 * Writes content-hashed files, `icons.json` (name -> inner SVG markup of the icons listed in icons.txt), the licences and, last,
 * `manifest.json` (public name -> file name), so that a reader never sees a manifest without its files.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) throw new Error("usage: node build.mjs OUTPUT_FOLDER");
mkdirSync(out, { recursive: true });

const manifest = {};

function emit(name, text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
  const dot = name.lastIndexOf(".");
  const file = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
  writeFileSync(join(out, file), text);
  manifest[name] = file;
}

const css = sass.compile(join(here, "css/portal.scss"), {
  loadPaths: [join(here, "node_modules")],
  quietDeps: true,
  // Bootstrap 5.3 is written for @import and the old colour functions.
  silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
});
const minified = await esbuild.transform(css.css, { loader: "css", minify: true, target: ["es2020", "safari14"] });
emit("portal.css", minified.code);

// The script of every page, and those of the few pages which need more.
for (const name of ["portal.js", "voucher.js", "passkey.js"]) {
  const bundle = await esbuild.build({
    entryPoints: [join(here, "js", name)],
    bundle: true,
    format: "esm",
    legalComments: "none",
    minify: true,
    target: "es2020",
    write: false,
  });
  emit(name, bundle.outputFiles[0].text);
}

const icons = {};
for (const line of readFileSync(join(here, "icons.txt"), "utf8").split("\n")) {
  const name = line.split("#")[0].trim();
  if (!name) continue;
  const svg = readFileSync(join(here, `node_modules/lucide-static/icons/${name}.svg`), "utf8");
  icons[name] = svg
    .replace(/<!--.*?-->/gs, "")
    .replace(/^\s*<svg[^>]*>/s, "")
    .replace(/<\/svg>\s*$/s, "")
    .replace(/\s*\n\s*/g, "")
    .replace(/ \/>/g, "/>");
}
writeFileSync(join(out, "icons.json"), JSON.stringify(icons));

// Printed files embed it: ReportLab takes TrueType outlines only.
const typeface = "@expo-google-fonts/noto-sans-sc";
emit("NotoSansSC-Regular.ttf", readFileSync(join(here, `node_modules/${typeface}/400Regular/NotoSansSC_400Regular.ttf`)));

// The licences of what is inside the built files travel with them.
const inside = { bootstrap: "LICENSE", "htmx.org": "LICENSE", "lucide-static": "LICENSE", [typeface]: "LICENSE_FONT" };
const notices = Object.entries(inside).map(
  ([name, file]) => `${name}\n\n${readFileSync(join(here, `node_modules/${name}/${file}`), "utf8").trim()}\n`,
);
writeFileSync(join(out, "LICENSES.txt"), notices.join(`\n${"-".repeat(72)}\n\n`));

writeFileSync(join(out, "manifest.json.new"), JSON.stringify(manifest, null, 1));
renameSync(join(out, "manifest.json.new"), join(out, "manifest.json"));
