/** The environment editor: a check is explained, nothing typed is lost. */
import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { environments, problem, providers } from '../src/gallery/data';
import { Failure, type Ipc } from '../src/lib/ipc';
import type { Environment, EnvironmentCheck, EnvironmentDraft, ProviderView } from '../src/lib/bindings';
import { strings } from '../src/lib/strings';
import EnvironmentEditor from '../src/views/environment/EnvironmentEditor.svelte';
import { draw, layOut, stateOf } from './support/page';

const staging = environments(false)[1]!.environment;
const provider = (id: string): ProviderView => providers.find((each) => each.id === id)!;

function fail(code: string, message = `it is ${code}`): never {
  throw new Failure(problem(code, message, 'do something'));
}

describe('the editor', () => {
  const checked: EnvironmentCheck = { issuer: 'https://auth.example.com', host: 'auth.example.com', endpoints: [], asked: [{ name: 'discovery document', url: 'https://auth.example.com/.well-known/openid-configuration', status: 200, fits: true }], unconfirmedHosts: [], keys: 2, skewSeconds: 0, problems: [] };

  async function open(environment: Environment | null, change: Partial<Ipc> = {}, failed = false) {
    const onclose = vi.fn();
    const app = await stateOf('users', change);
    draw(app, EnvironmentEditor, { environment, failed, onclose });
    await screen.findByTestId('env-editor');
    // Nothing names a provider: the core proposes one.
    await waitFor(() => expect(screen.getByTestId('env-template').getAttribute('data-value')).toBeTruthy());
    return { app, onclose };
  }
  const value = (testid: string) => screen.getByTestId<HTMLInputElement>(testid).value;

  it('adds an environment with what was typed', async () => {
    const addEnvironment = vi.fn(async (draft: EnvironmentDraft) => ({ ...staging, ...draft }) as Environment);
    const { onclose } = await open(null, { addEnvironment });
    await userEvent.type(screen.getByTestId('env-issuer'), 'https://auth.example.com');
    await userEvent.click(screen.getByTestId('env-tier-production'));
    expect(screen.getByText(/Mintage asks before the first token of each session, and the clipboard is cleared after 10 s/)).toBeTruthy();
    await userEvent.click(screen.getByTestId('env-save'));
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
    expect(addEnvironment.mock.calls[0]![0]).toMatchObject({ name: 'auth.example.com', issuer: 'https://auth.example.com', tier: 'production' });
  });

  it('finds a provider by typing, and asks for what its profile asks for', async () => {
    const addEnvironment = vi.fn(async (draft: EnvironmentDraft) => ({ ...staging, ...draft }) as Environment);
    const { onclose } = await open(null, { addEnvironment });
    const choice = screen.getByTestId('env-template');
    expect(choice).toHaveProperty('value', 'ZITADEL Cloud');
    await userEvent.click(choice);
    await userEvent.keyboard('platform jwt');
    expect(screen.getAllByTestId('env-template-option').map((each) => each.dataset['value'])).toEqual(['box']);
    await userEvent.keyboard('{Enter}');
    expect([choice.getAttribute('data-value'), choice.getAttribute('aria-expanded'), value('env-issuer')]).toEqual(['box', 'false', 'https://api.box.com']);
    await userEvent.click(screen.getByTestId('env-save'));
    const field = screen.getByTestId('env-parameter-subjectType');
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect([field.getAttribute('aria-required'), onclose.mock.calls.length]).toEqual(['true', 0]);
    await userEvent.type(field, 'enterprise');
    await userEvent.click(screen.getByTestId('env-tier-production'));
    await userEvent.click(screen.getByTestId('env-save'));
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
    expect(addEnvironment.mock.calls[0]![0]).toMatchObject({ provider: 'box', parameters: { subjectType: 'enterprise' } });
  });

  it('takes the provider that is called as typed before others under a heading of that name', async () => {
    await open(null);
    await userEvent.click(screen.getByTestId('env-template'));
    await userEvent.keyboard('Paonia{Enter}');
    expect(screen.getByTestId('env-template').getAttribute('data-value')).toBe('paonia');
  });

  it('chooses a provider with arrow keys, and Esc closes the list alone', async () => {
    layOut();
    const { onclose } = await open(null);
    const choice = screen.getByTestId('env-template');
    choice.focus();
    await userEvent.keyboard('{ArrowDown}');
    expect(screen.getByRole('group', { name: 'Your own' }).textContent).toContain('Acme SSO');
    await userEvent.keyboard('{ArrowDown}{Enter}');
    expect(choice.getAttribute('data-value')).toBe('zitadel');
    await userEvent.keyboard('{ArrowDown}{Escape}');
    expect([choice.getAttribute('aria-expanded'), onclose.mock.calls.length]).toEqual(['false', 0]);
  });

  it('asks before Esc takes away what was typed, and Cancel does as it says', async () => {
    const { onclose } = await open(null);
    await userEvent.type(screen.getByTestId('env-issuer'), 'https://a.example');
    await userEvent.keyboard('{Escape}');
    await userEvent.click((await screen.findAllByRole('button', { name: 'Keep editing' }))[0]!);
    expect([value('env-issuer'), onclose.mock.calls.length]).toEqual(['https://a.example', 0]);
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(onclose.mock.calls).toEqual([[null]]);
  });

  it('closes with Esc where nothing was typed', async () => {
    const { onclose } = await open(staging);
    await userEvent.keyboard('{Escape}');
    expect(onclose.mock.calls).toEqual([[null]]);
  });

  it('starts from the maker of a key file, with the token endpoint that it names', async () => {
    const app = await stateOf('users');
    const proposal = { issuer: null, tokenEndpoint: 'https://t.example/token', provider: 'google', providerFrom: 'source' as const };
    const save = vi.spyOn(app.environments, 'save').mockResolvedValue({} as never);
    draw(app, EnvironmentEditor, { environment: null, proposal, onclose: vi.fn() });
    await screen.findByTestId('env-editor');
    expect(value('env-issuer')).toBe('https://accounts.google.com');
    await waitFor(() => expect((screen.getByTestId('env-endpoints') as HTMLDetailsElement).open).toBe(true));
    await userEvent.click(screen.getByTestId('env-tier-staging'));
    await userEvent.click(screen.getByTestId('env-save'));
    expect(save).toHaveBeenCalledWith(null, expect.objectContaining({ provider: 'google', endpoints: expect.objectContaining({ token: 'https://t.example/token' }) }));
  });

  it('starts from what a key file names', async () => {
    const app = await stateOf('users');
    draw(app, EnvironmentEditor, { environment: null, proposal: { issuer: 'https://a.example/realms/b', tokenEndpoint: null, provider: null, providerFrom: 'source' as const }, onclose: vi.fn() });
    await screen.findByTestId('env-editor');
    expect([value('env-issuer'), value('env-template')]).toEqual(['https://a.example/realms/b', '']);
    await userEvent.click(screen.getByTestId('env-save'));
    expect(await screen.findByText('Choose the provider these servers run.')).toBeTruthy();
  });

  it('edits a copy of the profile and follows it once it is saved', async () => {
    const saveProvider = vi.fn(async () => ({ ...provider('generic'), id: 'zitadel-copy', name: 'Mine' }));
    let saved = false;
    await open(null, {
      saveProvider: async () => ((saved = true), saveProvider()),
      providers: async () => (saved ? [{ ...provider('generic'), id: 'zitadel-copy', name: 'Mine' }, ...providers] : providers),
    });
    await userEvent.click(screen.getByTestId('env-copy-profile'));
    expect((await screen.findByTestId<HTMLTextAreaElement>('profile-text')).value).toContain('id = "zitadel-cloud-copy"');
    await userEvent.click(screen.getByTestId('profile-save'));
    await waitFor(() => expect(screen.getByTestId('env-template').getAttribute('data-value')).toBe('zitadel-copy'));
    expect(screen.queryByTestId('profile-editor')).toBeNull();
  });

  it('changes the environment that was opened', async () => {
    const editEnvironment = vi.fn(async () => staging);
    const { onclose } = await open(staging, { editEnvironment });
    expect(document.activeElement).toBe(screen.getByTestId('env-name'));
    await userEvent.clear(screen.getByTestId('env-name'));
    await userEvent.type(screen.getByTestId('env-name'), 'Stage two');
    await userEvent.click(screen.getByTestId('env-save'));
    await waitFor(() => expect(onclose).toHaveBeenCalledWith(staging));
    expect(editEnvironment).toHaveBeenCalledWith(staging, expect.objectContaining({ name: 'Stage two', issuer: staging.issuer }));
  });

  it.each([
    ['name-taken', 'env-name'],
    ['issuer-invalid', 'env-issuer'],
  ])('shows a refusal %s at its field and keeps what was typed', async (code, field) => {
    const { onclose } = await open(staging, { editEnvironment: async () => fail(code, 'that will not do') });
    await userEvent.click(screen.getByTestId('env-save'));
    expect((await screen.findByText('That will not do.')).getAttribute('role')).toBe('alert');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId(field)));
    expect([value('env-name'), value('env-issuer'), onclose.mock.calls.length]).toEqual([staging.name, staging.issuer, 0]);
  });

  it('offers to save unchecked only what can be saved', async () => {
    await open(null, { checkEnvironment: async () => fail('issuer-invalid', 'that will not do') });
    expect(screen.getByText('Not checked yet. You can still save it.')).toBeTruthy();
    await userEvent.type(screen.getByTestId('env-issuer'), 'https:/');
    await userEvent.click(screen.getByTestId('env-check'));
    await screen.findByText('That will not do.');
    expect(screen.queryByText('Not checked yet. You can still save it.')).toBeNull();
  });

  it('keeps what was typed if the environment was changed elsewhere, and opens the changed one next time', async () => {
    const changed = { ...staging, tier: 'production' as const };
    const editEnvironment = vi.fn(async () => fail('edited-meanwhile'));
    const environments = vi.fn(async () => [{ environment: changed, host: 'h', serviceUsers: 0, expiring: 0, troubled: false }]);
    const { app, onclose } = await open(staging, { editEnvironment, environments });
    await userEvent.type(screen.getByTestId('env-name'), ' two');
    await userEvent.click(screen.getByTestId('env-save'));
    expect((await screen.findByTestId('problem')).getAttribute('data-code')).toBe('edited-meanwhile');
    expect([value('env-name'), onclose.mock.calls.length]).toEqual([`${staging.name} two`, 0]);
    void app.environments.edit(staging);
    expect(app.environments.editing?.environment).toEqual(changed);
  });

  it('checks an environment whose server failed at once, with the keyboard in its address', async () => {
    const checkEnvironment = vi.fn(async () => checked);
    await open(staging, { checkEnvironment }, true);
    await screen.findByTestId('env-check-result');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('env-issuer')));
    expect(checkEnvironment.mock.calls).toEqual([[expect.objectContaining({ issuer: staging.issuer })]]);
  });

  it('shows any other refusal as a problem', async () => {
    await open(staging, { editEnvironment: async () => fail('ca-invalid') });
    await userEvent.click(screen.getByTestId('env-save'));
    expect((await screen.findByTestId('problem')).getAttribute('data-code')).toBe('ca-invalid');
  });

  it('neither saves nor checks without an issuer', async () => {
    const checkEnvironment = vi.fn(async () => checked);
    const { onclose } = await open(null, { checkEnvironment });
    for (const button of ['env-save', 'env-check']) {
      await userEvent.click(screen.getByTestId(button));
      await screen.findByText('Enter the issuer’s address.');
      expect(document.activeElement).toBe(screen.getByTestId('env-issuer'));
    }
    expect([checkEnvironment.mock.calls.length, onclose.mock.calls.length]).toEqual([0, 0]);
  });

  it('confirms a host that the check found, and says when the check is stale', async () => {
    const editEnvironment = vi.fn(async () => staging);
    await open(staging, { editEnvironment, checkEnvironment: async () => ({ ...checked, unconfirmedHosts: ['keys.example.net'] }) });
    await userEvent.click(screen.getByTestId('env-check'));
    expect((await screen.findByTestId('env-check-result')).getAttribute('data-state')).toBe('settle');
    await userEvent.click(screen.getByTestId('env-confirm-host'));
    expect(screen.getByTestId('env-check-result').getAttribute('data-state')).toBe('fine');
    expect(screen.queryByText('The settings have changed since this check.')).toBeNull();
    await userEvent.type(screen.getByTestId('env-issuer'), 'x');
    expect(screen.getByText('The settings have changed since this check.')).toBeTruthy();
    expect(screen.getByTestId<HTMLInputElement>('env-confirm-host').checked).toBe(false);
    await userEvent.type(screen.getByTestId('env-issuer'), '{Backspace}');
    await userEvent.click(screen.getByTestId('env-save'));
    await waitFor(() => expect(editEnvironment).toHaveBeenCalledWith(staging, expect.objectContaining({ confirmedHosts: ['keys.example.net'] })));
  });

  it('shows what a check found wrong, one problem each', async () => {
    const problems = [problem('certificate-refused', 'its certificate is not trusted', 'Paste the authority’s certificate')];
    await open(staging, { checkEnvironment: async () => ({ ...checked, keys: null, problems }) });
    await userEvent.click(screen.getByTestId('env-check'));
    const result = await screen.findByTestId('env-check-result');
    expect(result.getAttribute('data-state')).toBe('failed');
    expect(within(result).getByTestId('problem').getAttribute('data-code')).toBe('certificate-refused');
  });

  it('calls nothing fine that was not asked, and lists what was', async () => {
    const endpoints = [
      { endpoint: 'token' as const, name: 'token endpoint', url: 'https://auth.example.com/token', origin: 'the provider’s usual', asked: false },
      { endpoint: 'jwks' as const, name: 'key set', url: 'https://auth.example.com/keys', origin: 'from discovery', asked: true },
    ];
    let found: EnvironmentCheck = { ...checked, endpoints, asked: [] };
    await open(staging, { checkEnvironment: async () => found });
    const check = async () => {
      await userEvent.click(screen.getByTestId('env-check'));
      await waitFor(() => expect(screen.getByTestId('env-check').textContent).toContain('again'));
      return screen.getByTestId('env-check-result');
    };
    let result = await check();
    expect([result.dataset['state'], within(result).getByRole('heading').textContent?.trim()]).toEqual(['settle', 'auth.example.com hasn’t been contacted yet']);
    expect(within(result).getAllByRole('row').map((row) => row.textContent?.includes('not checked'))).toEqual([false, true, false]);

    const stranger = { name: 'a request without a credential', url: 'https://auth.example.com/rpc' };
    found = { ...found, asked: [{ ...stranger, status: 401, fits: true }] };
    result = await check();
    await waitFor(() => expect(result.dataset['state']).toBe('fine'));
    expect(within(result).getByTestId('env-asked').textContent).toContain('responded as expected (401)');

    const said = { ...problem('other-server', 'it does not answer as Frontier does (404)', 'Check the port'), serverResponse: { status: 404, body: 'page not found' } };
    found = { ...found, asked: [{ ...stranger, status: 404, fits: false }, { ...stranger, status: null, fits: false }], problems: [said] };
    result = await check();
    await waitFor(() => expect(result.dataset['state']).toBe('failed'));
    expect(within(result).getAllByTestId('env-asked').map((each) => each.querySelector('.origin')?.textContent)).toEqual(['responded with 404', 'no response']);
    expect(result.textContent).toContain('page not found');
  });

  it('keeps the issuer that tokens are expected to name', async () => {
    const editEnvironment = vi.fn(async () => staging);
    await open({ ...staging, expectedIssuer: 'http://localhost.frontier' }, { editEnvironment });
    const field = screen.getByTestId<HTMLInputElement>('env-expected-issuer');
    expect([field.value, field.placeholder]).toEqual(['http://localhost.frontier', staging.issuer]);
    await userEvent.clear(field);
    await userEvent.type(field, ' frontier ');
    await userEvent.click(screen.getByTestId('env-save'));
    await waitFor(() => expect(editEnvironment).toHaveBeenCalledWith(expect.objectContaining({ id: staging.id }), expect.objectContaining({ expectedIssuer: 'frontier' })));
  });

  it('checks an issuer on Enter before another Enter may save it', async () => {
    let answer: (check: EnvironmentCheck) => void = () => undefined;
    const checkEnvironment = vi.fn((_: EnvironmentDraft) => new Promise<EnvironmentCheck>((resolve) => (answer = resolve)));
    await open(null, { checkEnvironment });
    const field = screen.getByTestId('env-issuer');
    // What is not held back is the browser's, which submits the form.
    const enter = async () => ((await fireEvent.keyDown(field, { key: 'Enter' })) ? 'submits' : 'checks');
    const asked = async (...issuers: string[]) => waitFor(() => expect(checkEnvironment.mock.calls.map(([draft]) => draft.issuer)).toEqual(issuers));
    await userEvent.type(field, 'https://a.example');
    expect([await enter(), await enter()]).toEqual(['checks', 'checks']);
    await asked('https://a.example');
    answer(checked);
    await screen.findByTestId('env-check-result');
    await userEvent.type(field, '/b');
    expect(await enter()).toBe('checks');
    await asked('https://a.example', 'https://a.example/b');
    answer({ ...checked, problems: [problem('unreachable', 'it does not answer', 'Start it')] });
    await waitFor(() => expect(screen.getByTestId('env-check-result').dataset['state']).toBe('failed'));
    expect([await enter(), checkEnvironment.mock.calls.length]).toEqual(['submits', 2]);
  });

  it('saves an issuer whose check failed by its button', async () => {
    const addEnvironment = vi.fn(async (draft: EnvironmentDraft) => ({ ...staging, ...draft }) as Environment);
    const { onclose } = await open(null, { addEnvironment, checkEnvironment: async () => fail('unreachable') });
    await userEvent.type(screen.getByTestId('env-issuer'), 'https://a.example{Enter}');
    await screen.findByTestId('problem');
    await userEvent.click(screen.getByTestId('env-tier-staging'));
    await userEvent.click(screen.getByTestId('env-save'));
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
  });

  it('asks for the tier where the address says none, and guesses it where it does', async () => {
    const addEnvironment = vi.fn(async (draft: EnvironmentDraft) => ({ ...staging, ...draft }) as Environment);
    const { onclose } = await open(null, { addEnvironment });
    await userEvent.type(screen.getByTestId('env-issuer'), 'https://auth.acme.com');
    await userEvent.click(screen.getByTestId('env-save'));
    expect(await screen.findByText(strings.environment.tierMissing)).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('env-tier-development')));
    expect(onclose).not.toHaveBeenCalled();
    await userEvent.clear(screen.getByTestId('env-issuer'));
    await userEvent.type(screen.getByTestId('env-issuer'), 'https://auth.stg.acme.com');
    await waitFor(() => expect(screen.getByTestId('env-tier-staging')).toHaveProperty('checked', true));
    await userEvent.click(screen.getByTestId('env-save'));
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
    expect(addEnvironment.mock.calls[0]![0]).toMatchObject({ tier: 'staging' });
  });

  it('tries plain http on this computer by a button, and follows no cloud there', async () => {
    const asked: string[] = [];
    await open(null, { checkEnvironment: async ({ issuer }) => (asked.push(issuer), fail('unreachable')) });
    expect(screen.getByTestId('env-template').getAttribute('data-value')).toBe('zitadel-cloud');
    await userEvent.type(screen.getByTestId('env-issuer'), '127.0.0.1:18080{Enter}');
    await waitFor(() => expect(screen.getByTestId('env-template').getAttribute('data-value')).toBe('zitadel'));
    await userEvent.click(await screen.findByText('Try http://127.0.0.1:18080'));
    await waitFor(() => expect(asked).toEqual(['127.0.0.1:18080', 'http://127.0.0.1:18080']));
    await waitFor(() => expect(screen.queryByTestId('env-try-http')).toBeNull());
    expect(screen.getByTestId('env-tier-development')).toHaveProperty('checked', true);
  });

  it('notes that another environment has the same issuer, and saves it all the same', async () => {
    const addEnvironment = vi.fn(async (draft: EnvironmentDraft) => ({ ...staging, ...draft }) as Environment);
    const { onclose } = await open(null, { addEnvironment });
    const field = screen.getByTestId('env-issuer');
    await userEvent.type(field, `${staging.issuer}/`);
    const note = await screen.findByText(`${staging.name} already uses this issuer.`);
    expect([field.getAttribute('aria-describedby')?.includes(note.id), field.getAttribute('aria-invalid')]).toEqual([true, null]);
    await userEvent.type(field, 'x');
    await waitFor(() => expect(screen.queryByTestId('env-issuer-shared')).toBeNull());
    await userEvent.type(field, '{Backspace}');
    await userEvent.click(screen.getByTestId('env-save'));
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
  });

  it('does not hold an environment’s own issuer against it', async () => {
    await open(staging);
    expect([value('env-issuer'), screen.queryByTestId('env-issuer-shared')]).toEqual([staging.issuer, null]);
  });

  it('says how many service users and keys go before it removes them', async () => {
    const forgetEnvironment = vi.fn(async () => null);
    const { onclose } = await open(staging, { forgetEnvironment });
    await userEvent.click(screen.getByTestId('env-remove'));
    expect(await screen.findByText(/removes 14 service users and 15 credentials/)).toBeTruthy();
    expect(forgetEnvironment).not.toHaveBeenCalled();
    await userEvent.click(screen.getByTestId('confirm-forget-environment'));
    await waitFor(() => expect(onclose).toHaveBeenCalledWith(null));
    expect(forgetEnvironment).toHaveBeenCalledExactlyOnceWith(staging.id);
  });
});
