/** Importing: what is decided about each key file, what is asked of the core, what comes of it. */
import { describe, expect, it, vi } from 'vitest';
import { standing } from '../src/gallery/kinds';
import { userinfo } from '../src/gallery/inspections';
import { providers } from '../src/gallery/providers';
import { ipc, replaceIpc, type Ipc } from '../src/lib/ipc';
import type { AskedId, IdKind, ImportOutcome, Review, Standing } from '../src/lib/types';
import { KeyImport, isSealed, proposedName } from '../src/views/import/keyImport.svelte';
import { STAGING, PRODUCTION, json, pem, sealed, certificate, application, secret, aloneSecret, aloneToken, detail, fail, outcome, sheet, trial } from './support/importing';

describe('the proposed name', () => {
  it.each([
    ['deploy-bot.json', '17', 'deploy-bot'],
    ['deploy-bot (2).json', '17', 'deploy-bot'],
    ['key.of.ci.pem', '17', 'key.of.ci'],
    ['100509901696068329.json', '17', '17'],
    ['17.json', '17', '17'],
    ['.pem', '17', '17'],
    ['(1).json', '17', '17'],
  ])('of %s for the user %s is %s', (name, userId, expected) => expect(proposedName({ ...json, source: { from: 'file', name } }, userId)).toBe(expected));

  it('of what was pasted is the user id', () => expect(proposedName({ ...json, source: { from: 'paste' } }, '17')).toBe('17'));
});

describe('a key file', () => {
  it('is complete with the ids of its file, or with those entered by hand', () => {
    const item = new KeyImport();
    expect(item.isComplete(json)).toBe(true);
    expect(item.isComplete(pem)).toBe(false);
    item.userId = ' 17 ';
    expect(item.isComplete(pem)).toBe(false);
    item.keyId = '18';
    expect([item.isComplete(pem), item.typed(pem, 'userId'), item.typed(json, 'userId'), item.ownerIdOf(json)]).toEqual([true, '17', null, '100507859606888466']);
  });

  it.each<[string, Review, string[]]>([
    ['a key', pem, ['userId', 'keyId']],
    ['an application’s key', application, []],
    ['a secret', aloneSecret, ['clientId', 'userId?']],
    ['a token', aloneToken, ['userId']],
    ['a secret with its client id', secret, []],
  ])('of %s is asked for these ids while no environment tells', (_, review, expected) => {
    const asked = new KeyImport().asked(review);
    expect(asked.map(({ kind, optional }) => (optional ? `${kind}?` : kind))).toEqual(expected);
  });

  it('is asked for what the core says, and what was entered goes before the file only there', () => {
    const item = new KeyImport();
    item.userId = '4711';
    expect([item.typed(json, 'userId'), item.ownerIdOf(json)]).toEqual([null, json.facts!.userId]);
    item.missing = [{ kind: 'userId', optional: true }];
    expect([item.asked(json), item.typed(json, 'userId'), item.ownerIdOf(json)]).toEqual([item.missing, '4711', '4711']);
    item.userId = ' ';
    expect([item.isComplete(json), item.typed(json, 'userId'), item.ownerIdOf(json)]).toEqual([true, null, json.facts!.userId]);
  });

  it.each([
    [json, true, false],
    [pem, true, false],
    [sealed, false, true],
    [certificate, false, false],
  ])('can be imported, or waits for a passphrase (%#)', (review, pending, waits) => {
    expect([new KeyImport().isPending(review), isSealed(review)]).toEqual([pending, waits]);
  });
});

