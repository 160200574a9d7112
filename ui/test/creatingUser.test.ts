/** A service user that is created at the server: what is asked, what it gets, and what becomes of a lost answer. */
import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { clockProblem, problem } from '../src/gallery/data';
import { rotationIn } from '../src/gallery/rotations';
import type { Creation, ProviderView } from '../src/lib/bindings';
import { Failure, type Ipc } from '../src/lib/ipc';
import CreateUser from '../src/views/rotation/CreateUser.svelte';
import RotationSheet from '../src/views/rotation/RotationSheet.svelte';
import { draw } from './support/page';
import { STAGING, made } from './support/rotating';

describe('a new service user', () => {
  async function asked(change: Partial<Ipc> = {}) {
    const { app, user } = await made(change);
    const environment = app.environments.of(STAGING)!.environment;
    const onclose = vi.fn();
    draw(app, CreateUser, { environment, onclose });
    const chooser = await screen.findByTestId<HTMLSelectElement>('create-user-by');
    await userEvent.selectOptions(chooser, user.id);
    return { app, user, onclose };
  }

  it('is created by the one that was chosen, and its first key is made by a rotation', async () => {
    const createServiceUser = vi.fn(async () => 'new');
    const startRotation = vi.fn(async () => rotationIn('stopped', { id: 'new', name: 'reporter', environment: STAGING }));
    const { app, user, onclose } = await asked({ createServiceUser, startRotation, continueRotation: () => new Promise(() => undefined) });
    await userEvent.click(screen.getByTestId('create-user-confirm'));
    expect(createServiceUser).not.toHaveBeenCalled();
    await userEvent.type(screen.getByTestId('create-user-name'), ' reporter ');
    await userEvent.click(screen.getByTestId('create-user-confirm'));
    await waitFor(() => expect(onclose).toHaveBeenCalled());
    expect(createServiceUser).toHaveBeenCalledExactlyOnceWith({ by: user.id, name: 'reporter', organisation: null, role: null, confirmed: false });
    expect(startRotation).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ serviceUser: 'new', credential: null, adds: 'private-key', by: user.id }));
    expect(app.rotations.sheet).toEqual({ what: 'run', id: 'rotation of new' });
  });

  it('is created in another organisation and with a role where the server takes them', async () => {
    const createServiceUser = vi.fn(async () => 'new');
    await asked({ createServiceUser, startRotation: () => new Promise(() => undefined) });
    await userEvent.type(screen.getByTestId('create-user-name'), 'reporter');
    await userEvent.type(screen.getByTestId('create-user-organisation'), ' 4711 ');
    await userEvent.selectOptions(screen.getByTestId('create-user-role'), 'ORG_USER_MANAGER');
    await userEvent.click(screen.getByTestId('create-user-confirm'));
    await waitFor(() => expect(createServiceUser).toHaveBeenCalledWith(expect.objectContaining({ organisation: '4711', role: 'ORG_USER_MANAGER' })));
  });

  it('is created by the environment’s administrator unless somebody else is chosen', async () => {
    let administrator = '';
    const { app } = await made({ administrator: async () => administrator });
    administrator = app.serviceUsers.rows.filter(({ credentialKind }) => credentialKind === 'private-key')[1]!.id;
    draw(app, CreateUser, { environment: app.environments.of(STAGING)!.environment, onclose: () => undefined });
    expect((await screen.findByTestId<HTMLSelectElement>('create-user-by')).value).toBe(administrator);
  });

  it('is asked for before Esc drops its name, and not while nothing was entered', async () => {
    const { onclose } = await asked();
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
    await userEvent.type(screen.getByTestId('create-user-name'), 'reporter');
    await userEvent.keyboard('{Escape}');
    await userEvent.click(await screen.findByTestId('confirm-discard'));
    await waitFor(() => expect(onclose).toHaveBeenCalledTimes(2));
  });

  it('gets its roles elsewhere where the API gives none, and the page says where', async () => {
    const elsewhere = 'Give it its roles in Frontier’s console, or with a policy.';
    const { app, user } = await made();
    const provider = app.environments.provider('zitadel')!;
    const other: ProviderView = { ...provider, creation: { organisation: null, roles: [], rolesElsewhere: elsewhere } };
    vi.spyOn(app.environments, 'provider').mockReturnValue(other);
    draw(app, CreateUser, { environment: app.environments.of(STAGING)!.environment, onclose: () => undefined });
    await userEvent.selectOptions(await screen.findByTestId('create-user-by'), user.id);
    expect(screen.getByTestId('create-user-roles-elsewhere').textContent).toBe(elsewhere);
    expect([screen.queryByTestId('create-user-role'), screen.queryByTestId('create-user-organisation')]).toEqual([null, null]);
  });

  it('goes by the server’s clock where this one’s is the cause, and tries again', async () => {
    const createServiceUser = vi.fn().mockRejectedValueOnce(new Failure(clockProblem));
    createServiceUser.mockImplementation(async () => 'new');
    const trustServerTime = vi.fn(async () => null);
    await asked({ createServiceUser, trustServerTime, startRotation: () => new Promise(() => undefined) });
    await userEvent.type(screen.getByTestId('create-user-name'), 'reporter');
    await userEvent.click(screen.getByTestId('create-user-confirm'));
    await userEvent.click(await screen.findByRole('button', { name: /server.s time/ }));
    await waitFor(() => expect(createServiceUser).toHaveBeenCalledTimes(2));
    expect(trustServerTime).toHaveBeenCalledExactlyOnceWith(STAGING);
  });

  it('says which right is missing, and makes no key', async () => {
    const startRotation = vi.fn();
    const createServiceUser = () => Promise.reject(new Failure(problem('creation-not-allowed', 'not allowed', 'Choose a service user with the role User Manager')));
    const { onclose } = await asked({ createServiceUser, startRotation });
    await userEvent.type(screen.getByTestId('create-user-name'), 'reporter');
    await userEvent.click(screen.getByTestId('create-user-confirm'));
    expect((await screen.findByTestId('problem')).textContent).toContain('User Manager');
    expect([startRotation.mock.calls.length, onclose.mock.calls.length]).toEqual([0, 0]);
  });
});

