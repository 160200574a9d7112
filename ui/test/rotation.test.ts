/** Rotations: what the sheet says before, while and after one goes on, and what is at the server. */
import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { clockProblem, problem, reviews } from '../src/gallery/data';
import { rotationIn, rotationOf, rotationPlan, rotationProblem, type Kind } from '../src/gallery/rotations';
import type { RotationPlan, RotationView } from '../src/lib/bindings';
import { Failure, type Ipc } from '../src/lib/ipc';
import { needsSomebody, stepLines, whereIs } from '../src/lib/rotationState';
import { subjectOf } from '../src/lib/rotations.svelte';
import RemoveServerCredential from '../src/views/rotation/RemoveServerCredential.svelte';
import RotationNotice from '../src/views/rotation/RotationNotice.svelte';
import RotationSheet from '../src/views/rotation/RotationSheet.svelte';
import ServerCredentials from '../src/views/rotation/ServerCredentials.svelte';
import { draw } from './support/page';
import { STAGING, made } from './support/rotating';

async function planned(change: Partial<Ipc> = {}) {
  const { app, user } = await made(change);
  draw(app, RotationSheet, {});
  await app.rotate(user.id);
  return { app, user };
}

async function shown(kind: Kind, change: Partial<Ipc> = {}) {
  const { app, user } = await made({ ...change });
  const view = rotationIn(kind, user);
  if (kind === 'running') app.rotations.receive({ view, problem: null });
  app.rotations.receive({ view, problem: null });
  draw(app, RotationSheet, {});
  app.rotations.show(view.rotation.id);
  await screen.findByTestId('rotation-run');
  return { app, user, view };
}

const where = () => screen.getByTestId('rotation-run').dataset['where'];
const stepsShown = () => screen.getAllByRole('listitem').map((each) => `${each.dataset['step']} ${each.dataset['state']}`);

describe('where a rotation is', () => {
  const user = { id: 'u1', name: 'deploy-bot', environment: STAGING };

  it.each<[Kind, boolean]>([
    ['pause', true],
    ['upload', true],
    ['bring', true],
    ['byHand', true],
    ['failed', true],
    ['stopped', true],
    ['grace', false],
    ['done', false],
    ['undone', false],
  ])('tells %s from its record', (kind, needs) => {
    const view = rotationIn(kind, user);
    const found = whereIs(view, false);
    expect([found, needsSomebody(found)]).toEqual([kind, needs]);
  });

  it('is at work while this window works on it, whatever waits', () => {
    expect(whereIs(rotationIn('failed', user), true)).toBe('running');
  });

  it('shows a step that is tried again once, and counts', () => {
    const view = rotationIn('failed', user);
    const again = { ...view.rotation.steps.at(-1)!, errorCode: null, error: null, help: null, answeredAt: null };
    view.rotation.steps.push(again);
    const lines = stepLines(view, true).map(({ step, state, tries }) => `${step} ${state} ${tries}`);
    expect(lines).toEqual(['make done 1', 'register done 1', 'prove now 2', 'switch ahead 0', 'remove ahead 0', 'forget ahead 0']);
  });

  it('keeps a request without an answer, and what is looked for before it is repeated', () => {
    const lines = stepLines(rotationIn('stopped', user), false).map(({ step, state }) => `${step} ${state}`);
    expect(lines.slice(0, 4)).toEqual(['make done', 'register unanswered', 'find ahead', 'register ahead']);
  });
});

