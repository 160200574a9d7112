/** The environment editor: what is typed becomes a draft, a check is explained, nothing typed is lost. */
import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { environments, problem, providers } from '../src/gallery/data';
import { Failure, type Ipc } from '../src/lib/ipc';
import type { Environment, EnvironmentCheck, EnvironmentDraft, Provider } from '../src/lib/types';
import { clockWords } from '../src/views/environment/clock';
import { EnvironmentForm, hostOf, sameIssuer, wordsOf } from '../src/views/environment/form.svelte';
import EnvironmentEditor from '../src/views/environment/EnvironmentEditor.svelte';
import { draw, stateOf } from './support/page';

const staging = environments(false)[1]!.environment;
const provider = (id: string): Provider => providers.find((each) => each.id === id)!;
const fixed = { ...provider('zitadel'), id: 'fixed', issuerIsFixed: true, issuerExample: 'https://auth.paonia.io' };

function fail(code: string, message = `it is ${code}`): never {
  throw new Failure(problem(code, message, 'do something'));
}

describe('the form', () => {
  it('makes the draft of an environment that is not changed', () => {
    const { id: _, demo: __, createdAt: ___, ...draft } = staging;
    expect(new EnvironmentForm(staging).draft()).toEqual(draft);
  });

  it('trims and splits what was typed, and sends nothing where nothing was set', () => {
    const form = new EnvironmentForm(null);
    Object.assign(form, { provider: 'zitadel', issuer: ' https://auth.example.com ', audience: 'a\n b ', scopes: ' openid profile\n\n', ca: '  ' });
    form.endpoints.token = ' https://auth.example.com/token ';
    form.confirmHost('keys.example.net', true);
    expect(form.draft()).toEqual({
      name: 'auth.example.com',
      provider: 'zitadel',
      tier: 'development',
      issuer: 'https://auth.example.com',
      endpoints: { token: 'https://auth.example.com/token', userinfo: null, introspection: null, revocation: null, jwks: null },
      audience: ['a', 'b'],
      scopes: ['openid', 'profile'],
      caCertificate: null,
      confirmedHosts: ['keys.example.net'],
      parameters: {},
      expectedIssuer: null,
    });
    form.expectedIssuer = ' http://localhost.frontier ';
    expect(form.draft().expectedIssuer).toBe('http://localhost.frontier');
  });

  it('forgets what was confirmed for another issuer or provider', () => {
    const form = new EnvironmentForm({ ...staging, confirmedHosts: ['keys.example.net'] });
    expect(form.confirmedHosts).toEqual(['keys.example.net']);
    const issuer = form.issuer;
    form.issuer = 'https://other.example.com';
    expect(form.draft().confirmedHosts).toEqual([]);
    form.confirmHost('a', true);
    expect(form.draft().confirmedHosts).toEqual(['a']);
    form.issuer = `${issuer}/`;
    expect(form.draft().confirmedHosts).toEqual([]);
    form.provider = 'another';
    form.confirmHost('b', true);
    expect(form.draft().confirmedHosts).toEqual(['b']);
  });

  it('takes a confirmed host back, and confirms none twice', () => {
    const form = new EnvironmentForm(null);
    form.confirmHost('a', true);
    form.confirmHost('a', true);
    form.confirmHost('b', true);
    form.confirmHost('a', false);
    expect(form.confirmedHosts).toEqual(['b']);
  });

  it.each([
    ['https://auth.example.com/', 'auth.example.com'],
    ['auth.example.com', 'auth.example.com'],
    ['http://localhost:8080', 'localhost:8080'],
    ['https://', ''],
    ['  ', ''],
  ])('proposes the host of %j as the name: %j', (issuer, host) => expect(hostOf(issuer)).toBe(host));

  it.each([
    ['https://a.example', 'https://a.example', true],
    [' https://a.example/ ', 'https://a.example', true],
    ['https://a.example', 'https://a.example/b', false],
    ['https://a.example//', 'https://a.example', false],
  ])('takes %j and %j for the same issuer: %j', (one, other, same) => expect([sameIssuer(one, other), sameIssuer(other, one)]).toEqual([same, same]));

  it('keeps a name that was typed, even an empty one', () => {
    const form = new EnvironmentForm(null);
    form.issuer = 'https://a.example.com';
    form.typedName = '';
    expect(form.name).toBe('');
  });

  it.each([
    ['', fixed, null, 'https://auth.paonia.io'],
    ['https://mine.example.com', fixed, null, 'https://mine.example.com'],
    ['https://auth.paonia.io', provider('zitadel'), fixed, ''],
    ['https://mine.example.com', provider('zitadel'), fixed, 'https://mine.example.com'],
  ])('with the issuer %j and another template has the issuer %4$j', (issuer, chosen, before, expected) => {
    const form = new EnvironmentForm(null);
    form.issuer = issuer;
    form.choose(chosen, before);
    expect([form.provider, form.issuer]).toEqual([chosen.id, expected]);
  });

  it('keeps what a parameter was set to where the next provider asks for the same, trimmed, and sends no empty one', () => {
    const form = new EnvironmentForm(null);
    form.choose(provider('frontier-rest'), null);
    Object.assign(form.parameters, { orgId: ' 17 ' });
    expect(form.draft().parameters).toEqual({ orgId: '17' });
    form.choose({ ...provider('frontier-rest'), id: 'own' }, provider('frontier-rest'));
    expect(form.draft().parameters).toEqual({ orgId: '17' });
    form.parameters['orgId'] = ' ';
    expect(form.draft().parameters).toEqual({});
    form.parameters['orgId'] = '17';
    form.choose(provider('box'), provider('frontier-rest'));
    expect([form.draft().parameters, form.lacks(provider('box').parameters[0]!)]).toEqual([{}, true]);
  });

  it.each([
    ['its issuer', { issuer: 'https://auth.paonia.io', tokenEndpoint: null }, ['paonia', 'https://auth.paonia.io', '']],
    ['its token endpoint', { issuer: null, tokenEndpoint: 'https://oauth2.googleapis.com/token' }, ['google', 'https://accounts.google.com', '']],
    ['no provider’s address', { issuer: 'https://a.example/realms/b', tokenEndpoint: 'https://a.example/t' }, ['', 'https://a.example/realms/b', 'https://a.example/t']],
  ])('starts from a key file that names %s', (_, proposal, expected) => {
    const form = new EnvironmentForm(null);
    form.propose({ ...proposal, makers: [] }, providers);
    expect([form.provider, form.issuer, form.endpoints.token]).toEqual(expected);
  });

  it('splits lists at spaces and lines', () => expect(wordsOf(' a b\n\nc\t')).toEqual(['a', 'b', 'c']));

  it.each<[string, (form: EnvironmentForm) => unknown, boolean]>([
    ['the issuer', (form) => (form.issuer = 'https://other.example.com'), true],
    ['an endpoint', (form) => (form.endpoints.jwks = 'https://other.example.com/jwks'), true],
    ['the certificate authority', (form) => (form.ca = 'PEM'), true],
    ['a parameter', (form) => (form.parameters['orgId'] = '17'), true],
    ['the name', (form) => (form.typedName = 'other'), false],
    ['the tier', (form) => (form.tier = 'production'), false],
    ['a confirmed host', (form) => form.confirmHost('x', true), false],
  ])('after a change of %s, a check speaks of other settings or not', (_, change, differs) => {
    const form = new EnvironmentForm(staging);
    const before = form.fingerprint();
    change(form);
    expect(form.fingerprint() !== before).toBe(differs);
  });
});