describe('importing and testing', () => {
  it.each([
    ['accepted', async () => trial({ userinfo: userinfo() }), 'answered'],
    ['refused', async () => fail('refused'), 'failed'],
    ['not testable', async () => trial(), 'untestable'],
  ])('says of a ready-made token what the issuer does: %s', async (_, tryCredential, expected) => {
    const { importing, item } = await sheet([aloneToken], { tryCredential });
    Object.assign(item(aloneToken), { userId: 'u1', missing: [{ kind: 'userId', optional: false }] });
    expect(await importing.run(true)).toBe(true);
    expect(item(aloneToken).tested.kind).toBe(expected);
  });

  it('stores the key, tries it once, and shows the service user', async () => {
    const { app, core, importing, item } = await sheet([json]);
    expect(await importing.run(true)).toBe(true);
    expect(core.import).toHaveBeenCalledWith({ review: 'r1', environment: STAGING, name: 'deploy-bot', userId: null, clientId: null, keyId: null, replaces: null });
    expect(core.tryCredential).toHaveBeenCalledExactlyOnceWith('new', {}, false);
    expect([item(json).stage, item(json).tested.kind]).toEqual(['done', 'minted']);
    expect([app.navigation.place, app.detail.id]).toEqual([{ kind: 'users', of: STAGING }, 'u1']);
    expect(importing.pending).toEqual([]);
  });

  it('mints nothing where the test was not wanted', async () => {
    const { core, importing, item } = await sheet([json]);
    await importing.run(false);
    expect([core.tryCredential.mock.calls.length, item(json).tested.kind, item(json).stage]).toEqual([0, 'no', 'done']);
  });

  it('never tests an application’s key, and says that it introspects', async () => {
    const { core, importing, item } = await sheet([application]);
    expect(importing.testable).toBe(false);
    await importing.run(true);
    expect([core.import.mock.calls.length, core.tryCredential.mock.calls.length, item(application).tested.kind, item(application).stage]).toEqual([1, 0, 'introspects', 'done']);
  });

  it('lets a secret without a user id of its own belong to its client', async () => {
    const { core, importing, item } = await sheet([aloneSecret]);
    item(aloneSecret).clientId = ' orders ';
    await importing.run(true);
    expect(core.import).toHaveBeenCalledWith({ review: aloneSecret.id, environment: STAGING, name: 'orders', userId: null, clientId: 'orders', keyId: null, replaces: null });
  });

  it('asks the core once more what is missing where another environment is chosen', async () => {
    const required = (...kinds: IdKind[]): AskedId[] => kinds.map((kind) => ({ kind, optional: false }));
    const missingIds = vi.fn(async (_: string, environment: string) => (environment === STAGING ? required('userId', 'keyId') : required('userId')));
    const { app, importing, item } = await sheet([pem], { missingIds });
    await importing.learn();
    expect(item(pem).missing).toEqual(required('userId', 'keyId'));
    app.reviews.environment = PRODUCTION;
    await importing.learn();
    expect(item(pem).missing).toEqual(required('userId'));
  });

  it('proposes the environment of an issuer that a file names', async () => {
    const { app, importing } = await sheet([secret]);
    expect(importing.proposed).toBeNull();
    const there = app.environments.list[2]!;
    app.environments.list = [...app.environments.list.slice(0, 2), { ...there, environment: { ...there.environment, issuer: secret.facts!.issuer! } }];
    expect(importing.proposed?.environment.id).toBe(PRODUCTION);
  });

  it('proposes an environment of the file’s maker rather than the one that is looked at, unless that is chosen', async () => {
    const { app, importing } = await sheet([json]);
    app.environments.providers = providers;
    const frontier: Review = { ...json, id: 'f', facts: { ...json.facts!, shape: 'frontier-key', makers: ['frontier-connect', 'frontier-rest'] } };
    app.reviews.lookedAt = STAGING;
    expect(importing.proposed?.environment.id).toBe(STAGING);
    const there = app.environments.list[2]!;
    app.environments.list = [...app.environments.list.slice(0, 2), { ...there, environment: { ...there.environment, provider: 'frontier-rest' } }];
    expect(importing.proposed?.environment.id).toBe(STAGING);
    app.reviews.list = [json, frontier];
    expect(importing.proposed?.environment.id).toBe(STAGING);
    app.reviews.list = [json, frontier, { ...frontier, id: 'f2' }];
    expect(importing.proposed?.environment.id).toBe(PRODUCTION);
    app.reviews.list = [frontier];
    expect(importing.proposed?.environment.id).toBe(PRODUCTION);
    expect(importing.homeless).toBeNull();
    app.environments.list = app.environments.list.slice(0, 2);
    expect([importing.proposed, importing.homeless?.id]).toEqual([null, 'frontier-rest']);
  });

  it('keeps the import when the test fails, and says why', async () => {
    const { importing, item } = await sheet([json], { tryCredential: vi.fn(async () => fail('refused')) });
    await importing.run(true);
    expect(item(json).outcome).not.toBeNull();
    expect(item(json).tested).toMatchObject({ kind: 'failed', problem: { code: 'refused' } });
  });

  it('keeps everything that was typed when storing fails, and can try again', async () => {
    const failing = vi.fn(async (): Promise<ImportOutcome> => fail('keychain-locked'));
    const { core, importing, item } = await sheet([pem], { import: failing });
    Object.assign(item(pem), { userId: '17', keyId: '18', typedName: 'mine' });
    await importing.run(true);
    expect([item(pem).problem?.code, item(pem).stage, core.tryCredential.mock.calls.length]).toEqual(['keychain-locked', 'review', 0]);
    failing.mockImplementation(async () => outcome());
    await importing.run(true);
    expect(failing).toHaveBeenLastCalledWith({ review: 'r2', environment: STAGING, name: 'mine', userId: '17', clientId: null, keyId: '18', replaces: null });
    expect([item(pem).problem, item(pem).tested.kind]).toEqual([null, 'minted']);
  });

  it.each([
    ['no environment is chosen', [json], null],
    ['an id is missing', [pem], STAGING],
    ['nothing can be imported', [certificate, sealed], STAGING],
  ])('asks nothing of the core while %s', async (_, list, environment) => {
    const { app, core, importing } = await sheet(list);
    app.reviews.environment = environment;
    expect(await importing.run(true)).toBe(false);
    expect([core.import.mock.calls.length, importing.tried]).toEqual([0, true]);
  });

  it('leaves out what is no key', async () => {
    const { core, importing } = await sheet([certificate, json, sealed]);
    await importing.run(true);
    expect(core.import).toHaveBeenCalledOnce();
  });

  it('stops between files', async () => {
    const second = { ...json, id: 'second' };
    const storing = vi.fn(async () => {
      importing.stop();
      return outcome();
    });
    const { importing, item } = await sheet([json, second], { import: storing });
    await importing.run(true);
    expect([storing.mock.calls.length, importing.stopped, item(second).outcome, item(json).tested.kind]).toEqual([1, true, null, 'minted']);
  });

  it('asks for production once, and a no tests none of the files', async () => {
    const second = { ...json, id: 'second' };
    const tryCredential = vi.fn(async () => fail('production-unconfirmed'));
    const { app, core, importing, item } = await sheet([json, second], { tryCredential });
    app.reviews.environment = PRODUCTION;
    const running = importing.run(true);
    await vi.waitFor(() => expect(app.production.question?.environment).toBeTruthy());
    app.production.question!.answer(false);
    await running;
    expect(app.production.question).toBeNull();
    expect([core.import.mock.calls.length, tryCredential.mock.calls.length]).toEqual([2, 1]);
    expect([item(json).tested.kind, item(second).tested.kind]).toEqual(['declined', 'declined']);
  });

  it('forgets what was not imported when the sheet is closed', async () => {
    const { app, core, importing } = await sheet([json, pem]);
    await importing.close();
    expect(core.discardReviews).toHaveBeenCalledWith(['r1', 'r2']);
    expect([app.reviews.open, app.reviews.list]).toEqual([false, []]);
  });
});

