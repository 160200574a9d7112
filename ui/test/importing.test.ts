/** Importing: what is decided about each key file, what is asked of the core, what comes of it. */
import { describe, expect, it, vi } from 'vitest';
import { existingSecrets } from '../src/gallery/kinds';
import { userinfo } from '../src/gallery/inspections';
import { planOf } from '../src/gallery/plan';
import { replaceIpc } from '../src/lib/ipc';
import type { Imported, ImportOutcome, ImportPlan, ImportRequest, PlanItem, Review } from '../src/lib/bindings';
import { KeyImport, isSealed } from '../src/views/import/keyImport.svelte';
import { STAGING, PRODUCTION, json, pem, sealed, certificate, application, aloneSecret, aloneToken, detail, fail, imported, planning, sheet, credentialTest, type Change } from './support/importing';

describe('a key file', () => {
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
    ['accepted', async () => credentialTest({ userinfo: userinfo() }), 'answered'],
    ['refused', async () => fail('refused'), 'failed'],
    ['not testable', async () => credentialTest(), 'untestable'],
  ])('says of a ready-made token what the issuer does: %s', async (_, tryCredential, expected) => {
    const { importing, item } = await sheet([aloneToken], { tryCredential });
    item(aloneToken).userId = 'u1';
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
    expect(importing.plan?.testable).toBe(false);
    await importing.run(true);
    expect([core.import.mock.calls.length, core.tryCredential.mock.calls.length, item(application).tested.kind, item(application).stage]).toEqual([1, 0, 'introspects', 'done']);
  });

  it('lets a secret without a user id of its own belong to its client', async () => {
    const { core, importing, item } = await sheet([aloneSecret]);
    item(aloneSecret).clientId = ' orders ';
    await importing.run(true);
    expect(core.import).toHaveBeenCalledWith({ review: aloneSecret.id, environment: STAGING, name: 'orders', userId: null, clientId: 'orders', keyId: null, replaces: null });
  });

  it('has the core plan anew where another environment is chosen', async () => {
    const importPlan = vi.fn(planning([pem]));
    const { app, importing, item } = await sheet([pem], { importPlan });
    expect(item(pem).plan?.request?.environment).toBe(STAGING);
    app.reviews.chooseEnvironment(PRODUCTION);
    await importing.replan();
    expect([item(pem).plan?.request?.environment, importPlan.mock.lastCall?.[0].environment]).toEqual([PRODUCTION, PRODUCTION]);
  });

  it('drops a plan for something that was changed while the core made it', async () => {
    const { importing, item } = await sheet([pem]);
    const plans: (() => void)[] = [];
    replaceIpc({ importPlan: (request) => new Promise<ImportPlan>((done) => plans.push(() => done(planOf([pem], request)))) });
    const planned = importing.replan();
    item(pem).userId = '17';
    plans[0]!();
    await vi.waitFor(() => expect(plans.length).toBe(2));
    expect(item(pem).ownerId).toBe('');
    plans[1]!();
    await planned;
    expect(item(pem).ownerId).toBe('17');
  });

  it('goes where the core proposes, and stays there', async () => {
    let proposed = STAGING;
    const { app, importing } = await sheet([json], { importPlan: async (request) => ({ ...planOf([json], request), environment: request.environment ?? proposed }) });
    app.reviews.chosen = false;
    await importing.replan();
    proposed = PRODUCTION;
    await importing.replan();
    expect([app.reviews.environment, app.reviews.chosen]).toEqual([STAGING, true]);
  });

  it('keeps the import when the test fails, and says why', async () => {
    const { importing, item } = await sheet([json], { tryCredential: vi.fn(async () => fail('refused')) });
    await importing.run(true);
    expect(item(json).imported).not.toBeNull();
    expect(item(json).tested).toMatchObject({ kind: 'failed', problem: { code: 'refused' } });
  });

  it('keeps everything that was typed when storing fails, and can try again', async () => {
    const failing = vi.fn(async (): Promise<Imported> => fail('keychain-locked'));
    const { core, importing, item } = await sheet([pem], { import: failing });
    Object.assign(item(pem), { userId: '17', keyId: '18', typedName: 'mine' });
    await importing.run(true);
    expect([item(pem).problem?.code, item(pem).stage, core.tryCredential.mock.calls.length]).toEqual(['keychain-locked', 'review', 0]);
    failing.mockImplementation(async () => imported());
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
    app.reviews.chooseEnvironment(environment);
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
      return imported();
    });
    const { importing, item } = await sheet([json, second], { import: storing });
    await importing.run(true);
    expect([storing.mock.calls.length, importing.stopped, item(second).imported, item(json).tested.kind]).toEqual([1, true, null, 'minted']);
  });

  it('asks for production once, and a no tests none of the files', async () => {
    const second = { ...json, id: 'second' };
    const tryCredential = vi.fn(async () => fail('production-unconfirmed'));
    const { app, core, importing, item } = await sheet([json, second], { tryCredential });
    app.reviews.chooseEnvironment(PRODUCTION);
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
  const known = async (change: Change, takesOver = true, kept: Partial<ImportOutcome> = {}) => {
    const found = await sheet([json], { import: vi.fn(async () => imported({ newServiceUser: false, ...kept }, { further: true, takesOver })), ...change });
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

  it('that was there already changes no default, though it works', async () => {
    const tryCredential = vi.fn(async () => credentialTest({ isDefault: false }));
    const { item } = await known({ tryCredential }, false, { unchanged: true });
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

describe('a secret whose client has others already', () => {
  const [refused, works] = existingSecrets();
  const existing: Partial<PlanItem> = { existing: [works!, refused!], replaces: 's1' };

  it('is imported in the place that was shown', async () => {
    const { core, importing, item } = await sheet([aloneSecret], { importPlan: planning([aloneSecret], () => existing) });
    item(aloneSecret).clientId = 'orders';
    await importing.run(false);
    const asked: ImportRequest = { review: aloneSecret.id, environment: STAGING, name: 'orders', userId: null, clientId: 'orders', keyId: null, replaces: 's1' };
    expect(core.import).toHaveBeenCalledExactlyOnceWith(asked);
    expect(item(aloneSecret).stage).toBe('done');
  });

  it('tells the core what was chosen', async () => {
    const importPlan = vi.fn(planning([aloneSecret]));
    const { importing, item } = await sheet([aloneSecret], { importPlan });
    for (const place of ['beside', { of: 's2' }] as const) {
      item(aloneSecret).place = place;
      await importing.replan();
      expect(importPlan.mock.lastCall?.[0].entries[0]?.place).toEqual(place);
    }
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
    await importing.names.take(json);
    const { name, scopes, tags, favourite, notes } = detail('new').serviceUser;
    const opened = { name, scopes, tags, favourite, notes };
    expect(core.editServiceUser).toHaveBeenCalledWith('u1', opened, { ...opened, name: 'Deploy Bot' });
    expect([item(json).offeredName, item(json).name]).toEqual([null, 'Deploy Bot']);
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