describe('the plan', () => {
  it('says what will happen, who acts and until when, before anything is made', async () => {
    const startRotation = vi.fn();
    await planned({ startRotation });
    await screen.findByTestId('rotation-facts');
    expect(stepsShown()).toEqual(['make', 'register', 'prove', 'switch', 'remove', 'forget'].map((step) => `${step} ahead`));
    const facts = screen.getByTestId('rotation-facts').textContent;
    for (const word of ['221440129785921540', 'itself', 'ZITADEL’s API v2', 'both work']) expect(facts).toContain(word);
    expect(within(screen.getByTestId('rotation-steps')).getByText(/After 24 hours/)).toBeTruthy();
    expect(startRotation).not.toHaveBeenCalled();
  });

  it.each([
    [{ maker: 'mintage' }, 'Mintage removes the old one', 'ZITADEL’s API v2'],
    [{ maker: 'mintage', steps: ['make', 'register', 'prove', 'switch', 'disable', 'remove', 'forget'] }, 'Mintage disables the old one', 'ZITADEL’s API v2'],
    [{ maker: 'console' }, 'you remove the old one in the provider’s console', 'You do it in the provider’s console'],
    [{ maker: 'download' }, 'you remove the old one in the provider’s console', 'You do it in the provider’s console'],
  ] satisfies [Partial<RotationPlan>, string, string][])('says who ends the old one: %o', async (change, afterGrace, remove) => {
    await planned({ planRotation: async () => rotationPlan(change) });
    await screen.findByTestId('rotation-facts');
    expect(screen.getByTestId('rotation-plan').textContent).toContain(afterGrace);
    const step = screen.getByTestId('rotation-steps').querySelector('[data-step="remove"]');
    expect(step?.textContent).toContain(remove);
  });

  it('asks again for another one that acts, and starts with what was chosen', async () => {
    const planRotation = vi.fn(async () => rotationPlan());
    const startRotation = vi.fn(async () => Promise.reject(new Failure(problem('rotation-open', 'one is under way', 'Continue it'))));
    const { app, user } = await planned({ planRotation, startRotation });
    const me = userEvent.setup();
    await screen.findByTestId('rotation-facts');
    const other = app.serviceUsers.rows[1]!;
    await me.selectOptions(screen.getByTestId('rotation-by'), other.id);
    await waitFor(() => expect(planRotation).toHaveBeenCalledTimes(2));
    await me.selectOptions(screen.getByTestId('rotation-grace'), '0');
    await me.selectOptions(screen.getByTestId('rotation-expiry'), '90');
    await me.click(screen.getByTestId('rotation-pause-after'));
    await waitFor(() => expect(planRotation).toHaveBeenCalledTimes(3));
    await me.click(screen.getByTestId('rotation-start'));
    await screen.findByTestId('problem');
    expect(startRotation).toHaveBeenCalledExactlyOnceWith({
      serviceUser: user.id,
      credential: 'c1',
      adds: null,
      by: other.id,
      expiresInDays: 90,
      graceSeconds: 0,
      pauseAfterProof: true,
      confirmed: false,
    });
  });

  it('remembers who acts for the environment only if that is wanted', async () => {
    const setAdministrator = vi.fn(async () => null);
    const { app, user } = await planned({ setAdministrator });
    await screen.findByTestId('rotation-facts');
    expect(screen.queryByTestId('rotation-remember')).toBeNull();
    const other = app.serviceUsers.rows[1]!;
    await userEvent.selectOptions(screen.getByTestId('rotation-by'), other.id);
    await userEvent.click(screen.getByTestId('rotation-remember'));
    await userEvent.click(screen.getByTestId('rotation-start'));
    await waitFor(() => expect(setAdministrator).toHaveBeenCalledExactlyOnceWith(user.environment, other.id));
  });

  it('says that the environment’s administrator acts where the service user may not', async () => {
    await planned({ planRotation: async () => rotationPlan({ itself: false, byName: 'admin-bot' }) });
    expect((await screen.findByTestId('rotation-delegated')).textContent).toContain('so admin-bot does');
  });

  it('takes a registration access token where the server has them, and asks again what may be done with it', async () => {
    let has = false;
    const keepRegistrationToken = vi.fn(async () => ((has = true), null));
    const planRotation = vi.fn(async () => rotationPlan());
    const { app, user } = await made({ keepRegistrationToken, planRotation, hasRegistrationToken: async () => has });
    const provider = { ...app.environments.provider('zitadel')!, takesRegistrationTokens: true };
    vi.spyOn(app.environments, 'provider').mockReturnValue(provider);
    draw(app, RotationSheet, {});
    await app.rotate(user.id);
    await userEvent.click(await screen.findByTestId('registration-token-enter'));
    const field = screen.getByTestId<HTMLInputElement>('registration-token-field');
    expect(field.type).toBe('password');
    await userEvent.click(screen.getByTestId('registration-token-keep'));
    expect(keepRegistrationToken).not.toHaveBeenCalled();
    await userEvent.type(field, 'a-token{Enter}');
    await screen.findByTestId('registration-token-replace');
    expect(keepRegistrationToken).toHaveBeenCalledExactlyOnceWith(user.id, 'a-token');
    await waitFor(() => expect(planRotation).toHaveBeenCalledTimes(2));
  });

  it('goes by the server’s clock where this one’s is the cause, and plans again', async () => {
    const planRotation = vi.fn().mockRejectedValueOnce(new Failure(clockProblem));
    planRotation.mockImplementation(async () => rotationPlan());
    const trustServerTime = vi.fn(async () => null);
    const { user } = await planned({ planRotation, trustServerTime });
    await userEvent.click(await screen.findByRole('button', { name: /server.s time/ }));
    await screen.findByTestId('rotation-facts');
    expect(trustServerTime).toHaveBeenCalledExactlyOnceWith(user.environment);
  });

  it('says which role is missing, and starts nothing', async () => {
    const refused = () => Promise.reject(new Failure(problem('rotation-not-allowed', '`a` isn’t allowed', 'Choose a service user with the role User Manager')));
    const startRotation = vi.fn();
    await planned({ planRotation: refused, startRotation });
    expect((await screen.findByTestId('problem')).textContent).toContain('User Manager');
    await userEvent.click(screen.getByTestId('rotation-start'));
    expect(startRotation).not.toHaveBeenCalled();
  });

  it('asks before production, and where the old one ends with the new one', async () => {
    const startRotation = vi.fn(async () => rotationIn('grace', { id: 'u1', name: 'x', environment: STAGING }));
    await planned({ planRotation: async () => rotationPlan({ overlap: false, needsConfirmation: true }), startRotation });
    await screen.findByTestId('no-overlap');
    expect(screen.queryByTestId('rotation-grace')).toBeNull();
    await userEvent.click(screen.getByTestId('rotation-start'));
    expect(startRotation).not.toHaveBeenCalled();
    await userEvent.click(await screen.findByTestId('confirm-rotation'));
    await waitFor(() => expect(startRotation).toHaveBeenCalledWith(expect.objectContaining({ confirmed: true, graceSeconds: 0 })));
  });

  it('closes where production was declined', async () => {
    const unconfirmed = () => Promise.reject(new Failure(problem('production-unconfirmed', 'not confirmed', 'Confirm')));
    const { app } = await planned({ planRotation: unconfirmed });
    await waitFor(() => expect(app.production.question).not.toBeNull());
    app.production.question!.answer(false);
    await waitFor(() => expect(app.rotations.sheet).toBeNull());
  });

  it('shows the one that was begun elsewhere meanwhile', async () => {
    const { app, user } = await planned({ startRotation: () => Promise.reject(new Failure(problem('rotation-open', 'one is under way', 'Continue it'))) });
    await screen.findByTestId('rotation-facts');
    const openRotations = async () => [rotationIn('pause', user)];
    Object.assign((await import('../src/lib/ipc')).ipc, { openRotations });
    await userEvent.click(screen.getByTestId('rotation-start'));
    await waitFor(() => expect(app.rotations.sheet).toEqual({ what: 'run', id: rotationOf(user, 0).id }));
  });

  it('leads to the rotation that is under way instead', async () => {
    const { app, user } = await shown('pause');
    app.rotations.close();
    const { serviceUser, environment, credentials } = await (await import('../src/lib/ipc')).ipc.serviceUser(user.id);
    app.rotations.ask(subjectOf(credentials[0]!, serviceUser, environment));
    expect(app.rotations.sheet).toMatchObject({ what: 'run' });
  });
});