describe('a further key of a service user', () => {
  const known = async (change: Partial<Ipc>, kept: Partial<ImportOutcome> = {}) => {
    const found = await sheet([json], {
      import: vi.fn(async () => outcome({ newServiceUser: false, ...kept })),
      serviceUser: vi.fn(async () => detail('old')),
      ...change,
    });
    await found.importing.run(true);
    return found;
  };

  it('is tried itself, and becomes the default if it works', async () => {
    const { app, core, item } = await known({});
    expect(core.tryCredential).toHaveBeenCalledExactlyOnceWith('new', {}, true);
    expect([item(json).becameDefault, app.tokens.problem('u1')]).toEqual([true, null]);
  });

  it('leaves the earlier default in place if it does not work, and its failure out of what is said of that', async () => {
    const { app, item } = await known({ tryCredential: vi.fn(async () => fail('refused')) });
    expect([item(json).tested.kind, item(json).becameDefault, app.tokens.problem('u1')]).toEqual(['failed', false, null]);
  });

  it.each<Partial<ImportOutcome>>([{ unchanged: true }, { learned: ['certificate'] }])('that was there already changes no default, though it works: %o', async (kept) => {
    const tryCredential = vi.fn(async () => trial({ isDefault: false }));
    const { item } = await known({ tryCredential }, kept);
    expect(tryCredential).toHaveBeenCalledExactlyOnceWith('new', {}, false);
    expect([item(json).tested.kind, item(json).becameDefault]).toEqual(['minted', null]);
  });
});

describe('the only key of a service user', () => {
  it('leaves its failure where the service user is shown', async () => {
    const { app, importing } = await sheet([json], { tryCredential: vi.fn(async () => fail('refused')) });
    await importing.run(true);
    expect(app.tokens.problem('u1')?.code).toBe('refused');
  });
});

