/** Several rotations: one after another, and those that are over. */
import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { problem } from '../src/gallery/data';
import { rotationIn } from '../src/gallery/rotations';
import type { RadarRow } from '../src/lib/bindings';
import type { AppState } from '../src/lib/app.svelte';
import { Failure } from '../src/lib/ipc';
import { RotatingMany, due } from '../src/lib/rotatingMany.svelte';
import RotationHistory from '../src/views/rotation/RotationHistory.svelte';
import { draw } from './support/page';
import { STAGING, made } from './support/rotating';

const NOW = Date.parse('2026-11-29T12:00:00Z');

describe('past rotations', () => {
  it('are listed of one service user or of all, and lead to their steps and to an export', async () => {
    const exportRotations = vi.fn(async () => null);
    const { app, user } = await made({ exportRotations });
    draw(app, RotationHistory, { of: user.id });
    const list = await screen.findByTestId('rotation-history');
    expect(within(list).getAllByRole('row').slice(1).map((each) => each.textContent)).toEqual([expect.stringContaining('Rotated'), expect.stringContaining('Undone')]);
    await userEvent.click(within(list).getByTestId('export-history'));
    expect(exportRotations).toHaveBeenCalledExactlyOnceWith(user.id);
    await userEvent.click(within(list).getAllByTestId('show-past-rotation')[0]!);
    expect(app.rotations.sheet).toMatchObject({ what: 'run' });
    expect(app.rotations.open).toEqual([]);
  });

  it('aren’t mentioned where there are none', async () => {
    const rotations = vi.fn(async () => []);
    const { app } = await made({ rotations });
    draw(app, RotationHistory, { of: null });
    await waitFor(() => expect(rotations).toHaveBeenCalledExactlyOnceWith(null));
    expect(screen.queryByTestId('rotation-history')).toBeNull();
  });
});

describe('several, one after another', () => {
  const row = (change: Partial<RadarRow>): RadarRow => ({
    credential: 'c1',
    serviceUser: 'u1',
    serviceUserName: 'deploy-bot',
    environment: STAGING,
    environmentName: 'Staging',
    tier: 'staging',
    kind: 'private-key',
    keyId: '1',
    issuedAt: null,
    expiresAt: '2026-12-05T12:00:00Z',
    expiryProvenance: null,
    snoozedUntil: null,
    importedAt: '2026-01-01T00:00:00Z',
    lastUsedAt: null,
    ...change,
  });

  it('takes everything that expires within the days', () => {
    const rows = [row({}), row({ credential: 'c2' }), row({ serviceUser: 'u2', expiresAt: '2027-02-01T00:00:00Z' }), row({ serviceUser: 'u3', expiresAt: null }), row({ serviceUser: 'u4', expiresAt: '2026-10-01T00:00:00Z' })];
    expect(due(rows, 30, NOW).map((each) => each.credential)).toEqual(['c1', 'c2', 'c1']);
  });

  async function ran(app: AppState, rows: RadarRow[]) {
    const many = new RotatingMany(rows, app.rotations, ({ kind }) => kind === 'private-key');
    await many.start(3600);
    return many.items.map(({ row, state, problem }) => [row.serviceUser, state, problem?.code ?? null]);
  }

  it('goes on after one that fails, leaves production out, and reports each', async () => {
    const startRotation = vi.fn(async ({ serviceUser }: { serviceUser: string }) =>
      serviceUser === 'u2'
        ? Promise.reject(new Failure(problem('rotation-not-allowed', 'no', 'ask')))
        : { ...rotationIn('stopped', { id: serviceUser, name: serviceUser, environment: STAGING }) },
    );
    const continueRotation = vi.fn(async (id: string) => rotationIn(id.endsWith('u3') ? 'done' : 'grace', { id: id.replace('rotation of ', ''), name: id, environment: STAGING }));
    const { app } = await made({ startRotation, continueRotation });
    const rows = ['u1', 'u2', 'u3'].map((serviceUser) => row({ serviceUser, credential: serviceUser }));
    expect(await ran(app, [...rows, row({ serviceUser: 'u4', tier: 'production' })])).toEqual([
      ['u1', 'grace', null],
      ['u2', 'failed', 'rotation-not-allowed'],
      ['u3', 'done', null],
      ['u4', 'skipped', null],
    ]);
    expect(startRotation.mock.calls.map(([request]) => request)).toMatchObject([{ serviceUser: 'u1', graceSeconds: 3600, confirmed: false }, {}, {}]);
  });

  it('leaves nothing out in silence: what can’t be rotated, what waits for another one, what was undone', async () => {
    const begun = (serviceUser: string, old: string | null) => {
      const view = rotationIn('stopped', { id: serviceUser, name: serviceUser, environment: STAGING });
      return { ...view, rotation: { ...view.rotation, old } };
    };
    const startRotation = vi.fn(async ({ serviceUser, credential }: { serviceUser: string; credential: string | null }) => begun(serviceUser, credential));
    const continueRotation = vi.fn(async (id: string) => {
      const view = rotationIn(id.endsWith('u2') ? 'undone' : 'grace', { id: id.replace('rotation of ', ''), name: id, environment: STAGING });
      return { ...view, rotation: { ...view.rotation, old: 'a' } };
    });
    const { app } = await made({ startRotation, continueRotation });
    const rows = [row({ credential: 'a' }), row({ credential: 'b' }), row({ serviceUser: 'u2', credential: 'a' }), row({ serviceUser: 'u3', kind: 'client-secret' })];
    expect(await ran(app, rows)).toEqual([
      ['u1', 'grace', null],
      ['u1', 'later', null],
      ['u2', 'undone', null],
      ['u3', 'unsupported', null],
    ]);
    expect(startRotation).toHaveBeenCalledTimes(2);
  });
});
