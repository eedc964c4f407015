// What a spec file works with: a server of its own, people in it, and browsers signed in as them.

import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  expect,
  type Page,
} from '@playwright/test';
import { ParlorClient, Rest, type Room, type SignedIn } from '../../../packages/client/src/index.ts';
import { Server, type ServerOptions } from './server.ts';
import { test, watch } from './watch.ts';

export { expectTrouble, REFUSED, test, UNREACHABLE } from './watch.ts';
export { expect } from '@playwright/test';

export const PASSWORD = 'correct horse battery';

export interface Person {
  readonly username: string;
  readonly name: string;
  readonly id: string;
  /** Speaks HTTP as that person. */
  readonly rest: Rest;
}

export class House {
  #server: Server | null = null;

  get server(): Server {
    if (!this.#server) throw new Error('The server runs only while the tests do.');
    return this.#server;
  }

  get url(): string {
    return this.server.url;
  }

  async open(options: ServerOptions): Promise<void> {
    this.#server = new Server(options);
    await this.#server.start();
  }

  async close(): Promise<void> {
    await this.#server?.stop();
  }

  /** The first account, which owns the server. */
  async owner(username = 'ada', name = 'Ada Lovelace'): Promise<Person> {
    return this.#register({ username, display_name: name, setup_token: this.server.setupToken });
  }

  async person(username: string, name: string): Promise<Person> {
    return this.#register({ username, display_name: name });
  }

  /** A room of that person, which the others are in. */
  async room(owner: Person, name: string, others: readonly Person[] = [], topic = ''): Promise<Room> {
    const room = await owner.rest.createRoom({ name, kind: 'public', topic });
    for (const other of others) await other.rest.joinRoom(room.id);
    return room;
  }

  /** Texts said by the person, one after another. */
  async say(person: Person, room: Room, texts: Iterable<string>): Promise<void> {
    for (const body of texts) await person.rest.sendMessage(room.id, { body });
  }

  /** A page of a new browser profile, signed in as the person, at an address. */
  async visit(
    browser: Browser,
    person: Person | null,
    path = '/',
    options: BrowserContextOptions = {},
  ): Promise<Page> {
    const context = await browser.newContext(options);
    if (person) await this.signIn(context, person);
    const page = await context.newPage();
    watch(page);
    await page.goto(`${this.url}${path}`);
    return page;
  }

  /** Signs the browser profile in, as the form would. */
  async signIn(context: BrowserContext, person: Person): Promise<void> {
    const answer = await context.request.post(`${this.url}/api/v1/auth/login`, {
      data: { username: person.username, password: PASSWORD, cookie: true },
      headers: { origin: this.url },
    });
    expect(answer.status()).toBe(200);
  }

  /** A stranger's connection to the HTTP interface. */
  rest(token: string | null = null): Rest {
    return new Rest({ baseUrl: this.url, fetch, token: () => token, onError: () => undefined });
  }

  client(): ParlorClient {
    return new ParlorClient({ baseUrl: this.url, storage: null });
  }

  async #register(body: { username: string; display_name: string; setup_token?: string }): Promise<Person> {
    const signedIn: SignedIn = await this.rest().register({ ...body, password: PASSWORD });
    const rest = this.rest(signedIn.token ?? null);
    return { username: body.username, name: body.display_name, id: signedIn.user.id, rest };
  }
}

/** A server for the tests of the file that calls this, and only for them. */
export function useHouse(options: ServerOptions = {}): House {
  const house = new House();
  test.beforeAll(async () => {
    await house.open(options);
  });
  test.afterAll(async () => {
    await house.close();
  });
  return house;
}
