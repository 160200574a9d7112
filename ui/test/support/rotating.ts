/** A page of service users, as tests of rotations and of creating users begin with it. */
import type { AppState } from '../../src/lib/app.svelte';
import type { Ipc } from '../../src/lib/ipc';
import { stateOf } from './page';

export const STAGING = '00000000-0000-4000-8000-000000000002';

export async function made(change: Partial<Ipc> = {}) {
  // What the core has is what it told, unless a test knows better.
  const known: { app?: AppState } = {};
  const app = await stateOf('users', { openRotations: async () => known.app?.rotations.open ?? [], ...change });
  known.app = app;
  await app.serviceUsers.load(STAGING);
  const user = app.serviceUsers.rows[0]!;
  return { app, user };
}