describe('a service user without a key', () => {
  it('that was created stays, and its key is made with a second try, or later', async () => {
    const createServiceUser = vi.fn(async () => 'new');
    const startRotation = vi.fn().mockRejectedValueOnce(new Failure(problem('unreachable', 'couldn’t be reached', 'Try again')));
    startRotation.mockImplementation(async () => rotationIn('stopped', { id: 'new', name: 'reporter', environment: STAGING }));
    const { app, user } = await made({ createServiceUser, startRotation, continueRotation: () => new Promise(() => undefined) });
    const onclose = vi.fn();
    draw(app, CreateUser, { environment: app.environments.of(STAGING)!.environment, onclose });
    await userEvent.selectOptions(await screen.findByTestId('create-user-by'), user.id);
    await userEvent.type(screen.getByTestId('create-user-name'), 'reporter');
    await userEvent.click(screen.getByTestId('create-user-confirm'));
    expect((await screen.findByTestId('create-user-made')).textContent).toContain('reporter exists at the server');
    expect(screen.getByTestId('create-user-close').textContent?.trim()).toBe('Later');
    await userEvent.click(screen.getByTestId('create-user-confirm'));
    await waitFor(() => expect(onclose).toHaveBeenCalled());
    expect([createServiceUser.mock.calls.length, startRotation.mock.calls.length]).toEqual([1, 2]);
  });

  it('gets its first key by a rotation that replaces none', async () => {
    const startRotation = vi.fn(async () => Promise.reject(new Failure(problem('rotation-open', 'one is under way', 'Continue it'))));
    const { app, user } = await made({ startRotation });
    draw(app, RotationSheet, {});
    app.rotations.ask({ serviceUser: user.id, name: user.name, place: { id: STAGING, name: 'Staging' }, credential: null, kind: 'private-key', shownId: '' });
    await screen.findByTestId('rotation-facts');
    expect(screen.queryByTestId('rotation-grace')).toBeNull();
    await userEvent.click(screen.getByTestId('rotation-start'));
    await waitFor(() => expect(startRotation).toHaveBeenCalledWith(expect.objectContaining({ credential: null, adds: 'private-key' })));
  });
});

