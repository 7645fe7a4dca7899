// What a program does with dockerode, unmodified: prints a line of JSON for each step. Run by test_dockerode.py.
const Docker = require("dockerode");
const { PassThrough } = require("stream");

const name = process.argv[2];
const docker = new Docker({ socketPath: process.argv[3] });
const tell = (step, value) => console.log(JSON.stringify([step, value]));
const collect = (stream) =>
  new Promise((resolve, reject) => {
    const parts = [];
    stream.on("data", (data) => parts.push(data));
    stream.on("end", () => resolve(Buffer.concat(parts).toString()));
    stream.on("error", reject);
  });

async function main() {
  tell("ping", (await docker.ping()).toString());
  tell("version", (await docker.version()).MinAPIVersion);

  const output = new PassThrough();
  const printed = collect(output);
  const [result, ran] = await docker.run("busybox", ["sh", "-c", "echo out; exit 3"], output, { name: `${name}-run` });
  output.end();
  tell("run", [await printed, result.StatusCode]);
  await ran.remove();

  const container = await docker.createContainer({
    name, Image: "busybox", Cmd: ["cat"], OpenStdin: true, AttachStdin: true, AttachStdout: true, StdinOnce: true,
  });
  const stream = await container.attach({ stream: true, stdin: true, stdout: true, hijack: true });
  const out = new PassThrough();
  container.modem.demuxStream(stream, out, out);
  const echoed = collect(out);
  stream.on("end", () => out.end());
  await container.start();
  stream.write("hello\n");
  stream.end();
  tell("attach", await echoed);
  tell("wait", (await container.wait()).StatusCode);
  tell("inspect", (await container.inspect()).State.Status);
  tell("logs", (await container.logs({ stdout: true })).toString().slice(8));
  await container.remove();

  const web = await docker.createContainer({ name, Image: "busybox", Cmd: ["sleep", "300"] });
  await web.start();
  const exec = await web.exec({ Cmd: ["sh", "-c", "echo in; exit 5"], AttachStdout: true, Tty: true });
  tell("exec", await collect(await exec.start({ Tty: true })));
  tell("exec code", (await exec.inspect()).ExitCode);
  const listed = await docker.listContainers({ filters: { name: [name] } });
  tell("list", listed.map((one) => one.Names[0] === `/${name}`));
  await web.pause();
  tell("paused", (await web.inspect()).State.Paused);
  await web.unpause();
  await web.rename({ name: `${name}-x` });
  tell("renamed", (await web.inspect()).Name === `/${name}-x`);
  await web.stop({ t: 0 });
  await web.remove({ v: true });
  await docker.getContainer(name).inspect().catch((error) => tell("gone", [error.statusCode, error.json.message]));

  const network = await docker.createNetwork({ Name: name });
  tell("network", (await network.inspect()).Driver);
  await network.remove();
  const volume = await docker.createVolume({ Name: name });
  tell("volume", (await docker.getVolume(name).inspect()).Driver);
  await docker.getVolume(name).remove();
  await docker.getImage("busybox").tag({ repo: name, tag: "one" });
  tell("image", (await docker.getImage(`${name}:one`).inspect()).Os);
  await docker.getImage(`${name}:one`).remove();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
