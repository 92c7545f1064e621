import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { APIRequestContext } from '@playwright/test';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const STARTS_WITHIN_MS = 30_000;
const STOPS_WITHIN_MS = 15_000;

function binary(): string {
  const wanted =
    process.env.CW_SERVER_BIN ??
    process.env.CW_BINARY ??
    fileURLToPath(new URL('../../../build/release/bin/candlewick', import.meta.url));
  if (existsSync(wanted)) return wanted;
  throw new Error(
    `There is no server at ${wanted}. Build it with "make build", or name another in CW_SERVER_BIN.`,
  );
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export interface Person {
  readonly email: string;
  readonly password: string;
}

export const ADMIN: Person = { email: 'ada@example.org', password: 'a long sentence of mine' };

/** The real server on a practice market, in a data folder of its own. */
export class CandlewickServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'candlewick-e2e-'));
  private port = 0;
  private process: ChildProcess | undefined;
  private said = '';
  private link: string | null = null;

  /** The one-time set-up link that it prints when it starts without an administrator; a moment after it serves. */
  async setUpLink(): Promise<string> {
    const deadline = Date.now() + STARTS_WITHIN_MS;
    while (this.link === null) {
      if (Date.now() > deadline) throw new Error(`The server printed no set-up link:\n${this.said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return this.link;
  }

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts, or starts again on the same port and folder, and waits until it serves. */
  async start(): Promise<void> {
    if (this.port === 0) this.port = await freePort();
    const started = spawn(
      binary(),
      ['serve', '--market', 'practice', '--port', String(this.port), '--data-dir', this.folder],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        // The dashboard built here, whichever checkout the server comes from.
        env: { ...process.env, CANDLEWICK_SERVER_WEB_DIR: DIST, CANDLEWICK_LAB_IDLE: 'false' },
      },
    );
    this.process = started;
    this.said = '';
    const listen = (text: Buffer) => {
      this.said = (this.said + text.toString()).slice(-4000);
      this.link ??= /https?:\/\/\S+\/setup#[\w.-]+(?=\s)/.exec(this.said)?.[0] ?? null;
    };
    started.stdout?.on('data', listen);
    started.stderr?.on('data', listen);
    const deadline = Date.now() + STARTS_WITHIN_MS;
    while (!(await this.serves())) {
      if (started.exitCode !== null)
        throw new Error(`The server ended with ${started.exitCode}:\n${this.said}`);
      if (Date.now() > deadline) {
        await this.stop();
        throw new Error(`The server did not serve in time:\n${this.said}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Makes an account, as one does beside a running server. */
  async addUser({ email, password }: Person, role: 'user' | 'admin'): Promise<void> {
    await this.command('user', 'add', '--email', email, '--role', role, '--password', password);
  }

  /** Runs a command on the server's folder and gives what it printed. */
  async command(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(binary(), [...args, '--data-dir', this.folder]);
    return stdout;
  }

  /** Signs in. The cookie is the context's from then on, and so its pages'; the access token is the answer. */
  async signIn(context: APIRequestContext, { email, password }: Person = ADMIN): Promise<string> {
    for (let tries = 1; ; tries++) {
      const answer = await context.post(`${this.address}/api/auth/login`, { data: { email, password } });
      if (answer.ok()) return (await answer.json()).access_token;
      // Tests type wrong passwords, and all come from one address.
      if (answer.status() !== 429 || tries > 5) throw new Error(`Signing in failed: ${await answer.text()}`);
      const seconds = Number(answer.headers()['retry-after'] ?? 1);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }

  private async serves(): Promise<boolean> {
    const answer = await fetch(`${this.address}/health/live`).catch(() => null);
    return answer?.ok ?? false;
  }

  /** Asks it to stop and gives its exit code. */
  async stop(): Promise<number | null> {
    const stopping = this.process;
    if (!stopping || stopping.exitCode !== null) return stopping?.exitCode ?? null;
    const ended = once(stopping, 'exit');
    stopping.kill('SIGTERM');
    const late = setTimeout(() => stopping.kill('SIGKILL'), STOPS_WITHIN_MS);
    await ended;
    clearTimeout(late);
    return stopping.exitCode;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
