/** Provider profiles: how they are grouped and named, looked at, copied, edited, shared and removed. */
import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { environments, problem } from '../src/gallery/data';
import { copiedText, own, profileText, providers } from '../src/gallery/providers';
import { Environments } from '../src/lib/environments.svelte';
import { Failure, replaceIpc, type Ipc } from '../src/lib/ipc';
import { idIn, Profiles as State } from '../src/lib/profiles.svelte';
import { grouped, idName, mayHave } from '../src/lib/provider';
import type { Environment, ProviderView } from '../src/lib/bindings';
import Profiles from '../src/views/profiles/Profiles.svelte';
import { draw, stateOf } from './support/page';

const provider = (id: string): ProviderView => providers.find((each) => each.id === id)!;

function fail(code: string): never {
  throw new Failure(problem(code, `it is ${code} at line 2`, 'do something'));
}

describe('a provider in words', () => {
  it('stands in a group by its dialect, the user’s own first, in the order in which profiles come', () => {
    const named = grouped(providers, [own.id]).map((group) => [group.label, group.providers.map((each) => each.id)]);
    expect(named).toEqual([
      ['Your own', ['acme-sso']],
      ['ZITADEL and Paonia', ['zitadel-cloud', 'zitadel', 'zitadel-2021', 'paonia']],
      ['Raystack Frontier', ['frontier-rest']],
      ['Other systems', ['google', 'box', 'generic']],
    ]);
    expect(grouped(providers, []).map((group) => group.label)).not.toContain('Your own');
  });

  it('names ids as its console does, else as everybody does', () => {
    expect([idName(provider('google'), 'userId'), idName(provider('google'), 'clientId'), idName(null, 'keyId')]).toEqual(['Client e-mail', 'Client id', 'Key id']);
  });

  it('has an endpoint that is set, discovered or its usual, and no other', () => {
    const environment = environments(false)[0]!.environment;
    const set: Environment = { ...environment, endpoints: { ...environment.endpoints, introspection: 'https://a.example/i' } };
    const frontier = provider('frontier-rest');
    expect([mayHave(environment, frontier, 'introspection'), mayHave(set, frontier, 'introspection'), mayHave(environment, frontier, 'userinfo'), mayHave(environment, own, 'revocation')]).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });
});

describe('the profiles’ state', () => {
  function made(change: Partial<Ipc> = {}) {
    replaceIpc({ providers: async () => providers, ownProviders: async () => ({ usable: [own.id], unusable: [] }), providerText: async (id) => profileText(id), copiedProviderText: async (id) => copiedText(id), ...change });
    return new State(new Environments());
  }

  it.each([
    ['one’s own to be edited', own.id, 'own'],
    ['a built-in one to be read', 'zitadel', 'built-in'],
  ])('opens %s', async (_, id, origin) => {
    const state = made();
    await state.load();
    void state.view(id);
    await vi.waitFor(() => expect(state.opened).toMatchObject({ id, origin, text: profileText(id) }));
  });

  it('tells who asked for a copy what was saved, and that nothing was where it was closed', async () => {
    const saveProvider = vi.fn(async () => own);
    const state = made({ saveProvider });
    const first = state.copy('zitadel');
    await vi.waitFor(() => expect(state.opened?.origin).toBe('copy'));
    await state.save('text', null);
    await expect(first).resolves.toBe(own);
    expect([saveProvider.mock.calls, state.opened]).toEqual([[['text', null]], null]);
    const second = state.copy('zitadel');
    await vi.waitFor(() => expect(state.opened).not.toBeNull());
    state.close();
    await expect(second).resolves.toBeNull();
  });

  it('opens nothing where the chooser was cancelled, and says why a file cannot be read', async () => {
    const state = made({ chooseProvider: async () => null });
    await expect(state.choose()).resolves.toBeNull();
    expect([state.opened, state.problem]).toEqual([null, null]);
    replaceIpc({ chooseProvider: async () => fail('file-unreadable') });
    await state.choose();
    expect([state.opened, state.problem?.code, state.busy]).toEqual([null, 'file-unreadable', false]);
  });

  it('says why an export failed, and a cancelled one is no failure', async () => {
    const state = made({ exportProvider: async () => false });
    await expect(state.export('zitadel', 'json')).resolves.toBe(false);
    expect(state.problem).toBeNull();
    replaceIpc({ exportProvider: async () => fail('file-unwritable') });
    await expect(state.export('zitadel', 'toml')).resolves.toBe(false);
    expect(state.problem?.code).toBe('file-unwritable');
  });
});