describe('a rotation', () => {
  it('goes on step by step, and closing the sheet stops nothing', async () => {
    let finish: (view: RotationView) => void = () => undefined;
    const continueRotation = vi.fn(() => new Promise<RotationView>((resolve) => (finish = resolve)));
    const { app, user } = await planned({ continueRotation });
    await screen.findByTestId('rotation-facts');
    await userEvent.click(screen.getByTestId('rotation-start'));
    await screen.findByTestId('rotation-pause');
    app.rotations.receive({ view: rotationIn('running', user), problem: null });
    await waitFor(() => expect(stepsShown()).toContain('prove now'));
    expect(stepsShown().filter((each) => each.startsWith('prove'))).toHaveLength(1);
    app.rotations.close();
    finish(rotationIn('grace', user));
    await waitFor(() => expect(app.rotations.runs(rotationOf(user, 0).id)).toBe(false));
    app.rotations.show(rotationOf(user, 0).id);
    await screen.findByTestId('rotation-retire');
    expect(where()).toBe('grace');
  });

  it('stops before its next step', async () => {
    const stopRotation = vi.fn(async () => null);
    const { user } = await planned({ continueRotation: () => new Promise(() => undefined), stopRotation });
    await screen.findByTestId('rotation-facts');
    await userEvent.click(screen.getByTestId('rotation-start'));
    await userEvent.click(await screen.findByTestId('rotation-pause'));
    expect(stopRotation).toHaveBeenCalledExactlyOnceWith(rotationOf(user, 0).id);
  });

  it('says why it failed, also when only the record still knows, and tries again', async () => {
    const continueRotation = vi.fn(() => Promise.reject(new Failure(rotationProblem)));
    await shown('failed', { continueRotation });
    expect(screen.getByTestId('problem').textContent).toContain('couldn’t be reached');
    await userEvent.click(screen.getByTestId('rotation-continue'));
    await waitFor(() => expect(continueRotation).toHaveBeenCalledOnce());
    expect((await screen.findByTestId('problem')).textContent).toContain('Check your connection');
  });

  it.each<[Kind, string[], string[]]>([
    ['pause', ['rotation-continue', 'rotation-undo', 'rotation-close'], ['rotation-pause']],
    ['grace', ['rotation-retire', 'rotation-undo', 'rotation-close'], ['rotation-continue']],
    ['byHand', ['rotation-continue', 'rotation-undo'], ['rotation-retire']],
    ['stopped', ['rotation-continue', 'rotation-undo'], ['rotation-pause']],
    ['done', ['rotation-close'], ['rotation-continue', 'rotation-undo', 'rotation-pause']],
    ['undone', ['rotation-close'], ['rotation-continue', 'rotation-undo', 'rotation-pause']],
  ])('offers what can be done: %s', async (kind, there, absent) => {
    await shown(kind);
    expect(where()).toBe(kind);
    for (const button of there) expect(screen.queryByTestId(button), button).not.toBeNull();
    for (const button of absent) expect(screen.queryByTestId(button), button).toBeNull();
  });

  it('waits for an upload, and passes on the id that the console shows', async () => {
    const releaseRotation = vi.fn(async () => rotationIn('stopped', { id: 'u1', name: 'x', environment: STAGING }));
    const { view } = await shown('upload', { releaseRotation });
    expect((await screen.findByTestId('public-half')).textContent).toContain('BEGIN CERTIFICATE');
    await userEvent.type(screen.getByTestId('console-key-id'), ' 4711 ');
    await userEvent.click(screen.getByTestId('rotation-continue'));
    expect(releaseRotation).toHaveBeenCalledExactlyOnceWith(view.rotation.id, '4711');
  });

  it('corrects the id of an uploaded key that didn’t work', async () => {
    const releaseRotation = vi.fn(async () => rotationIn('stopped', { id: 'u1', name: 'x', environment: STAGING }));
    const { view } = await shown('mistyped', { releaseRotation });
    const field = await screen.findByTestId<HTMLInputElement>('console-key-id');
    expect([where(), field.value]).toEqual(['failed', '4711']);
    await userEvent.clear(field);
    await userEvent.click(screen.getByTestId('rotation-continue'));
    expect(releaseRotation).toHaveBeenCalledExactlyOnceWith(view.rotation.id, '');
  });

  it('takes the file of a key that the console made, and says why another one is no use', async () => {
    const [first, second] = reviews();
    const broken = { ...second!, facts: null, problem: problem('key-file', 'there is no key in it', 'Choose another') };
    const chooseKeyFiles = vi.fn().mockResolvedValueOnce([broken]).mockResolvedValueOnce([]).mockResolvedValue([first, second]);
    const discardReviews = vi.fn(async () => null);
    const bringKey = vi.fn(async () => rotationIn('stopped', { id: 'u1', name: 'x', environment: STAGING }));
    const { view } = await shown('bring', { chooseKeyFiles, discardReviews, bringKey });
    expect((await screen.findByTestId('bring-key')).textContent).toContain('Generate a private key');
    expect(screen.queryByTestId('rotation-continue')).toBeNull();
    await userEvent.click(screen.getByTestId('bring-key-file'));
    expect((await screen.findByTestId('problem')).textContent).toContain('no key in it');
    await userEvent.click(screen.getByTestId('bring-key-file'));
    await waitFor(() => expect(screen.queryByTestId('problem')).toBeNull());
    expect(bringKey).not.toHaveBeenCalled();
    await userEvent.click(screen.getByTestId('bring-key-file'));
    await waitFor(() => expect(bringKey).toHaveBeenCalledExactlyOnceWith(view.rotation.id, first!.id));
    expect(discardReviews.mock.calls).toEqual([[[second!.id]], [[second!.id]]]);
  });

  it('lets another one act where it failed', async () => {
    const letAnotherAct = vi.fn(async () => rotationIn('stopped', user));
    const continueRotation = vi.fn(async () => rotationIn('done', user));
    const { app, user, view } = await shown('failed', { letAnotherAct: () => letAnotherAct(), continueRotation: () => continueRotation() });
    await userEvent.selectOptions(await screen.findByTestId('rotation-acts-as'), app.serviceUsers.rows[1]!.id);
    await waitFor(() => expect(where()).toBe('done'));
    expect([letAnotherAct.mock.calls.length, continueRotation.mock.calls.length, view.rotation.by]).toEqual([1, 1, user.id]);
  });

  it('goes back', async () => {
    await shown('pause');
    await userEvent.click(screen.getByTestId('rotation-undo'));
    await waitFor(() => expect(where()).toBe('undone'));
  });

  it('asks for production once where the core wants it, and stays where it was if that is declined', async () => {
    const unconfirmed = () => Promise.reject(new Failure(problem('production-unconfirmed', 'not confirmed', 'Confirm')));
    const { app } = await shown('stopped', { continueRotation: unconfirmed });
    await userEvent.click(screen.getByTestId('rotation-continue'));
    await waitFor(() => expect(app.production.question).not.toBeNull());
    app.production.question!.answer(false);
    await waitFor(() => expect(where()).toBe('stopped'));
    expect(screen.queryByTestId('problem')).toBeNull();
  });

  it('is noticed where its service user is, and leads there', async () => {
    const { app, user } = await made();
    const view = rotationIn('grace', user);
    draw(app, RotationNotice, { view, named: true });
    expect(screen.getByTestId('rotation-notice').textContent).toMatch(/Old key works until/);
    await userEvent.click(screen.getByTestId('show-rotation'));
    expect(app.rotations.sheet).toEqual({ what: 'run', id: view.rotation.id });
  });
});

