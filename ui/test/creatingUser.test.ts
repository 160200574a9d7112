/** A service user that is created at the server: what is asked, and its first key. */
import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { problem } from '../src/gallery/data';
import { rotationIn } from '../src/gallery/rotations';
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
    expect(createServiceUser).toHaveBeenCalledExactlyOnceWith({ by: user.id, name: 'reporter', confirmed: false });
    expect(startRotation).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ serviceUser: 'new', credential: null, adds: 'private-key', by: user.id }));
    expect(app.rotations.sheet).toEqual({ what: 'run', id: 'rotation of new' });
  });

  it('says which right is missing, and makes no key', async () => {
    const startRotation = vi.fn();
    const createServiceUser = () => Promise.reject(new Failure(problem('rotation-not-allowed', 'not allowed', 'Choose a service user with the role User Manager')));
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
