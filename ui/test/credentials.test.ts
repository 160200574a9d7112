/** What credentials are good for beyond minting: introspection, revocation, signing, the server's own records. */
import { describe, expect, it, vi } from 'vitest';
import { problem } from '../src/gallery/data';
import { FRONTIER, introspection, introspectors, rowsOfKinds } from '../src/gallery/kinds';
import { Introspecting } from '../src/lib/introspecting.svelte';
import { Failure, replaceIpc, type Ipc } from '../src/lib/ipc';
import { Production } from '../src/lib/production.svelte';
import { Provisioning } from '../src/lib/provisioning.svelte';

const STAGING = '00000000-0000-4000-8000-000000000002';
const PLACE = { id: STAGING, name: 'Staging' };
const subject = { id: 'u1', environment: PLACE };

const refused = (code: string) => new Failure(problem(code, `it is ${code}`, 'do something'));

describe('introspecting', () => {
  async function made(change: Partial<Ipc> = {}) {
    const core = {
      introspectors: vi.fn(async () => introspectors(STAGING)),
      introspect: vi.fn(async () => introspection(false)),
      introspectWithAudience: vi.fn(async () => introspection(true)),
      revoke: vi.fn(async () => ({ ended: true as boolean | null })),
    };
    replaceIpc({ ...core, ...change });
    const changed = vi.fn(async () => undefined);
    const production = new Production();
    const state = new Introspecting(production, changed);
    state.show('u1', 'now');
    await state.load(STAGING);
    return { core, state, changed, production };
  }

  it('chooses the first application and proposes its project', async () => {
    const { state } = await made();
    expect([state.chosen, state.project, state.application?.name]).toEqual(['i1', '221440129785921540', 'orders-api']);
    state.choose('i2');
    expect([state.project, state.application?.name]).toEqual(['', 'gateway']);
  });

  it('keeps the choice when it is asked anew, as long as that one can ask', async () => {
    const { core, state } = await made();
    state.choose('i2');
    await state.load(STAGING);
    expect(state.chosen).toBe('i2');
    core.introspectors.mockResolvedValueOnce(introspectors(STAGING).slice(0, 1));
    await state.load(STAGING);
    expect([state.chosen, state.applications.current?.length]).toEqual(['i1', 1]);
    core.introspectors.mockResolvedValueOnce([]);
    await state.load(STAGING);
    expect(state.chosen).toBeNull();
  });

  it('mints with the audience of the project that was entered, and keeps the answer though the token is new', async () => {
    const { core, state, changed } = await made();
    await state.introspect('u1');
    expect(state.answer.current?.active).toBe(false);
    state.project = ' 17 ';
    changed.mockImplementation(async () => state.show('u1', 'later') as undefined);
    await state.mintWithAudience(subject);
    expect(core.introspectWithAudience).toHaveBeenCalledExactlyOnceWith('u1', 'i1', '17');
    expect([state.answer.current?.active, changed.mock.calls.length]).toEqual([true, 1]);
  });

  it('asks nothing without a project', async () => {
    const { core, state } = await made();
    state.project = ' ';
    await state.mintWithAudience(subject);
    expect(core.introspectWithAudience).not.toHaveBeenCalled();
  });

  it('keeps the answer where production was declined', async () => {
    const { state, production } = await made({ introspectWithAudience: () => Promise.reject(refused('production-unconfirmed')) });
    await state.introspect('u1');
    const minting = state.mintWithAudience(subject);
    await vi.waitFor(() => expect(production.question).not.toBeNull());
    production.question!.answer(false);
    await minting;
    expect([state.answer.current?.active, state.answer.problem]).toEqual([false, null]);
  });

  it.each([
    ['another service user’s', 'u2', 'now', [false, false]],
    ['another token', 'u1', 'later', [false, false]],
    ['the same token', 'u1', 'now', [true, true]],
    ['no token, as it was ended', 'u1', null, [false, true]],
  ])('turning to %s forgets what was said of the last', async (_, id, mintedAt, expected) => {
    const { state } = await made();
    await state.introspect('u1');
    await state.revoke('u1');
    state.show(id, mintedAt);
    expect([state.answer.current !== null, state.revoked.current !== null]).toEqual(expected);
  });

  it('tells of a change only where the server took the revocation', async () => {
    const { state, changed } = await made({ revoke: () => Promise.reject(refused('refused')) });
    await state.revoke('u1');
    expect([state.revoked.problem?.code, changed.mock.calls.length]).toEqual(['refused', 0]);
  });
});

describe('provisioning', () => {
  async function made(change: Partial<Ipc> = {}) {
    const core = {
      actors: vi.fn(async () => rowsOfKinds().filter(({ credentialKind }) => credentialKind !== 'application-key')),
      provision: vi.fn(async () => ({ serviceUser: 'k1', credential: 'made', kind: 'private-key' as const, unchanged: false, learned: [], newServiceUser: false, replaced: 'nothing' as const })),
      unprovision: vi.fn(async () => null),
      compareKey: vi.fn(async () => 'different' as const),
    };
    replaceIpc({ ...core, ...change });
    const changed = vi.fn(async () => undefined);
    const state = new Provisioning(new Production(), changed);
    await state.load(FRONTIER);
    return { core, state, changed };
  }
  const place = { id: FRONTIER, name: 'Frontier' };

  it('offers those that may act, and asks nobody until one is chosen', async () => {
    const { core, state } = await made();
    expect(state.candidates.map((row) => row.name)).toEqual(['platform-admin', 'order-router', 'report-builder', 'legacy-sync']);
    expect([state.by(FRONTIER), await state.create(place, 'k1', 'private-key', 'x')]).toEqual([null, null]);
    expect(core.provision).not.toHaveBeenCalled();
  });

  it('makes a key in the name of the one chosen', async () => {
    const { core, state, changed } = await made();
    state.choose(FRONTIER, 'k0');
    await state.create(place, 'k1', 'private-key', ' laptop ');
    expect(core.provision).toHaveBeenCalledExactlyOnceWith({ serviceUser: 'k1', by: 'k0', kind: 'private-key', title: 'laptop' });
    expect([changed.mock.calls.length, state.busy]).toEqual([1, null]);
  });

  it.each(['same', 'different', 'unknown'] as const)('remembers that the server’s key is %s', async (found) => {
    const { state } = await made({ compareKey: async () => found });
    state.choose(FRONTIER, 'k0');
    await state.compare(place, 'c1');
    expect([state.compared('c1'), state.compared('c2')]).toEqual([found, null]);
  });

  it('changes nothing where the server refused, and forgets an older comparison', async () => {
    const { core, state, changed } = await made({ unprovision: () => Promise.reject(refused('refused')) });
    state.choose(FRONTIER, 'k0');
    await state.compare(place, 'c1');
    core.compareKey.mockImplementation(() => Promise.reject(refused('unreachable')));
    await state.compare(place, 'c1');
    expect([state.compared('c1'), state.problem(FRONTIER, 'c1')?.code]).toEqual([null, 'unreachable']);
    await expect(state.remove(place, 'c1', null)).resolves.toBe(false);
    // It belongs to that credential of that environment, and to nothing else.
    expect([state.problem(FRONTIER, 'c2'), state.problem('elsewhere', 'c1'), state.problem(FRONTIER, null)]).toEqual([null, null, null]);
    expect([state.problem(FRONTIER, 'c1')?.code, changed.mock.calls.length]).toEqual(['refused', 0]);
  });
});
