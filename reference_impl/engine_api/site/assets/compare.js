// The differences of any two versions, from the data of `engine_api.versions.diff.differences`, as `engine-api diff` tells them.

const form = document.querySelector("#compare");
const sum = document.querySelector("#compare-sum");
const result = document.querySelector("#compare-result");

export function differences(data, source, target) {
  const there = [];
  const found = [];
  const low = Math.min(source, target);
  const high = Math.max(source, target);
  for (const item of data.items) {
    const before = item.since <= source && source <= item.until;
    const after = item.since <= target && target <= item.until;
    there.push(before && after);
    if (before === after || (item.parent !== null && !there[item.parent])) continue;
    const verdict = after ? item.gained : item.lost;
    if (verdict === null) continue;
    const turn = low < item.since && item.since <= high ? item.since : item.until + 1;
    found.push({ ...item, ...data.verdicts[verdict], version: data.versions[turn] });
  }
  return found;
}

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function address(page, version) {
  const [path, hash] = page.split("#");
  return `../${path.includes("/") ? "" : version + "/"}${path.replace(/\.md$/, "/").replace(/(^|\/)index\/$/, "$1")}${hash ? "#" + hash : ""}`;
}

function show(data) {
  const values = new FormData(form);
  const [from, to] = [values.get("from"), values.get("to")];
  const text = values.get("text").trim().toLowerCase();
  const resource = values.get("resource");
  const breaking = values.get("breaking") !== null;
  const keep = new URLSearchParams({ from, to });
  if (resource) keep.set("resource", resource);
  if (text) keep.set("text", values.get("text").trim());
  if (breaking) keep.set("breaking", "1");
  history.replaceState(null, "", `#${keep}`);
  const all = differences(data, data.versions.indexOf(from), data.versions.indexOf(to));
  const wanted = all.filter((entry) => {
    const operation = data.operations[entry.operation];
    const words = `${entry.operation} ${operation.verb} ${operation.path} ${entry.path}`.toLowerCase();
    return (!resource || operation.resource === resource) && (!breaking || entry.breaking) && (!text || words.includes(text));
  });
  const bad = wanted.filter((entry) => entry.breaking).length;
  const shown = wanted.length === all.length ? `${all.length} differences` : `${wanted.length} of ${all.length} differences`;
  sum.textContent = `From v${from} to v${to}: ${shown}, ${bad} breaking.`;
  const groups = new Map();
  for (const entry of wanted) {
    if (!groups.has(entry.operation)) groups.set(entry.operation, []);
    groups.get(entry.operation).push(entry);
  }
  const made = [];
  for (const [id, entries] of groups) {
    const operation = data.operations[id];
    const heading = element("h3");
    if (operation.verb) heading.append(element("span", operation.verb, { class: `verb verb-${operation.verb.toLowerCase()}` }), " ");
    const name = id === "*" ? "Every operation" : `${operation.path} (${id})`;
    const newer = entries.every((entry) => entry.kind !== "operation" || entry.what !== "removed") ? to : from;
    heading.append(operation.page ? element("a", name, { href: address(operation.page, `v${newer}`) }) : name);
    const list = element("ul");
    for (const entry of entries) {
      const line = element("li");
      if (entry.breaking) line.append(element("span", "breaking", { class: "badge breaking" }), " ");
      line.append(entry.kind, " ");
      if (entry.path) line.append(element("code", entry.path), " ");
      line.append(`${entry.what} in `);
      const page = entry.page || `v${entry.version}/changes.md`;
      line.append(element("a", `v${entry.version}`, { href: address(page, `v${entry.version}`) }), `: ${entry.why}.`);
      if (entry.text) line.append(" ", element("span", entry.text.replaceAll("`", ""), { class: "type" }));
      list.append(line);
    }
    made.push(heading, list);
  }
  result.replaceChildren(...made);
}

function restore() {
  const chosen = new URLSearchParams(location.hash.slice(1));
  for (const name of ["from", "to", "resource", "text"]) {
    const field = form.elements[name];
    const value = chosen.get(name);
    if (value !== null && (field.tagName !== "SELECT" || [...field.options].some((option) => option.value === value))) field.value = value;
  }
  form.elements.breaking.checked = chosen.get("breaking") === "1";
}

const answer = await fetch(new URL("changes.json", import.meta.url));
const data = await answer.json();
restore();
form.hidden = false;
form.addEventListener("input", () => show(data));
form.addEventListener("submit", (event) => event.preventDefault());
form.elements.turn.addEventListener("click", () => {
  const [from, to] = [form.elements.from, form.elements.to];
  [from.value, to.value] = [to.value, from.value];
  show(data);
});
addEventListener("hashchange", () => {
  restore();
  show(data);
});
show(data);
