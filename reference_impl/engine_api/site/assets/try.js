// Runs an example: on the server that gave the page, if that is an engine; else in the browser; else it shows the answers
// as they stand on the page.

const here = new URL(".", import.meta.url);
const waiting = new Map();
let worker;
let counter = 0;
let means;

function ways() {
  means ??= fetch(new URL("run.json", here)).then((answer) => answer.json());
  return means;
}

async function* onServer(job) {
  const answer = await fetch(new URL("../../run", here), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(job),
  });
  if (!answer.ok) throw new Error((await answer.text()) || `the server answered ${answer.status}`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    rest += value || "";
    const lines = rest.split("\n");
    rest = lines.pop();
    for (const line of lines) yield JSON.parse(line);
    if (done) return;
  }
}

async function* inBrowser(job, wheels) {
  if (!worker) {
    worker = new Worker(new URL("worker.mjs", here), { type: "module" });
    worker.addEventListener("message", ({ data }) => waiting.get(data.id)?.(data));
    worker.addEventListener("error", (event) => {
      for (const tell of waiting.values()) tell({ error: event.message || "the engine cannot be loaded" });
      worker = undefined;
    });
  }
  const id = ++counter;
  const came = [];
  let wake = () => {};
  waiting.set(id, (data) => {
    came.push(data);
    wake();
  });
  worker.postMessage({ id, wheels, ...job });
  try {
    for (;;) {
      while (!came.length) await new Promise((resolve) => (wake = resolve));
      const { event, error } = came.shift();
      if (error) throw new Error(error);
      if (event === null) return;
      yield event;
    }
  } finally {
    waiting.delete(id);
  }
}

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function pretty(text) {
  const documents = [];
  try {
    documents.push(JSON.stringify(JSON.parse(text), null, 2));
  } catch {
    return text;
  }
  return documents.join("\n");
}

class Panel {
  constructor(example, button) {
    this.example = example;
    this.name = example.dataset.example;
    this.version = document.querySelector("meta[name=api-number]").content;
    this.box = element("section", "", { class: "try", "aria-label": "Run this example" });
    this.status = element("p", "", { role: "status", class: "verdict" });
    this.steps = [];
    for (const set of example.querySelectorAll(".ways")) {
      const text = set.querySelector(".way-blocks > div:first-child code").textContent;
      const step = { original: text, area: element("textarea", "", { spellcheck: "false" }), output: element("pre", "", { tabindex: "0" }) };
      step.area.value = text;
      step.area.rows = Math.min(14, text.split("\n").length + 1);
      step.verdict = element("div");
      this.steps.push(step);
    }
    this.given = element("p");
    this.box.append(this.status, this.given);
    this.steps.forEach((step, index) => {
      const label = element("label", this.steps.length > 1 ? `Request ${index + 1}` : "Request");
      label.append(step.area);
      step.output.hidden = true;
      this.box.append(label, step.output, step.verdict);
    });
    const again = element("button", "Run again", { type: "button" });
    const reset = element("button", "As on the page", { type: "button" });
    const close = element("button", "Close", { type: "button" });
    again.addEventListener("click", () => this.run());
    reset.addEventListener("click", () => {
      for (const step of this.steps) step.area.value = step.original;
    });
    close.addEventListener("click", () => {
      this.box.remove();
      panels.delete(example);
      button.focus();
    });
    this.again = again;
    const row = element("p");
    row.append(again, " ", reset, " ", close);
    this.box.append(row);
    button.after(this.box);
  }

  say(text, kind = "") {
    this.status.textContent = text;
    this.status.className = `verdict ${kind}`;
  }

  async run() {
    this.again.disabled = true;
    for (const step of this.steps) {
      step.output.hidden = true;
      step.output.textContent = "";
      step.text = "";
      step.verdict.replaceChildren();
    }
    const job = { name: this.name, version: this.version, requests: this.steps.map((step) => step.area.value) };
    try {
      const { server, browser, wheels } = await ways();
      if (server) {
        this.say("Running on the server that gave you this page …");
        await this.follow(onServer(job));
      } else if (browser) {
        this.say("Starting the reference engine in your browser; the first time, it is loaded …");
        await this.follow(inBrowser(job, wheels));
      } else this.recorded("There is no engine here to run it on.");
    } catch (error) {
      this.recorded(`It could not be run: ${error.message}.`);
    }
    this.again.disabled = false;
  }

  recorded(reason) {
    this.say(`${reason} These are the answers as they stand on the page.`);
    let index = -1;
    for (const part of this.example.querySelectorAll(".ways, .answer")) {
      if (part.matches(".ways")) index += 1;
      else if (index >= 0) {
        const { output } = this.steps[index];
        output.hidden = false;
        output.textContent += (output.textContent && "\n\n") + part.querySelector("code").textContent;
      }
    }
  }

  async follow(events) {
    let last = 0;
    for await (const event of events) {
      const step = this.steps[event.exchange ?? last];
      if (event.exchange !== undefined) last = event.exchange;
      switch (event.event) {
        case "ready":
          this.say("Running in your browser …");
          break;
        case "given":
          this.given.textContent = event.text.replaceAll("`", "");
          break;
        case "answer":
          step.output.hidden = false;
          step.head = [`${event.status} ${event.reason}`, ...event.headers.map(([name, value]) => `${name}: ${value}`)].join("\n") + "\n\n";
          step.text = "";
          step.output.textContent = step.head;
          step.taken = event.status === 101;
          break;
        case "got":
        case "sent":
        case "end": {
          const sign = event.event === "got" ? "<" : ">";
          const words = event.event === "end" ? "(end)" : event.text;
          const label = event.stream && event.event === "got" ? `${event.stream}: ` : "";
          if (step.taken || event.stream) step.text += `${step.taken ? sign + " " : ""}${label}${words}${words.endsWith("\n") ? "" : "\n"}`;
          else step.text += words;
          step.output.textContent = (step.head || "") + step.text;
          break;
        }
        case "verdict":
          if (!step.taken) step.output.textContent = (step.head || "") + pretty(step.text || "");
          if (event.holds) step.verdict.append(element("p", "✓ as on the page", { class: "verdict good" }));
          else {
            step.verdict.append(element("p", "✗ otherwise than on the page", { class: "verdict bad" }));
            const list = element("ul");
            for (const problem of event.problems) list.append(element("li", problem));
            step.verdict.append(list);
            if (event.difference) step.verdict.append(element("pre", event.difference, { tabindex: "0" }));
          }
          break;
        case "result":
          if (event.result === "holds") this.say("✓ It holds: every answer is as the page says.", "good");
          else this.say(event.result === "fails" ? `✗ It differs from the page.` : `${event.result}: ${event.message}`, "bad");
          if (event.result === "fails" && !this.steps.some((one) => one.verdict.childNodes.length)) this.status.append(` ${event.message}`);
      }
    }
  }
}

const panels = new Map();

export async function open(example, button) {
  if (!panels.has(example)) panels.set(example, new Panel(example, button));
  await panels.get(example).run();
}