describe('the view', () => {
  async function open(change: Partial<Ipc> = {}) {
    const app = await stateOf('users', change);
    draw(app, Profiles, {});
    await screen.findAllByTestId('profile');
    return app;
  }
  const row = (id: string) => screen.getAllByTestId('profile').find((each) => each.dataset['id'] === id)!;
  const text = () => screen.findByTestId<HTMLTextAreaElement>('profile-text');
  async function menu(id: string, item: string) {
    await userEvent.click(within(row(id)).getByTestId('profile-menu'));
    await userEvent.click(await screen.findByTestId(item));
  }

  it('lists all, says who follows them, and finds by name, id and summary', async () => {
    await open();
    expect(screen.getAllByTestId('profile')).toHaveLength(providers.length);
    expect(row('zitadel').textContent).toContain('used by 3 environments');
    await userEvent.type(screen.getByTestId('profile-search'), 'console json');
    expect(screen.getAllByTestId('profile').map((each) => each.dataset['id'])).toEqual(['google']);
    await userEvent.type(screen.getByTestId('profile-search'), 'zzz');
    expect(screen.getByText('No profile matches “console jsonzzz”')).toBeTruthy();
  });

  it('lists a profile that cannot be used apart, with why, to be corrected or removed', async () => {
    const why = problem('profile-impossible', 'a member is not possible', 'Correct it');
    const forgetProvider = vi.fn(async () => null);
    await open({ ownProviders: async () => ({ usable: [own.id], unusable: [{ id: 'bad', problem: why }] }), forgetProvider, providerText: async () => '{"id":"bad"}' });
    const bad = await screen.findByTestId('profile-unusable');
    expect(bad.textContent).toContain('A member is not possible.');
    await userEvent.click(within(bad).getByTestId('profile-view'));
    expect([(await text()).value, (await text()).readOnly]).toEqual(['{"id":"bad"}', false]);
    await userEvent.click(screen.getByTestId('profile-cancel'));
    await userEvent.click(within(bad).getByTestId('profile-remove'));
    await userEvent.click(await screen.findByTestId('confirm-remove-profile'));
    await waitFor(() => expect(forgetProvider).toHaveBeenCalledExactlyOnceWith('bad'));
  });

  it('shows a built-in profile as text that cannot be changed, and copies it from there', async () => {
    await open();
    await userEvent.click(within(row('zitadel')).getByTestId('profile-view'));
    expect([(await text()).readOnly, (await text()).value, screen.queryByTestId('profile-save')]).toEqual([true, profileText('zitadel'), null]);
    await userEvent.click(screen.getByTestId('profile-copy'));
    await waitFor(async () => expect((await text()).value).toBe(copiedText('zitadel')));
    expect((await text()).readOnly).toBe(false);
  });

  it('keeps a text that is refused and shows the problem beside it', async () => {
    const saveProvider = vi.fn(async () => fail('profile-unreadable'));
    await open({ saveProvider });
    await menu('zitadel', 'profile-copy-and-edit');
    await userEvent.clear(await text());
    await userEvent.type(await text(), 'id = 7');
    await userEvent.click(screen.getByTestId('profile-save'));
    expect((await screen.findByTestId('problem')).textContent).toContain('It is profile-unreadable at line 2.');
    expect([(await text()).value, (await text()).getAttribute('aria-invalid')]).toEqual(['id = 7', 'true']);
    expect(saveProvider).toHaveBeenCalledExactlyOnceWith('id = 7', null);
  });

  it('points out the line of an error, goes there, and lets go of it once it is corrected', async () => {
    const refused = { ...problem('profile-impossible', '`x` is not possible', 'Correct `x`'), line: 3 };
    await open({
      saveProvider: async () => {
        throw new Failure(refused);
      },
    });
    await userEvent.click(within(row(own.id)).getByTestId('profile-view'));
    const field = await text();
    await fireEvent.input(field, { target: { value: 'id = "a"\n\nx = 1\ny = 2' } });
    await userEvent.click(screen.getByTestId('profile-save'));
    const mark = await screen.findByTestId('code-mark');
    expect([mark.dataset['line'], mark.textContent, field.getAttribute('aria-describedby')]).toEqual(['3', 'Error on line 3', mark.id]);
    expect(field.previousElementSibling?.textContent?.split('\n')).toEqual(['1', '2', '! 3', '4']);
    await userEvent.click(screen.getByRole('button', { name: 'Go to line 3' }));
    expect([document.activeElement, field.value.slice(field.selectionStart, field.selectionEnd)]).toEqual([field, 'x = 1']);
    expect(screen.getByText('Line 3 of 4')).toBeTruthy();

    await fireEvent.input(field, { target: { value: 'id = "a"\n\n# here\nx = 1\ny = 2' } });
    expect(screen.getByRole('button', { name: 'Go to line 4' })).toBeTruthy();
    await fireEvent.input(field, { target: { value: 'id = "a"\n\n# here\nx = 2\ny = 2' } });
    expect([screen.queryByTestId('code-mark'), screen.queryByTestId('profile-go-to-line')]).toEqual([null, null]);
    expect(screen.getByTestId('problem')).toBeTruthy();
  });

  /** A core that stores a text under an id that is taken only in its place. */
  const taken = () => vi.fn(async (_: string, replaces: string | null) => (replaces !== null ? own : fail('profile-id-taken')));
  async function edit(change: string) {
    await userEvent.click(within(row(own.id)).getByTestId('profile-view'));
    expect(screen.getByTestId('profile-save')).toHaveProperty('disabled', true);
    await fireEvent.input(await text(), { target: { value: change } });
    await userEvent.click(screen.getByTestId('profile-save'));
  }

  it('saves the changes of a profile that nothing follows at once', async () => {
    const saveProvider = taken();
    await open({ saveProvider });
    await edit(`${profileText(own.id)}#`);
    await waitFor(() => expect(screen.queryByTestId('profile-editor')).toBeNull());
    expect(saveProvider.mock.calls.map(([, replaces]) => replaces)).toEqual([null, profileText(own.id)]);
  });

  it('leads to what was saved, wherever the list was', async () => {
    const copied = { ...own, id: 'zitadel-copy', name: 'ZITADEL (copy)' };
    let stored = false;
    await open({
      providers: async () => (stored ? [...providers, copied] : providers),
      ownProviders: async () => ({ usable: stored ? [own.id, copied.id] : [own.id], unusable: [] }),
      saveProvider: async () => ((stored = true), copied),
    });
    await menu('zitadel', 'profile-copy-and-edit');
    await text();
    await userEvent.click(screen.getByTestId('profile-save'));
    await waitFor(() => expect(document.activeElement).toBe(within(row('zitadel-copy')).getByTestId('profile-view')));
  });

  it('gives the focus back where nothing was saved', async () => {
    await open();
    const view = within(row('zitadel')).getByTestId('profile-view');
    await userEvent.click(view);
    await text();
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(document.activeElement).toBe(view));
  });

  it('asks before a change reaches environments, and takes that for no error in the text', async () => {
    const saveProvider = taken();
    const app = await open({ saveProvider });
    app.environments.list = app.environments.list.map((each) => ({ ...each, environment: { ...each.environment, provider: own.id } }));
    await edit(`${profileText(own.id)}#`);
    const asked = await screen.findByRole('dialog', { name: 'Save the changes?' });
    expect(asked.textContent).toContain('4 environments use it.');
    await userEvent.click(within(asked).getAllByRole('button', { name: 'Keep editing' }).at(-1)!);
    expect([screen.queryByTestId('problem'), screen.queryByTestId('code-mark'), (await text()).getAttribute('aria-invalid')]).toEqual([null, null, null]);
    await userEvent.click(screen.getByTestId('profile-save'));
    await userEvent.click(await screen.findByTestId('confirm-change-profile'));
    await waitFor(() => expect(screen.queryByTestId('profile-editor')).toBeNull());
    expect(saveProvider.mock.calls.map(([, replaces]) => replaces)).toEqual([null, null, profileText(own.id)]);
  });

  it('has a form beside its text, which changes only the member', async () => {
    const changed = vi.fn(async (before: string) => before.replace('clockTolerance = 60', 'clockTolerance = 5'));
    await open({ changedProviderText: changed, providerText: async (id) => `# ours\n${profileText(id)}` });
    await userEvent.click(within(row(own.id)).getByTestId('profile-view'));
    const field = await screen.findByTestId('profile-field-clockTolerance');
    expect(document.getElementById(field.getAttribute('aria-describedby')!)?.textContent).toContain('How far your clock may be ahead');
    await userEvent.clear(field);
    await userEvent.type(field, '5');
    await userEvent.tab();
    await waitFor(async () => expect((await text()).value).toBe(`# ours\n${profileText(own.id).replace('clockTolerance = 60', 'clockTolerance = 5')}`));
    expect(changed).toHaveBeenCalledExactlyOnceWith(`# ours\n${profileText(own.id)}`, ['clockTolerance'], '5');
  });

  it('asks before it replaces another profile, whose id the text has now', async () => {
    const saveProvider = taken();
    await open({ saveProvider });
    await edit('id = "box"');
    await userEvent.click(await screen.findByTestId('confirm-replace-profile'));
    await waitFor(() => expect(screen.queryByTestId('profile-editor')).toBeNull());
    expect(saveProvider.mock.calls.map(([, replaces]) => replaces)).toEqual([null, profileText('box')]);
  });

  it.each([
    ['# a\nid = "acme"\n\n[ids]\nid = "x"', 'acme'],
    ["'id'='acme'", 'acme'],
    ['{"name":"x","id": "acme"}', 'acme'],
    ['clientid = "acme"', null],
    ['', null],
  ])('reads the id of %j', (written, expected) => {
    expect(idIn(written)).toBe(expected);
  });

  it('shows a file’s profile before anything is stored, and asks before it is lost', async () => {
    const saveProvider = vi.fn(async () => own);
    await open({ chooseProvider: async () => 'id = "theirs"', saveProvider });
    await userEvent.click(screen.getByTestId('profile-import'));
    expect((await text()).value).toBe('id = "theirs"');
    await userEvent.click(screen.getByTestId('profile-cancel'));
    await userEvent.click(await screen.findByTestId('confirm-discard'));
    await waitFor(() => expect(screen.queryByTestId('profile-editor')).toBeNull());
    expect(saveProvider).not.toHaveBeenCalled();
  });

  it.each([
    ['profile-export-toml', 'toml'],
    ['profile-export-json', 'json'],
  ])('exports by %s', async (item, format) => {
    const exportProvider = vi.fn(async () => true);
    const app = await open({ exportProvider });
    await menu('google', item);
    await waitFor(() => expect(exportProvider).toHaveBeenCalledExactlyOnceWith('google', format));
    await waitFor(() => expect(app.status.message).toMatchObject({ text: 'Exported Google Cloud' }));
    app.status.dismiss();
  });

  it('offers no removal of a built-in one', async () => {
    await open();
    await userEvent.click(within(row('zitadel')).getByTestId('profile-menu'));
    await screen.findByTestId('profile-export-toml');
    expect(screen.queryByTestId('profile-remove')).toBeNull();
  });

  it('removes one’s own after a yes, and says why it cannot', async () => {
    const forgetProvider = vi.fn(async (): Promise<null> => fail('profile-in-use'));
    const app = await open({ forgetProvider });
    await menu(own.id, 'profile-remove');
    await userEvent.click(await screen.findByTestId('confirm-remove-profile'));
    expect((await screen.findByTestId('problem')).getAttribute('data-code')).toBe('profile-in-use');
    forgetProvider.mockImplementation(async () => null);
    await userEvent.click(screen.getByTestId('confirm-remove-profile'));
    await waitFor(() => expect(screen.queryByTestId('confirm-remove-profile')).toBeNull());
    app.status.dismiss();
  });
});