describe('a creation whose answer was lost', () => {
  const lost: Creation = {
    id: 'new',
    environment: STAGING,
    name: 'reporter',
    by: 'u1',
    organisation: null,
    role: null,
    userId: null,
    startedAt: '2026-11-29T12:00:00Z',
  };

  /** What the core has open: nothing once it was settled. */
  async function opened(change: Partial<Ipc> = {}, first: Creation[] = [lost]) {
    let open = first;
    const settle = <T>(result: T) => vi.fn(async () => ((open = []), result));
    const calls = { continueCreation: settle('new'), undoCreation: settle(null), forgetCreation: settle(null) };
    const { app, user } = await made({ openCreations: async () => open, ...calls, ...change });
    draw(app, CreateUser, { environment: app.environments.of(STAGING)!.environment, onclose: () => undefined });
    await userEvent.selectOptions(await screen.findByTestId('create-user-by'), user.id);
    return { user, app, ...calls, setOpen: (next: Creation[]) => (open = next) };
  }

  it('is shown at once, with the name to look for', async () => {
    const createServiceUser = vi.fn(() => Promise.reject(new Failure(problem('issuer-unreachable', 'couldn’t be reached', 'Try again'))));
    const { setOpen } = await opened({ createServiceUser }, []);
    expect(screen.queryByTestId('open-creation')).toBeNull();
    await userEvent.type(screen.getByTestId('create-user-name'), 'reporter');
    setOpen([lost]);
    await userEvent.click(screen.getByTestId('create-user-confirm'));
    expect((await screen.findByTestId('open-creation')).textContent).toContain('look for reporter in its console');
  });

  it('goes on as the one that was chosen, and its key comes next', async () => {
    const { user, continueCreation } = await opened();
    await userEvent.click(screen.getByTestId('creation-continue'));
    expect((await screen.findByTestId('create-user-made')).textContent).toContain('reporter exists at the server');
    expect(continueCreation).toHaveBeenCalledExactlyOnceWith('new', user.id);
  });

  it('is cleaned up at the server', async () => {
    const { user, undoCreation, forgetCreation } = await opened();
    await userEvent.click(screen.getByTestId('creation-undo'));
    await userEvent.click(screen.getByTestId('confirm-creation-undo'));
    await waitFor(() => expect(screen.queryByTestId('open-creation')).toBeNull());
    expect(undoCreation).toHaveBeenCalledExactlyOnceWith('new', user.id);
    expect(forgetCreation).not.toHaveBeenCalled();
  });

  it('is forgotten by somebody who has looked, and asks nobody', async () => {
    const { undoCreation, forgetCreation } = await opened();
    await userEvent.click(screen.getByTestId('creation-forget'));
    await waitFor(() => expect(screen.queryByTestId('open-creation')).toBeNull());
    expect([forgetCreation.mock.calls.length, undoCreation.mock.calls.length]).toEqual([1, 0]);
  });

  it('stays, and says why, while the server can’t be asked', async () => {
    const continueCreation = () => Promise.reject(new Failure(problem('issuer-unreachable', 'couldn’t be reached', 'Try again')));
    await opened({ continueCreation });
    await userEvent.click(screen.getByTestId('creation-continue'));
    expect((await screen.findByTestId('problem')).textContent).toContain('Couldn’t be reached');
    expect(screen.getByTestId('open-creation')).toBeTruthy();
  });

  it('of another environment isn’t shown', async () => {
    await opened({}, [{ ...lost, environment: 'other' }]);
    expect(screen.queryByTestId('open-creation')).toBeNull();
  });
});