describe('keys at the server', () => {
  async function listed(change: Partial<Ipc> = {}) {
    const { app, user } = await made(change);
    await app.select(user.id);
    const provider = app.environments.provider('zitadel')!;
    draw(app, ServerCredentials, { data: app.detail.data!, provider });
    return { app, user };
  }

  it('are asked for only when wanted, and those that Mintage doesn’t hold are marked', async () => {
    const { app } = await listed();
    expect(screen.queryAllByTestId('server-credential')).toEqual([]);
    await userEvent.click(screen.getByTestId('list-private-key'));
    const rows = await screen.findAllByTestId('server-credential');
    expect(rows.map((each) => each.dataset['held'])).toEqual(['true', 'false', 'false']);
    expect(screen.getAllByText('not Mintage')).toHaveLength(2);
    expect(screen.getByText('Mintage, default')).toBeTruthy();
    expect(app.detail.problem).toBeNull();
  });

  it('don’t say “never” where the server doesn’t say when they expire', async () => {
    const item = { kind: 'private-key' as const, id: '1', createdAt: null, expiresAt: null, expired: false, title: null, credential: null, isDefault: false };
    await listed({ serverCredentials: async () => ({ credentials: [item], unlisted: ['c1', 'c2'], removable: false, tellsExpiry: false }) });
    await userEvent.click(screen.getByTestId('list-private-key'));
    await screen.findByTestId('server-credential');
    expect(screen.getAllByText('unknown')).toHaveLength(2);
    expect(screen.queryByText('never')).toBeNull();
    expect(screen.getByTestId('server-credentials').textContent).toContain('doesn’t list 2 credentials that Mintage holds');
  });

  it('are removed after a question that names them, the last one only by its id', async () => {
    const last = new Failure(problem('last-credential', 'it is the last', 'Rotate it'));
    const removeServerCredential = vi.fn(async (...[, , , , named]: [string, string | null, string, string, string | null]) => (named === null ? Promise.reject(last) : null));
    const { app, user } = await made({ removeServerCredential: removeServerCredential as never });
    const item = { kind: 'private-key' as const, id: '4711', createdAt: null, expiresAt: null, expired: false, title: null, credential: 'c1', isDefault: true };
    const closed = vi.fn();
    draw(app, RemoveServerCredential, { item, kind: 'private-key' as const, serviceUser: user.id, by: null, place: { id: STAGING, name: 'Staging' }, onclose: closed, onremoved: () => undefined });
    const confirm = () => userEvent.click(screen.getByTestId('confirm-remove-server-credential'));
    await confirm();
    const field = await screen.findByTestId('name-last-credential');
    await userEvent.type(field, '47');
    await confirm();
    expect(removeServerCredential).toHaveBeenCalledOnce();
    await userEvent.type(field, '11');
    await confirm();
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(removeServerCredential).toHaveBeenLastCalledWith(user.id, null, 'private-key', '4711', '4711');
  });
});
