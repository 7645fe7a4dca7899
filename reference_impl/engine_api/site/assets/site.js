// What a page of the specification does beyond what HTML and CSS do: remembers a tab, keeps the place over versions,
// opens what a link leads to, copies, and runs examples. Everything can be read without it.

const root = document.documentElement;
const here = new URL(".", document.currentScript.src);
const main = document.querySelector("#content") || document.body;

// Tabs: one choice for all examples, kept over pages.

function choose(way, anchor) {
  const before = anchor ? anchor.getBoundingClientRect().top : 0;
  for (const input of document.querySelectorAll(".ways > input")) if (input.value === way) input.checked = true;
  if (anchor) window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
}

function kept(name, value) {
  try {
    if (value !== undefined) localStorage.setItem(name, value);
    return localStorage.getItem(name);
  } catch {
    return null; // storage is refused: the choice holds for this page
  }
}

const way = kept("engine-api.way");
if (way) choose(way);
main.addEventListener("change", (event) => {
  if (event.target.matches(".ways > input")) {
    kept("engine-api.way", event.target.value);
    choose(event.target.value, event.target.parentElement);
  }
});

// Links into what is folded, and to what this version lacks.

function reveal() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (!id || document.querySelector("#compare")) return;
  let found = document.getElementById(id);
  let nearest = id;
  while (!found && nearest.includes(".")) {
    nearest = nearest.slice(0, nearest.lastIndexOf("."));
    found = document.getElementById(nearest);
  }
  document.querySelector("#lacking-notice")?.remove();
  if (!found || nearest !== id || found.classList.contains("lacking")) {
    const version = document.querySelector("meta[name=api-version]")?.content;
    if (!version) return;
    const notice = document.createElement("p");
    notice.id = "lacking-notice";
    notice.className = "notice";
    notice.setAttribute("role", "status");
    notice.textContent = `${version === "latest" ? "The newest version" : version} has no “${id}”. `;
    if (found && found.classList.contains("lacking")) notice.append(...found.cloneNode(true).childNodes);
    if (found && nearest !== id) found.after(notice);
    else main.querySelector("h1").after(notice);
    if (!found) return notice.scrollIntoView({ block: "center" });
  }
  for (let each = found; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
  if (found.tagName === "LI" && !found.classList.contains("lacking")) {
    const own = found.querySelector(":scope > details");
    if (own) own.open = true;
  }
  const target = document.querySelector("#lacking-notice") || found;
  requestAnimationFrame(() => target.scrollIntoView({ block: target === found ? "start" : "center" }));
}
addEventListener("hashchange", reveal);
reveal();

// The version switch keeps the heading that is being read.

const picker = document.querySelector(".switch");
if (picker) {
  picker.addEventListener("toggle", () => {
    if (!picker.open) return;
    let current = "";
    for (const heading of main.querySelectorAll("h2[id], h3[id]")) {
      if (heading.getBoundingClientRect().top > 140) break;
      current = heading.id;
    }
    const asked = decodeURIComponent(location.hash.slice(1));
    const place = document.getElementById(asked);
    const seen = place && place.getBoundingClientRect();
    if (seen && seen.bottom > 0 && seen.top < innerHeight) current = asked;
    for (const link of picker.querySelectorAll("a")) link.hash = current;
    picker.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && picker.open) {
      picker.open = false;
      picker.querySelector("summary").focus();
    }
  });
  addEventListener("click", (event) => {
    if (!picker.contains(event.target)) picker.open = false;
  });
}

// Copies. Of a terminal's text only what was typed is copied.

function commands(text) {
  if (!/^\$ /m.test(text)) return text;
  let typed = false;
  const lines = text.split("\n").filter((line) => {
    const kept = typed || line.startsWith("$ ");
    typed = kept && line.endsWith("\\");
    return kept;
  });
  return lines.join("\n").replace(/^\$ /gm, "");
}

for (const block of document.querySelectorAll("pre.code")) {
  const button = document.createElement("button");
  button.className = "copy";
  button.type = "button";
  button.textContent = "Copy";
  block.parentElement.classList.add("with-copy");
  const frame = document.createElement("div");
  frame.className = "with-copy";
  block.replaceWith(frame);
  frame.append(block, button);
}
addEventListener("click", async (event) => {
  const button = event.target.closest(".copy");
  if (!button) return;
  const text = commands(button.previousElementSibling.innerText);
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(button.previousElementSibling);
    button.textContent = "Selected";
  }
  setTimeout(() => (button.textContent = "Copy"), 1500);
});

// Run: what it takes is loaded at the first click.

for (const example of document.querySelectorAll(".example")) {
  const button = document.createElement("button");
  button.className = "run";
  button.type = "button";
  button.textContent = "Run";
  button.setAttribute("aria-label", `Run: ${document.getElementById(example.dataset.example.split("#")[1])?.firstChild.textContent || "this example"}`);
  button.addEventListener("click", async () => {
    button.disabled = true;
    const { open } = await import(new URL("try.js", here));
    await open(example, button);
    button.disabled = false;
  });
  example.append(button);
}

if (document.querySelector("#compare")) import(new URL("compare.js", here));
root.classList.add("ready");
document.querySelector(".md-search")?.setAttribute("aria-label", "Search"); // the theme leaves its dialog without a name

// The theme searches for what keys have typed; what was pasted or dictated is looked for, too.

const query = document.querySelector(".md-search__input");
query?.addEventListener("input", () => query.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true })));
