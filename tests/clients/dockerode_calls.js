// Makes the calls that it reads, a line of JSON each, with dockerode, unmodified, and tells what the engine answered to
// each: {id, status, reason, headers, body in base64, failed}. Run by test_dockerode_calls.py.
const Docker = require("dockerode");
const channel = require("diagnostics_channel");
const readline = require("readline");

const answers = new Map();

channel.subscribe("http.client.response.finish", ({ request, response }) => {
  const id = request.getHeader("X-Call");
  const parts = [];
  response.on("data", (data) => parts.push(data));
  response.on("close", () =>
    answers.get(id)?.({
      status: response.statusCode,
      reason: response.statusMessage,
      headers: response.rawHeaders,
      body: Buffer.concat(parts).toString("base64"),
    }),
  );
});

async function make({ id, socket, version, call }) {
  const answered = new Promise((resolve) => answers.set(id, resolve));
  const docker = new Docker({ socketPath: socket, version: `v${version}`, headers: { "X-Call": id } });
  let failed = null;
  try {
    await new Function("docker", `return (async () => { ${call} })()`)(docker);
  } catch (error) {
    failed = error.statusCode || String(error);
    if (!error.statusCode) return console.log(JSON.stringify({ id, failed }));
  }
  console.log(JSON.stringify({ id, failed, ...(await answered) }));
}

readline.createInterface({ input: process.stdin }).on("line", (line) => make(JSON.parse(line)));
