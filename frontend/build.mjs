// Builds lms/web/static/ from frontend/ and the pinned packages:   node frontend/build.mjs [--force]
// Same inputs, same bytes. Does nothing when neither frontend/ nor package-lock.json changed and all output is there.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const packages = join(root, "node_modules");
const out = join(root, "lms", "web", "static");
const stamp = join(out, ".inputs");

// For the PDFs only; nothing on screen asks for a font. Noto Sans has the letters of names that Public Sans lacks.
const FONTS = [
  ...["Regular", "Italic", "SemiBold", "Bold", "BoldItalic"].map((style) => [
    `PublicSans-${style}.ttf`, `@uswds/uswds/packages/uswds-core/src/assets/fonts/public-sans/PublicSans-${style}.ttf`]),
  ...[["Regular", "400Regular"], ["Italic", "400Regular_Italic"], ["Bold", "700Bold"]].map(([style, name]) => [
    `NotoSans-${style}.ttf`, `@expo-google-fonts/noto-sans/${name}/NotoSans_${name}.ttf`]),
  ["NotoSans-LICENSE.txt", "@expo-google-fonts/noto-sans/LICENSE_FONT"],
];

// The USWDS classes that the macros in lms/web/templates/ui.html, ui_words.html and base.html use. A rule for any other is left out.
const USWDS = new Set(`usa-alert usa-alert__body usa-alert__heading usa-alert__text usa-alert--error usa-alert--info usa-alert--slim
  usa-alert--success usa-alert--warning usa-button usa-button--big usa-button--outline usa-button--secondary usa-button--unstyled
  usa-current usa-error-message usa-fieldset usa-form-group usa-form-group--error usa-hint usa-input usa-input--error usa-label
  usa-label--error usa-legend usa-pagination usa-pagination__arrow usa-pagination__button usa-pagination__item usa-pagination__link
  usa-pagination__list usa-pagination__overflow usa-process-list usa-process-list__heading usa-process-list__item usa-prose usa-select
  usa-skipnav usa-sr-only usa-step-indicator usa-step-indicator__segment usa-step-indicator__segment--complete
  usa-step-indicator__segment--current usa-step-indicator__segments usa-step-indicator--no-labels usa-table usa-table--borderless
  usa-tag usa-textarea`.split(/\s+/));

const sha = (data) => createHash("sha256").update(data).digest("hex");

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}

function inputs() {
  const hash = createHash("sha256");
  for (const file of [...filesUnder(here), join(root, "package-lock.json")]) {
    hash.update(relative(root, file).replaceAll("\\", "/")).update("\0").update(sha(readFileSync(file)));
  }
  return hash.digest("hex");
}

function upToDate(wanted) {
  if (!existsSync(stamp)) return false;
  const [hash, ...files] = readFileSync(stamp, "utf8").trim().split("\n");
  return hash === wanted && files.every((file) => existsSync(join(out, file)));
}

