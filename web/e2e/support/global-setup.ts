// Looks once, before any test, whether what the tests need is there, and says what to do where it is not.

import { accessSync, constants } from 'node:fs';
import { binaryPath, startServer } from './server.ts';

export default async function check(): Promise<void> {
  try {
    accessSync(binaryPath(), constants.X_OK);
  } catch {
    throw new Error(
      `There is no server at ${binaryPath()}: run \`cargo build\`, or name it in PARLOR_BINARY.`,
    );
  }
  const server = await startServer();
  try {
    const page = await (await fetch(server.url)).text();
    if (page.includes('content="placeholder"')) {
      throw new Error(
        'The server was built without its web client: build it where npm is, without PARLOR_SKIP_WEB.',
      );
    }
  } finally {
    await server.stop();
  }
}
