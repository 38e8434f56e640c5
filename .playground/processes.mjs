// Starts and stops what the walk needs: the bot and the Playground.
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const require = createRequire(import.meta.url);

/** A port of the loopback interface that nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Asks again until the check holds; an error of the check counts as not yet. */
export async function until(what, check, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) {
    if (await Promise.resolve().then(check).catch(() => false)) return;
  }
  throw new Error(`${what}: not after ${seconds} s`);
}

/** A process with its output in a file. */
class Process {
  constructor(name, command, args, { cwd, env, log }) {
    this.name = name;
    this.log = log;
    const out = fs.openSync(log, 'a');
    this.child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', out, out] });
    fs.closeSync(out);
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error) => { this.failure = error; resolve(); });
      this.child.once('exit', resolve);
    });
  }

  get running() { return this.child.exitCode === null && this.child.signalCode === null && !this.failure; }

  output() { return fs.readFileSync(this.log, 'utf8'); }

  async ready(check) {
    await until(`${this.name} is ready (see ${this.log})`, () => {
      if (!this.running) throw new Error('ended');
      return check();
    });
  }

  async stop(signal = 'SIGTERM') {
    if (this.running) this.child.kill(signal);
    await Promise.race([this.ended, sleep(12_000, undefined, { ref: false }).then(() => this.child.kill('SIGKILL'))]);
  }
}

/** The bot, on the database in a directory; in local mode unless its environment says otherwise. */
export class Bot {
  constructor({ program, data, port, log, env = {} }) {
    Object.assign(this, { program, data, port, log, env });
    this.endpoint = `http://127.0.0.1:${port}/api/messages`;
  }

  /** What the bot knows from the environment; an Odoo only if it is the walk's. */
  get #environment() {
    const foreign = Object.keys(process.env).filter((name) => name.startsWith('ODOO_'));
    return { ...Object.fromEntries(foreign.map((name) => [name, undefined])), HANDRAIL_DATA: this.data, HANDRAIL_ADDR: `127.0.0.1:${this.port}`, ...this.env };
  }

  async start() {
    const began = Date.now();
    this.process = new Process('the bot', this.program, ['serve'], { env: this.#environment, log: this.log });
    await this.process.ready(async () => (await fetch(`http://127.0.0.1:${this.port}/readyz`)).ok);
    return Date.now() - began;
  }

  /** Runs another command of the program, on the same database; gives its output and its exit status. */
  run(...command) {
    return new Promise((resolve) => {
      execFile(this.program, command, { env: { ...process.env, ...this.#environment }, timeout: 120_000 }, (error, stdout, stderr) => {
        resolve({ code: error ? error.code : 0, output: stdout + stderr });
      });
    });
  }

  /** Ends it as a power cut would. */
  kill() { return this.process.stop('SIGKILL'); }

  stop() { return this.process?.stop(); }

  /** What it logged as an error: each is one too many. */
  errors() { return this.process.output().split('\n').filter((line) => /"level":"ERROR"|^panic:/.test(line)); }
}

/** Starts the Playground. By itself it would listen on every interface of the machine. */
export async function startPlayground({ endpoint, port, dir, log, configuration }) {
  const cli = path.join(path.dirname(require.resolve('@microsoft/m365agentsplayground/package.json')), 'cli.js');
  const url = `http://127.0.0.1:${port}`;
  const serviceUrl = `${url}/_connector`;
  // It reads its configuration in its working directory, and writes a log into it.
  fs.writeFileSync(path.join(dir, '.m365agentsplayground.yml'), JSON.stringify(configuration));
  const playground = new Process('the Playground', process.execPath, [
    '--import', new URL('loopback.mjs', import.meta.url).href, cli, 'start', '-e', endpoint, '-c', 'msteams', '-p', String(port), '--service-url', serviceUrl, '--disable-telemetry',
  ], { cwd: dir, env: { BROWSER: 'none' }, log });
  await playground.ready(async () => (await fetch(`${url}/_internal/v1/config`)).ok);
  return { url, serviceUrl, stop: () => playground.stop() };
}
