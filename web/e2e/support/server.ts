// The real server in a process of its own, with an empty data folder: started, stopped, killed and started again.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '../../..');
/** A server that is not ready by then has failed to start. */
const READY_TIMEOUT = 30_000;

export interface ServerOptions {
  /** What the server's configuration takes, such as `PARLOR_REGISTRATION`. */
  environment?: Readonly<Record<string, string>>;
}

/** Where the server's program is. */
export function binaryPath(): string {
  return process.env['PARLOR_BINARY'] ?? join(ROOT, 'target/debug/parlor');
}

export class Server {
  readonly #folder = mkdtempSync(join(tmpdir(), 'parlor-e2e-'));
  readonly #options: ServerOptions;
  #process: ChildProcess | null = null;
  #url = '';
  #setupPath: string | null = null;
  #log: string[] = [];

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  /** Where it is, without a slash at the end. The same after a restart. */
  get url(): string {
    return this.#url;
  }

  /** The one-time link to make the owner's account. */
  get setupLink(): string {
    if (this.#setupPath === null)
      throw new Error(`The server printed no setup link:\n${this.#log.join('\n')}`);
    return this.#setupPath;
  }

  get setupToken(): string {
    return new URL(this.setupLink).hash.slice(1);
  }

  async start(): Promise<void> {
    const address = this.#url === '' ? '127.0.0.1:0' : new URL(this.#url).host;
    const child = spawn(binaryPath(), ['serve', '--listen', address, '--data-dir', this.#folder], {
      cwd: this.#folder,
      env: {
        PATH: process.env['PATH'] ?? '',
        PARLOR_REGISTRATION: 'open',
        PARLOR_GUESTS: 'open',
        PARLOR_LIMITS_ENABLED: 'false',
        ...this.#options.environment,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    await new Promise<void>((done, fail) => {
      const timer = globalThis.setTimeout(() => {
        fail(this.#failure('was not ready in time'));
      }, READY_TIMEOUT);
      child.once('exit', (code) => {
        fail(this.#failure(`ended with ${code ?? 'a signal'}`));
      });
      child.once('error', fail);
      createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
        this.#read(line);
        if (/^Parlor is ready at /.test(line)) {
          clearTimeout(timer);
          done();
        }
      });
    });
    await this.#heardSetupLink();
  }

  /** The setup link is the line after the one that says it is ready: written by then, but perhaps not read yet. */
  async #heardSetupLink(): Promise<void> {
    const answer = await fetch(`${this.#url}/api/v1/server`);
    const { setup_needed: isNeeded } = (await answer.json()) as { setup_needed: boolean };
    for (let waited = 0; isNeeded && this.#setupPath === null && waited < READY_TIMEOUT; waited += 10)
      await setTimeout(10);
  }

  /** Ends it in order, as at a restart of the machine. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Ends it at once, as a power cut would. The data stays. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.removeAllListeners('exit');
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  #read(line: string): void {
    this.#log.push(line);
    const ready = /^Parlor is ready at (http:\/\/\S+?)\/?$/.exec(line);
    if (ready?.[1]) this.#url = ready[1];
    const setup = /^Create the owner's account: (\S+)$/.exec(line);
    if (setup?.[1]) this.#setupPath = setup[1];
  }

  #failure(what: string): Error {
    return new Error(`The server ${what}:\n${this.#log.join('\n')}`);
  }
}

/** A running server with an empty data folder. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const server = new Server(options);
  await server.start();
  return server;
}
