// The reference engine in the reader's browser: Python by Pyodide, all of it from the folder beside this file.

import { loadPyodide } from "./engine/pyodide.mjs";

const base = new URL("./engine/", import.meta.url);
let starting;

async function start(wheels) {
  const archive = fetch(new URL("engine_api.zip", base)).then((answer) => answer.arrayBuffer());
  const python = await loadPyodide({ indexURL: base.href });
  const addresses = wheels.map((name) => new URL(name, base).href);
  await python.loadPackage(addresses, { checkIntegrity: false, messageCallback: () => {} });
  const [folder] = python.runPython("import site; site.getsitepackages()").toJs();
  python.unpackArchive(await archive, "zip", { extractDir: folder });
  python.runPython("import importlib; importlib.invalidate_caches()");
  return { python, lines: python.pyimport("engine_api.conformance.trial").lines };
}

addEventListener("message", async ({ data }) => {
  const { id, wheels, name, version, requests } = data;
  try {
    starting ??= start(wheels);
    const { python, lines } = await starting;
    postMessage({ id, event: { event: "ready" } });
    for await (const line of lines(name, version, python.toPy(requests))) postMessage({ id, event: JSON.parse(line) });
    postMessage({ id, event: null });
  } catch (error) {
    postMessage({ id, error: String(error.message || error).trim().split("\n").pop() }); // of a traceback, what it says
  }
});