describe('a secret beside others of its client', () => {
  const [refused, works] = standing() as [Standing, Standing];
  const beside = async (change: Partial<Ipc> = {}) => {
    const found = await sheet([aloneSecret], { standing: vi.fn(async () => [works, refused]), ...change });
    found.item(aloneSecret).clientId = 'orders';
    await found.importing.askStanding(aloneSecret);
    return found;
  };

  it.each<[string, Standing[], string | null]>([
    ['one that was refused', [works, refused], 's1'],
    ['none while all work', [works], null],
    ['none where there is none', [], null],
  ])('takes the place of %s', (_, there, expected) => {
    const item = new KeyImport();
    item.standing = there;
    expect(item.replaces).toBe(expected);
  });

  it('does as was chosen, as long as that one is there', () => {
    const item = new KeyImport();
    item.standing = [works, refused];
    item.chosen = 's2';
    expect(item.replaces).toBe('s2');
    item.chosen = null;
    expect(item.replaces).toBeNull();
    item.chosen = 'of another environment';
    expect(item.replaces).toBe('s1');
  });

  it('is asked about with its ids, and imported in the place that was shown', async () => {
    const { core, importing, item } = await beside();
    const asked = { review: aloneSecret.id, environment: STAGING, name: 'orders', userId: null, clientId: 'orders', keyId: null };
    expect(ipc.standing).toHaveBeenCalledExactlyOnceWith({ ...asked, replaces: null });
    await importing.run(false);
    expect(core.import).toHaveBeenCalledExactlyOnceWith({ ...asked, replaces: 's1' });
    expect(item(aloneSecret).stage).toBe('done');
  });

  it('takes no place that an answer for other ids tells of', async () => {
    let answer: (found: Standing[]) => void = () => undefined;
    const { importing, item } = await beside();
    replaceIpc({ standing: () => new Promise((resolve) => (answer = resolve)) });
    const asking = importing.askStanding(aloneSecret);
    item(aloneSecret).clientId = 'billing';
    item(aloneSecret).standing = [];
    answer([refused]);
    await asking;
    expect(item(aloneSecret).replaces).toBeNull();
  });
});

describe('the issuer’s name', () => {
  const named = (value: string) => ({ ...userinfo(), claims: [{ name: 'name', value, meaning: null, time: null, entries: [] }] });
  it.each([
    ['another name', 'Deploy Bot', null, 'Deploy Bot'],
    ['the same name', 'deploy-bot', null, null],
    ['an empty name', '  ', null, null],
    ['a name with hidden characters', 'Deploy\u202EBot', null, null],
    ['another name where one was typed', 'Deploy Bot', 'mine', null],
  ])('with %s is offered or not', async (_, value, typed, expected) => {
    const { importing, item } = await sheet([json], { userinfo: vi.fn(async () => named(value)) });
    item(json).typedName = typed;
    await importing.run(true);
    expect(item(json).offeredName).toBe(expected);
  });

  it('is taken over with all else unchanged', async () => {
    const { core, importing, item } = await sheet([json], { userinfo: vi.fn(async () => named('Deploy Bot')) });
    await importing.run(true);
    await importing.takeName(json);
    const { scopes, tags, favourite } = detail('new').serviceUser;
    expect(core.editServiceUser).toHaveBeenCalledWith('u1', { name: 'Deploy Bot', scopes, tags, favourite });
    expect([item(json).offeredName, item(json).owner?.name]).toEqual([null, 'Deploy Bot']);
  });

  it('is no failure where userinfo gives none', async () => {
    const { importing, item } = await sheet([json], { userinfo: vi.fn(async () => fail('endpoint-unknown')) });
    await importing.run(true);
    expect([item(json).tested.kind, item(json).offeredName]).toEqual(['minted', null]);
  });
});

describe('values by hand', () => {
  it('go to the key that comes in', async () => {
    const { importing, item } = await sheet([], { chooseKeyFiles: async () => [pem] });
    importing.byHand = { kind: 'private-key', userId: '17', clientId: '', keyId: '18' };
    await importing.bring('choose');
    expect([item(pem).userId, item(pem).keyId, importing.byHand]).toEqual(['17', '18', null]);
  });

  it('go with a secret that is typed, and stay with the form where it cannot be taken', async () => {
    const reviewSecret = vi.fn(async (_: string, typed: string | null): Promise<Review> => (typed === 'ok' ? aloneSecret : { ...certificate, id: 'bad', source: { from: 'form' } }));
    const { importing, item } = await sheet([], { reviewSecret });
    importing.byHand = { kind: 'client-secret', userId: '', clientId: 'orders', keyId: '' };
    await importing.bringSecret('client-secret', '\u0007');
    expect(importing.byHand).not.toBeNull();
    await importing.bringSecret('client-secret', 'ok');
    expect([item(aloneSecret).clientId, importing.byHand]).toEqual(['orders', null]);
    expect(reviewSecret.mock.calls).toEqual([['client-secret', '\u0007'], ['client-secret', 'ok']]);
  });

  it('stay where nothing came in', async () => {
    const { importing } = await sheet([], { chooseKeyFiles: async () => [] });
    importing.byHand = { kind: 'private-key', userId: '17', clientId: '', keyId: '18' };
    await importing.bring('choose');
    expect(importing.byHand).toMatchObject({ userId: '17', keyId: '18' });
  });
});