// ── Styles ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Whether a selector needs a USWDS class that no macro uses, sorts tables by script, or is of a field that is off: none ever is. */
const OFF = /\[(?:data-sort|aria-sort)|:disabled|\.usa-(?:input|select|textarea)[^ ]*\[aria-disabled/;
const isUnused = (selector) => OFF.test(selector) || [...selector.matchAll(/\.(usa-[\w-]+)/g)].some(([, name]) => !USWDS.has(name));

/** Leaves out what we do not use, pictures and fonts (elements inherit the font of the page), and turns every colour into the custom property of its role. */
function adapt(postcss) {
  return {
    postcssPlugin: "adapt-uswds",
    Once(css) {
      const roles = new Map([["white", "card"], ["black", "ink"]]);
      const scheme = css.nodes.find((node) => node.type === "rule" && node.selector === ":root");
      scheme.walkDecls(/^--/, ({ prop, value }) => {
        if (roles.has(value)) throw new Error(`${prop} has the light colour of --${roles.get(value)}: the build could not tell them apart`);
        roles.set(value, prop.slice(2));
      });
      css.walkAtRules("font-face", (rule) => rule.remove());
      css.walkAtRules("supports", (rule) => { if (rule.params.includes("url(")) rule.remove(); });
      css.walkRules((rule) => {
        if (rule.parent.name?.endsWith("keyframes")) return;
        rule.selectors = rule.selectors.filter((selector) => !isUnused(selector));
        if (rule.selectors.join("") === "") rule.remove();
      });
      css.walkDecls((decl) => {
        if (decl.prop.startsWith("--") && decl.parent.selector === ":root") return;
        if (decl.value.includes("url(") || /^font-family$/.test(decl.prop) && decl.value.startsWith("-apple-system")) return void decl.remove();
        decl.value = decl.value.replace(/#[0-9a-f]{3,8}\b|\b(?:white|black)\b(?!-)/gi, (colour) => {
          const role = roles.get(colour.toLowerCase());
          if (!role) throw new Error(`${decl.parent.selector} { ${decl.prop}: ${decl.value} }: ${colour} is no role of _palette.scss`);
          return `var(--${role})`;
        });
      });
      for (let before = -1; before !== css.nodes.length;) {
        before = css.nodes.length;
        css.walk((node) => { if (node.nodes?.length === 0) node.remove(); });
        css.walkComments((comment) => comment.remove());
      }
    },
  };
}
adapt.postcss = true;

async function styles(sass, postcss, esbuild) {
  const { css } = sass.compile(join(here, "styles", "styles.scss"), {
    loadPaths: [join(packages, "@uswds", "uswds", "packages")],
    quietDeps: true,
    fatalDeprecations: [],
  });
  const adapted = await postcss([adapt(postcss)]).process(css, { from: undefined });
  const { code } = await esbuild.transform(adapted.css, { loader: "css", minify: true, target: ["chrome90", "firefox90", "safari14"] });
  if (/url\(|@import|data:/.test(code)) throw new Error("the style sheet asks for another file");
  return Buffer.from(code);
}

// ── Scripts ─────────────────────────────────────────────────────────────────────────────────────────────────────

async function scripts(esbuild) {
  const folder = join(here, "scripts");
  const names = readdirSync(folder).filter((name) => name.endsWith(".js")).sort();
  const built = await Promise.all(names.map((name) => esbuild.build({
    entryPoints: [join(folder, name)], bundle: true, minify: true, write: false, format: "esm", target: "es2020", legalComments: "none",
  })));
  return names.map((name, i) => [name, Buffer.from(built[i].outputFiles[0].contents)]);
}

// ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

function compressed(data) {
  return [
    [".br", brotliCompressSync(data, { params: {
      [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT, [constants.BROTLI_PARAM_SIZE_HINT]: data.length } })],
    [".gz", gzipSync(data, { level: 9 })],
  ];
}

function removeOld() {
  if (!existsSync(stamp)) return;
  for (const file of readFileSync(stamp, "utf8").trim().split("\n").slice(1)) rmSync(join(out, file), { force: true });
}

async function main() {
  const started = Date.now();
  const wanted = inputs();
  if (!process.argv.includes("--force") && upToDate(wanted)) return console.log("front end: nothing changed");
  const require = createRequire(join(root, "package.json"));
  const [sass, postcss, esbuild] = ["sass", "postcss", "esbuild"].map((name) => require(name));

  const text = [
    ["styles.css", await styles(sass, postcss, esbuild)],
    ...(await scripts(esbuild)),
    ...readdirSync(join(here, "images")).sort().map((name) => [name, readFileSync(join(here, "images", name))]),
  ];
  const written = [];
  const write = (name, data) => { writeFileSync(join(out, name), data); written.push(name); };
  const manifest = {};

  removeOld();
  mkdirSync(join(out, "fonts"), { recursive: true });
  for (const [name, data] of text) {
    const dot = name.lastIndexOf(".");
    manifest[name] = `${name.slice(0, dot)}.${sha(data).slice(0, 10)}${name.slice(dot)}`;
    write(manifest[name], data);
    const sizes = compressed(data).map(([ending, bytes]) => { write(manifest[name] + ending, bytes); return bytes.length; });
    console.log(`${manifest[name]}  ${data.length} bytes, ${sizes[0]} as br, ${sizes[1]} as gz`);
  }
  for (const [name, source] of FONTS) write(`fonts/${name}`, readFileSync(join(packages, source)));
  write("manifest.json", JSON.stringify(manifest, null, 2) + "\n");
  writeFileSync(stamp, [wanted, ...written].join("\n") + "\n");
  console.log(`front end: built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

main().catch((error) => {
  console.error(`front end: ${error.message}`);
  process.exitCode = 1;
});