describe('a clock skew', () => {
  it.each([
    [null, 'It did not tell its time', false],
    [0.4, 'In step with yours', false],
    [-1.9, 'In step with yours', false],
    [74, 'Your clock is 1 min ahead of the server’s; this provider allows 1 s ahead', true],
    [-3, 'Your clock is 3 s behind the server’s', false],
    [-7300, 'Your clock is 2 h 2 min behind the server’s', false],
  ])('of %j s is told in words', (skew, words, tooFar) => {
    expect(clockWords(skew, { ...provider('zitadel'), clockTolerance: 1 })).toEqual({ words, tooFar });
  });

  it('within the provider’s tolerance is no trouble', () => {
    expect(clockWords(5, { ...provider('zitadel'), clockTolerance: 30 })).toEqual({ words: 'Your clock is 5 s ahead of the server’s', tooFar: false });
  });
});

describe('the editor', () => {
  const checked: EnvironmentCheck = { issuer: 'https://auth.example.com', host: 'auth.example.com', endpoints: [], asked: [{ name: 'discovery document', url: 'https://auth.example.com/.well-known/openid-configuration', status: 200, fits: true }], unconfirmedHosts: [], keys: 2, skewSeconds: 0, problems: [] };

  async function open(environment: Environment | null, change: Partial<Ipc> = {}) {
    const onclose = vi.fn();
    const app = await stateOf('users', change);
    draw(app, EnvironmentEditor, { environment, onclose });
    await screen.findByTestId('env-editor');
    return { app, onclose };
  }
  const value = (testid: string) => screen.getByTestId<HTMLInputElement>(testid).value;

  it('adds an environment with what was typed', async () => {
    const addEnvironment = vi.fn(async (draft: EnvironmentDraft) => ({ ...staging, ...draft }) as Environment);
    const { onclose } = await open(null, { addEnvironment });
    await userEvent.type(screen.getByTestId('env-issuer'), 'https://auth.example.com');
    await userEvent.click(screen.getByTestId('env-tier-production'));
    expect(screen.getByText(/The window is framed, the first token of a session is asked for/)).toBeTruthy();
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
    const proposal = { issuer: null, tokenEndpoint: 'https://t.example/token', makers: ['google'] };
    const save = vi.spyOn(app.environments, 'save').mockResolvedValue({} as never);
    draw(app, EnvironmentEditor, { environment: null, proposal, onclose: vi.fn() });
    await screen.findByTestId('env-editor');
    expect(value('env-issuer')).toBe('https://accounts.google.com');
    await waitFor(() => expect((screen.getByTestId('env-endpoints') as HTMLDetailsElement).open).toBe(true));
    await userEvent.click(screen.getByTestId('env-save'));
    expect(save).toHaveBeenCalledWith(null, expect.objectContaining({ provider: 'google', endpoints: expect.objectContaining({ token: 'https://t.example/token' }) }));
  });

  it('starts from what a key file names', async () => {
    const app = await stateOf('users');
    draw(app, EnvironmentEditor, { environment: null, proposal: { issuer: 'https://a.example/realms/b', tokenEndpoint: null, makers: [] }, onclose: vi.fn() });
    await screen.findByTestId('env-editor');
    expect([value('env-issuer'), value('env-template')]).toEqual(['https://a.example/realms/b', '']);
    await userEvent.click(screen.getByTestId('env-save'));
    expect(await screen.findByText('Choose the provider that the servers follow.')).toBeTruthy();
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

  it('changes an environment by its id', async () => {
    const editEnvironment = vi.fn(async () => staging);
    const { onclose } = await open(staging, { editEnvironment });
    expect(document.activeElement).toBe(screen.getByTestId('env-name'));
    await userEvent.clear(screen.getByTestId('env-name'));
    await userEvent.type(screen.getByTestId('env-name'), 'Stage two');
    await userEvent.click(screen.getByTestId('env-save'));
    await waitFor(() => expect(onclose).toHaveBeenCalledWith(staging));
    expect(editEnvironment).toHaveBeenCalledWith(staging.id, expect.objectContaining({ name: 'Stage two', issuer: staging.issuer }));
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
    expect(screen.queryByText('The settings were changed since this check.')).toBeNull();
    await userEvent.type(screen.getByTestId('env-issuer'), 'x');
    expect(screen.getByText('The settings were changed since this check.')).toBeTruthy();
    expect(screen.getByTestId<HTMLInputElement>('env-confirm-host').checked).toBe(false);
    await userEvent.type(screen.getByTestId('env-issuer'), '{Backspace}');
    await userEvent.click(screen.getByTestId('env-save'));
    await waitFor(() => expect(editEnvironment).toHaveBeenCalledWith(staging.id, expect.objectContaining({ confirmedHosts: ['keys.example.net'] })));
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
    expect([result.dataset['state'], within(result).getByRole('heading').textContent?.trim()]).toEqual(['settle', 'auth.example.com hasn’t been asked anything yet']);
    expect(within(result).getAllByRole('row').map((row) => row.textContent?.includes('not asked'))).toEqual([false, true, false]);

    const stranger = { name: 'a request without a credential', url: 'https://auth.example.com/rpc' };
    found = { ...found, asked: [{ ...stranger, status: 401, fits: true }] };
    result = await check();
    await waitFor(() => expect(result.dataset['state']).toBe('fine'));
    expect(within(result).getByTestId('env-asked').textContent).toContain('answered as expected (401)');

    const said = { ...problem('other-server', 'it does not answer as Frontier does (404)', 'Check the port'), serverSaid: { status: 404, body: 'page not found' } };
    found = { ...found, asked: [{ ...stranger, status: 404, fits: false }, { ...stranger, status: null, fits: false }], problems: [said] };
    result = await check();
    await waitFor(() => expect(result.dataset['state']).toBe('failed'));
    expect(within(result).getAllByTestId('env-asked').map((each) => each.querySelector('.origin')?.textContent)).toEqual(['answered 404', 'no answer']);
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
    await waitFor(() => expect(editEnvironment).toHaveBeenCalledWith(staging.id, expect.objectContaining({ expectedIssuer: 'frontier' })));
  });

  it('checks an issuer on Enter before another Enter may save it', async () => {
    let answer: (check: EnvironmentCheck) => void = () => undefined;
    const checkEnvironment = vi.fn((_: EnvironmentDraft) => new Promise<EnvironmentCheck>((resolve) => (answer = resolve)));
    await open(null, { checkEnvironment });
    const field = screen.getByTestId('env-issuer');
    // What is not held back is the browser's, which submits the form.
    const enter = async () => ((await fireEvent.keyDown(field, { key: 'Enter' })) ? 'submits' : checkEnvironment.mock.lastCall![0].issuer);
    await userEvent.type(field, 'https://a.example');
    expect([await enter(), await enter(), checkEnvironment.mock.calls.length]).toEqual(['https://a.example', 'https://a.example', 1]);
    answer(checked);
    await screen.findByTestId('env-check-result');
    await userEvent.type(field, '/b');
    expect([await enter(), checkEnvironment.mock.calls.length]).toEqual(['https://a.example/b', 2]);
    answer({ ...checked, problems: [problem('unreachable', 'it does not answer', 'Start it')] });
    await waitFor(() => expect(screen.getByTestId('env-check-result').dataset['state']).toBe('failed'));
    expect([await enter(), checkEnvironment.mock.calls.length]).toEqual(['submits', 2]);
  });

  it('saves an issuer whose check failed by its button', async () => {
    const addEnvironment = vi.fn(async (draft: EnvironmentDraft) => ({ ...staging, ...draft }) as Environment);
    const { onclose } = await open(null, { addEnvironment, checkEnvironment: async () => fail('unreachable') });
    await userEvent.type(screen.getByTestId('env-issuer'), 'https://a.example{Enter}');
    await screen.findByTestId('problem');
    await userEvent.click(screen.getByTestId('env-save'));
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
  });

  it('notes that another environment has the same issuer, and saves it all the same', async () => {
    const addEnvironment = vi.fn(async (draft: EnvironmentDraft) => ({ ...staging, ...draft }) as Environment);
    const { onclose } = await open(null, { addEnvironment });
    const field = screen.getByTestId('env-issuer');
    await userEvent.type(field, `${staging.issuer}/`);
    const note = screen.getByText(`${staging.name} has this issuer already.`);
    expect([field.getAttribute('aria-describedby')?.includes(note.id), field.getAttribute('aria-invalid')]).toEqual([true, null]);
    await userEvent.type(field, 'x');
    expect(screen.queryByTestId('env-issuer-shared')).toBeNull();
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
    expect(await screen.findByText(/14 service users and 15 credentials are removed/)).toBeTruthy();
    expect(forgetEnvironment).not.toHaveBeenCalled();
    await userEvent.click(screen.getByTestId('confirm-forget-environment'));
    await waitFor(() => expect(onclose).toHaveBeenCalledWith(null));
    expect(forgetEnvironment).toHaveBeenCalledExactlyOnceWith(staging.id);
  });
});
